"""The activator's tables under the ports of core."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from tortoise.backends.asyncpg.client import TransactionWrapper

from adapters.postgres.activator.rows import AccessRow, PaymentFactRow, UserRow
from adapters.postgres.collection import TableCollection
from core.activator.model import Access, Outcome, PaymentFact, User
from core.activator.policy import OverdueState
from core.kernel.ids import PaymentId, UserId


class PostgresUsers(TableCollection[UserId, User, UserRow]):
    row = UserRow

    def key(self, thing: User) -> UserId:
        return thing.id

    def to_row(self, thing: User) -> UserRow:
        return UserRow(id=thing.id, changed_at=thing.changed_at)

    def from_row(self, row: UserRow) -> User:
        return User(UserId(row.id), row.changed_at)


class PostgresPaymentFacts(TableCollection[PaymentId, PaymentFact, PaymentFactRow]):
    row = PaymentFactRow

    def __init__(self, db: TransactionWrapper) -> None:
        super().__init__(db)
        self._complete: set[UserId] = set()

    def key(self, thing: PaymentFact) -> PaymentId:
        return thing.payment_id

    def to_row(self, thing: PaymentFact) -> PaymentFactRow:
        return PaymentFactRow(
            payment_id=thing.payment_id,
            user_id=thing.user_id,
            attempt_no=thing.attempt_no,
            outcome=thing.outcome.value,
            occurred_at=thing.occurred_at,
            unpaid_since=thing.unpaid_since,
        )

    def from_row(self, row: PaymentFactRow) -> PaymentFact:
        payment_id, user_id = PaymentId(row.payment_id), UserId(row.user_id)
        return PaymentFact(payment_id, user_id, row.attempt_no, Outcome(row.outcome), row.occurred_at, row.unpaid_since)

    async def unpaid_of(self, user_id: UserId) -> Sequence[PaymentFact]:
        await self.preload_unpaid([user_id])
        facts = [fact for fact in self._known.values() if fact is not None and fact.user_id == user_id]
        return [fact for fact in facts if fact.outcome is Outcome.FAILED]

    async def preload_unpaid(self, user_ids: Iterable[UserId]) -> None:
        """Read and lock all that these users have not paid."""
        wanted = set(user_ids) - self._complete
        if wanted:
            self._complete |= wanted
            unpaid = PaymentFactRow.filter(user_id__in=wanted, outcome=Outcome.FAILED.value).order_by("payment_id")
            self.remember(map(self.from_row, await unpaid.select_for_update().using_db(self.db)))


class PostgresAccesses(TableCollection[UserId, Access, AccessRow]):
    row = AccessRow

    def key(self, thing: Access) -> UserId:
        return thing.user_id

    def to_row(self, thing: Access) -> AccessRow:
        return AccessRow(
            user_id=thing.user_id,
            state=thing.state.value,
            since=thing.since,
            reasons=list(thing.reasons),
            available_at=thing.available_at,
        )

    def from_row(self, row: AccessRow) -> Access:
        state = OverdueState(row.state)
        return Access(UserId(row.user_id), state, row.since, tuple(row.reasons), row.available_at)

    async def claim_due(self, now: datetime, most: int) -> Sequence[Access]:
        due = AccessRow.filter(available_at__lte=now).order_by("available_at", "user_id").limit(most)
        rows = await due.select_for_update(skip_locked=True).using_db(self.db)
        return self.remember(map(self.from_row, rows))
