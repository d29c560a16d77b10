"""The notifier's tables under the ports of core."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from adapters.postgres.collection import TableCollection
from adapters.postgres.notifier import mapping
from adapters.postgres.notifier.rows import InvoiceRow, NoticeRow, UserRow
from adapters.postgres.sql import Sql
from core.kernel.ids import PaymentId, UserId
from core.notifier.model import Invoice, InvoiceState, Notice, NoticeKey, NoticeState, User

_NEXT = """
INSERT INTO invoice_series AS s (key, last_serial) VALUES ($1, 1)
ON CONFLICT (key) DO UPDATE SET last_serial = s.last_serial + 1 RETURNING last_serial
"""


class PostgresUsers(TableCollection[UserId, User, UserRow]):
    row = UserRow

    def key(self, thing: User) -> UserId:
        return thing.id

    def to_row(self, thing: User) -> UserRow:
        return mapping.user_row(thing)

    def from_row(self, row: UserRow) -> User:
        return mapping.user(row)

    async def known(self, user_ids: Iterable[UserId]) -> Mapping[UserId, User]:
        rows = await UserRow.filter(id__in=list(user_ids)).using_db(self.db)
        return {UserId(row.id): self.from_row(row) for row in rows}


class PostgresInvoices(TableCollection[PaymentId, Invoice, InvoiceRow]):
    row = InvoiceRow

    def key(self, thing: Invoice) -> PaymentId:
        return thing.payment.payment_id

    def to_row(self, thing: Invoice) -> InvoiceRow:
        return mapping.invoice_row(thing)

    def from_row(self, row: InvoiceRow) -> Invoice:
        return mapping.invoice(row)

    async def claim_due(self, now: datetime, most: int) -> Sequence[Invoice]:
        due = InvoiceRow.filter(available_at__lte=now).order_by("available_at", "payment_id").limit(most)
        return self.remember(map(self.from_row, await due.select_for_update(skip_locked=True).using_db(self.db)))

    async def known(self, payment_ids: Iterable[PaymentId]) -> Mapping[PaymentId, Invoice]:
        rows = await InvoiceRow.filter(payment_id__in=list(payment_ids)).using_db(self.db)
        return {PaymentId(row.payment_id): self.from_row(row) for row in rows}

    async def wake(self, user_id: UserId, now: datetime) -> None:
        waiting = InvoiceRow.filter(user_id=user_id, state=InvoiceState.WAITING.value)
        await waiting.using_db(self.db).update(available_at=now)


class PostgresNumbers:
    def __init__(self, sql: Sql) -> None:
        self._sql = sql

    async def next(self, series: str, year: int) -> int:
        return int(await self._sql.fetchval(_NEXT, f"{series}/{year}"))


class PostgresNotices(TableCollection[NoticeKey, Notice, NoticeRow]):
    row = NoticeRow

    def key(self, thing: Notice) -> NoticeKey:
        return thing.key

    def to_row(self, thing: Notice) -> NoticeRow:
        return mapping.notice_row(thing)

    def from_row(self, row: NoticeRow) -> Notice:
        return mapping.notice(row)

    async def load(self, keys: Sequence[NoticeKey]) -> list[Notice]:
        ids: list[UUID] = [key.id for key in keys]
        rows = NoticeRow.filter(id__in=ids).order_by("id").select_for_update().using_db(self.db)
        return [self.from_row(row) for row in await rows]

    async def claim_due(self, now: datetime, most: int) -> Sequence[Notice]:
        due = NoticeRow.filter(available_at__lte=now).order_by("available_at", "id").limit(most)
        return self.remember(map(self.from_row, await due.select_for_update(skip_locked=True).using_db(self.db)))

    async def wake(self, user_id: UserId, now: datetime) -> None:
        pending = NoticeRow.filter(user_id=user_id, state=NoticeState.PENDING.value)
        await pending.using_db(self.db).update(available_at=now)
