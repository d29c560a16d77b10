"""The activator's transaction in memory."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from core.activator.model import Access, Outcome, PaymentFact, User
from core.activator.ports import Answer
from core.contracts.payment_responses import PaymentFailed, PaymentSucceeded, PaymentWrittenOff
from core.kernel.ids import PaymentId, UserId
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass
from tests.fakes.memory import NOON, InMemoryCollection, InMemoryTx


class InMemoryPaymentFacts(InMemoryCollection[PaymentId, PaymentFact]):
    async def unpaid_of(self, user_id: UserId) -> Sequence[PaymentFact]:
        return [fact for fact in self.all() if fact.user_id == user_id and fact.outcome is Outcome.FAILED]


class InMemoryAccesses(InMemoryCollection[UserId, Access]):
    async def claim_due(self, now: datetime, most: int) -> Sequence[Access]:
        due = [(access.available_at, access) for access in self.all() if access.available_at is not None]
        due = sorted(due, key=lambda pair: (pair[0], pair[1].user_id))
        return [access for available_at, access in due if available_at <= now][:most]


class InMemoryActivatorTx(InMemoryTx):
    def __init__(self, now: datetime = NOON) -> None:
        super().__init__(now)
        self.users = InMemoryCollection[UserId, User](lambda user: user.id)
        self.payment_facts = InMemoryPaymentFacts(lambda fact: fact.payment_id)
        self.accesses = InMemoryAccesses(lambda access: access.user_id)


class InMemoryActivatorReads:
    def __init__(self, tx: InMemoryActivatorTx) -> None:
        self._tx = tx

    async def access(self, user_ids: Sequence[str]) -> Sequence[Answer]:
        return [self._answer(UserId(user)) for user in dict.fromkeys(user_ids) if user in self._tx.users.things]

    def _answer(self, user_id: UserId) -> Answer:
        access = self._tx.accesses.things.get(user_id, Access(user_id))
        return Answer(user_id, access.blocked, access.since, access.reasons)


ADA = UserId("ada")


def payment(number: int) -> PaymentId:
    return PaymentId(UUID(int=number))


def failed(number: int = 1, attempt: int = 1, at: datetime = NOON, user: UserId = ADA) -> PaymentFailed:
    return PaymentFailed(
        payment_id=payment(number),
        attempt_no=attempt,
        user_id=user,
        amount=Money(999, "EUR"),
        description="Monthly",
        decline=DeclineClass.INSUFFICIENT_FUNDS,
        occurred_at=at,
        source="subscription",
        request_id=str(number),
    )


def succeeded(number: int = 1, attempt: int = 1, at: datetime = NOON, user: UserId = ADA) -> PaymentSucceeded:
    return PaymentSucceeded(
        payment_id=payment(number),
        attempt_no=attempt,
        user_id=user,
        amount=Money(999, "EUR"),
        description="Monthly",
        gateway="a",
        provider_reference="ch_1",
        card_label="VISA ···· 4242",
        occurred_at=at,
        source="subscription",
        request_id=str(number),
    )


def written_off(number: int = 1, attempt: int = 1, at: datetime = NOON, user: UserId = ADA) -> PaymentWrittenOff:
    return PaymentWrittenOff(payment(number), attempt, user, Money(999, "EUR"), at)
