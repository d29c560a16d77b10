"""A gateway's journals under the ports of core."""

from collections.abc import Sequence
from datetime import datetime

from adapters.postgres.collection import TableCollection
from adapters.postgres.gateway import mapping
from adapters.postgres.gateway.rows import ChargeRow, RefundRow
from core.gateway.model import Charge, ChargeKey, Refund, RefundKey


class PostgresCharges(TableCollection[ChargeKey, Charge, ChargeRow]):
    row = ChargeRow

    def key(self, thing: Charge) -> ChargeKey:
        return thing.key

    def to_row(self, thing: Charge) -> ChargeRow:
        return mapping.charge_row(thing)

    def from_row(self, row: ChargeRow) -> Charge:
        return mapping.charge(row)

    async def load(self, keys: Sequence[ChargeKey]) -> list[Charge]:
        rows = ChargeRow.filter(key__in=list(map(str, keys))).order_by("key").select_for_update().using_db(self.db)
        return [self.from_row(row) for row in await rows]

    async def claim_due(self, now: datetime, most: int) -> Sequence[Charge]:
        due = ChargeRow.filter(available_at__lte=now).order_by("available_at", "key").limit(most)
        return self.remember(map(self.from_row, await due.select_for_update(skip_locked=True).using_db(self.db)))


class PostgresRefunds(TableCollection[RefundKey, Refund, RefundRow]):
    row = RefundRow

    def key(self, thing: Refund) -> RefundKey:
        return thing.key

    def to_row(self, thing: Refund) -> RefundRow:
        return mapping.refund_row(thing)

    def from_row(self, row: RefundRow) -> Refund:
        return mapping.refund(row)

    async def load(self, keys: Sequence[RefundKey]) -> list[Refund]:
        rows = RefundRow.filter(key__in=list(map(str, keys))).order_by("key").select_for_update().using_db(self.db)
        return [self.from_row(row) for row in await rows]

    async def claim_due(self, now: datetime, most: int) -> Sequence[Refund]:
        due = RefundRow.filter(available_at__lte=now).order_by("available_at", "key").limit(most)
        return self.remember(map(self.from_row, await due.select_for_update(skip_locked=True).using_db(self.db)))
