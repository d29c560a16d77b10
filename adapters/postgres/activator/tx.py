"""One transaction in the activator's database."""

from collections.abc import Sequence

from adapters.postgres.activator.collections import PostgresAccesses, PostgresPaymentFacts, PostgresUsers
from adapters.postgres.unit_of_work import Parts, PostgresTx
from core.contracts.message import Message
from core.contracts.payment_responses import PaymentFailed, PaymentSucceeded, PaymentWrittenOff
from core.contracts.users import UserChanged

OUTCOMES = PaymentSucceeded | PaymentFailed | PaymentWrittenOff


class PostgresActivatorTx(PostgresTx):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.users = self.own(PostgresUsers(self.db))
        self.payment_facts = self.own(PostgresPaymentFacts(self.db))
        self.accesses = self.own(PostgresAccesses(self.db))

    async def preload(self, messages: Sequence[Message]) -> None:
        """Users first: their lock guards the facts."""
        outcomes = [message for message in messages if isinstance(message, OUTCOMES)]
        payers = {message.user_id for message in outcomes}
        await self.users.preload(message.user_id for message in messages if isinstance(message, UserChanged))
        await self.accesses.preload(payers)
        await self.payment_facts.preload(message.payment_id for message in outcomes)
        await self.payment_facts.preload_unpaid(payers)
