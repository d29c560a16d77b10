"""What the activator needs from outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.activator.model import Access, PaymentFact, User
from core.kernel.ids import PaymentId, UserId
from core.messaging.ports import Collection, Tx


class PaymentFacts(Collection[PaymentId, PaymentFact], Protocol):
    async def unpaid_of(self, user_id: UserId) -> Sequence[PaymentFact]:
        """The user's facts that are failures, those saved in this transaction too."""
        ...


class Accesses(Collection[UserId, Access], Protocol):
    """Who has no entry is clear. Take a user's access before the user's facts: its lock guards them."""

    async def claim_due(self, now: datetime, most: int) -> Sequence[Access]:
        """Lock those that time has changed by `now`, the longest due first, passing over what others have locked."""
        ...


class ActivatorTx(Tx, Protocol):
    @property
    def users(self) -> Collection[UserId, User]: ...

    @property
    def payment_facts(self) -> PaymentFacts: ...

    @property
    def accesses(self) -> Accesses: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """The activator's answer about one user it knows."""

    user_id: UserId
    blocked: bool
    since: datetime | None
    reasons: tuple[str, ...]


class ActivatorReads(Protocol):
    async def access(self, user_ids: Sequence[str]) -> Sequence[Answer]:
        """Answers for those of the users that are known, in one query, in no order."""
        ...
