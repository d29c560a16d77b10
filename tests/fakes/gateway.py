"""A gateway's transaction in memory, a provider that fails as it is told, and orders to try them with."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any
from uuid import UUID

from core.contracts.charges import ChargeOrdered, RefundOrdered
from core.gateway.charge_through_provider import ChargeThroughProvider
from core.gateway.model import Charge, ChargeKey, JournalState, Refund, RefundKey
from core.gateway.ports import (
    Captured,
    ChargeOutcome,
    Declined,
    Mismatch,
    NotAttempted,
    NotFound,
    Order,
    Pending,
    Place,
    RefundOrder,
    StatusOutcome,
    Unknown,
)
from core.kernel.ids import PaymentId, UserId
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass
from tests.fakes.memory import NOON, InMemoryCollection, InMemoryTx

PAYMENT = PaymentId(UUID("7f8f8c57-9f1c-5f7e-8f58-0a4be0f7a001"))
ORDER = ChargeOrdered(
    gateway="a",
    payment_id=PAYMENT,
    attempt_no=1,
    user_id=UserId("ann"),
    amount=Money(999, "EUR"),
    description="Basic, monthly",
    card_token="tok_1",
    card_label="visa ···· 4242",
    ordered_at=NOON,
    source="subscription",
    request_id="r-1",
)
REFUND = RefundOrdered(
    gateway="a",
    payment_id=PAYMENT,
    attempt_no=1,
    refund_no=1,
    user_id=UserId("ann"),
    amount=Money(500, "EUR"),
    ordered_at=NOON,
)


def _due(things: Iterable[Any], now: datetime, most: int) -> list[Any]:
    due = [thing for thing in things if thing.progress.available_at and thing.progress.available_at <= now]
    return sorted(due, key=lambda thing: (thing.progress.available_at, str(thing.key)))[:most]


class InMemoryCharges(InMemoryCollection[ChargeKey, Charge]):
    async def claim_due(self, now: datetime, most: int) -> Sequence[Charge]:
        return _due(self.all(), now, most)


class InMemoryRefunds(InMemoryCollection[RefundKey, Refund]):
    async def claim_due(self, now: datetime, most: int) -> Sequence[Refund]:
        return _due(self.all(), now, most)


class InMemoryGatewayTx(InMemoryTx):
    correlation_id = "story-1"

    def __init__(self, now: datetime = NOON) -> None:
        super().__init__(now)
        self.charges = InMemoryCharges(lambda charge: charge.key)
        self.refunds = InMemoryRefunds(lambda refund: refund.key)


class InMemoryGatewayReads:
    def __init__(self, tx: InMemoryGatewayTx) -> None:
        self._tx = tx

    async def charges(self, state: JournalState, after: Place | None, most: int) -> Sequence[Charge]:
        found = [(Place(c.ordered_at, str(c.key)), c) for c in self._tx.charges.all() if c.progress.state is state]
        return [charge for place, charge in sorted(found) if after is None or place > after][:most]

    async def refunds(self, state: JournalState, after: Place | None, most: int) -> Sequence[Refund]:
        found = [(Place(r.ordered_at, str(r.key)), r) for r in self._tx.refunds.all() if r.progress.state is state]
        return [refund for place, refund in sorted(found) if after is None or place > after][:most]


class Fate(Enum):
    """What happens to one call."""

    WELL = auto()
    DECLINED = auto()
    PENDING = auto()
    OVERCHARGED = auto()
    NOT_REACHED = auto()
    LOST_BEFORE = auto()
    """No answer, and the provider never saw it."""
    LOST_AFTER = auto()
    """No answer, but the provider did it."""
    LOST_AND_HIDDEN = auto()
    """Like that, and the next three status queries do not find it."""


@dataclass(slots=True)
class FatefulProvider:
    """Each call meets the next fate; when none is left, all goes well. It forgets idempotency keys after a day."""

    now: Callable[[], datetime]
    fates: list[Fate] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    ledger: list[str] = field(default_factory=list)
    """The key of each capture."""
    done: dict[str, ChargeOutcome] = field(default_factory=dict)
    hidden: int = 0
    _first: dict[str, datetime] = field(default_factory=dict)

    async def charge(self, order: Order) -> ChargeOutcome:
        return self._do("charge", order.key)

    async def refund(self, refund: RefundOrder) -> ChargeOutcome:
        return self._do("refund", refund.key)

    async def charge_status(self, order: Order) -> StatusOutcome:
        self.calls.append(f"status {order.key}")
        match self._fate():
            case Fate.NOT_REACHED:
                return NotAttempted("connection refused")
            case Fate.LOST_BEFORE | Fate.LOST_AFTER | Fate.LOST_AND_HIDDEN:
                return Unknown("time-out")
        if self.hidden or order.key not in self.done:
            self.hidden = max(0, self.hidden - 1)
            return NotFound()
        if isinstance(self.done[order.key], Pending):
            self._book(order.key, Captured("ch_later"))
        return self.done[order.key]

    def _do(self, what: str, key: str) -> ChargeOutcome:
        self.calls.append(f"{what} {key}")
        fate = self._fate()
        if fate is Fate.NOT_REACHED:
            return NotAttempted("connection refused")
        if fate is Fate.LOST_BEFORE:
            return Unknown("time-out")
        if key not in self._first or self.now() - self._first[key] >= timedelta(days=1):
            self._first[key] = self.now()
            self._book(key, _outcome(fate, key))
        self.hidden = 3 if fate is Fate.LOST_AND_HIDDEN else self.hidden
        return Unknown("time-out") if fate in (Fate.LOST_AFTER, Fate.LOST_AND_HIDDEN) else self.done[key]

    def _book(self, key: str, outcome: ChargeOutcome) -> None:
        self.done[key] = outcome
        if isinstance(outcome, Captured):
            self.ledger.append(key)

    def _fate(self) -> Fate:
        return self.fates.pop(0) if self.fates else Fate.WELL


def _outcome(fate: Fate, key: str) -> ChargeOutcome:
    match fate:
        case Fate.DECLINED:
            return Declined(DeclineClass.INSUFFICIENT_FUNDS, "51")
        case Fate.PENDING:
            return Pending("ch_pending")
        case Fate.OVERCHARGED:
            return Mismatch("1000 instead of 999", "ch_odd")
        case _:
            return Captured(f"ref {key}")


async def work_off(errand: Any, tx: InMemoryGatewayTx) -> int:
    """One round of an errand, as its loop does it; answers how many items were due."""
    items = await errand.claim(tx, 100)
    for item in items:
        await errand.record(item, await errand.perform(item), tx)
    return len(items)


async def until_settled(errand: ChargeThroughProvider, tx: InMemoryGatewayTx) -> list[datetime]:
    """Move the clock from one due time to the next until nothing is due any more; answers those times."""
    times = []
    while dues := [c.progress.available_at for c in tx.charges.all() if c.progress.available_at]:
        tx.now = max(tx.now, min(dues))
        times.append(tx.now)
        await work_off(errand, tx)
    return times


def in_state(charge: Charge, state: JournalState, **known: Any) -> Charge:
    return replace(charge, progress=replace(charge.progress, state=state, **known))
