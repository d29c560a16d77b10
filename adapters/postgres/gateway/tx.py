"""One transaction in a gateway's database."""

from collections.abc import Sequence

from adapters.postgres.gateway.collections import PostgresCharges, PostgresRefunds
from adapters.postgres.unit_of_work import Parts, PostgresTx
from core.contracts.charges import ChargeOrdered, RefundOrdered
from core.contracts.message import Message
from core.gateway.model import ChargeKey, RefundKey


class PostgresGatewayTx(PostgresTx):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.charges = self.own(PostgresCharges(self.db))
        self.refunds = self.own(PostgresRefunds(self.db))

    async def preload(self, messages: Sequence[Message]) -> None:
        charges = [order for order in messages if isinstance(order, ChargeOrdered)]
        refunds = [order for order in messages if isinstance(order, RefundOrdered)]
        await self.charges.preload(ChargeKey(order.payment_id, order.attempt_no) for order in charges)
        await self.refunds.preload(RefundKey(order.payment_id, order.refund_no) for order in refunds)
