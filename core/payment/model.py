"""A payment request with its attempts and refunds: one id for ever, and at most one attempt that may hold money."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from core.contracts.charges import ChargeOrdered
from core.kernel.ids import CardId, PaymentId, UserId
from core.kernel.money import Money
from core.kernel.outcomes import CLAIMING, LIVE, AttemptState, DeclineClass, later
from core.kernel.trouble import Conflict
from core.payment.cards import Card
from core.payment.states import PAYMENT_MOVES, PaymentState

_FAILED = frozenset({AttemptState.DECLINED, AttemptState.NOT_ATTEMPTED})
_UNSURE = frozenset({AttemptState.UNKNOWN, AttemptState.MANUAL_REVIEW})


class Origin(StrEnum):
    """What started an attempt."""

    REQUEST = "request"
    RETRY = "retry"
    NEW_CARD = "new_card"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at one gateway with one card. Number 0 stands for "no gateway could be asked"."""

    number: int
    state: AttemptState
    started_at: datetime
    gateway: str = ""
    card_id: CardId | None = None
    card_label: str = ""
    origin: Origin = Origin.REQUEST
    decline: DeclineClass | None = None
    detail: str = ""
    reference: str = ""
    settled_at: datetime | None = None

    @property
    def failed(self) -> bool:
        return self.state in _FAILED

    def learn(self, told: "Attempt") -> "Attempt":
        """What is known after `told`: knowledge only climbs, and blanks are filled in."""
        climbs = told.state is not self.state and later(self.state, told.state) is told.state
        better, other = (told, self) if climbs else (self, told)
        same = self.state is told.state
        return replace(
            better,
            origin=self.origin,
            card_id=self.card_id,
            gateway=better.gateway or other.gateway,
            card_label=better.card_label or other.card_label,
            detail=better.detail or (other.detail if same else ""),
            reference=better.reference or (other.reference if same else ""),
            started_at=min(self.started_at, told.started_at),
            settled_at=_first(self.settled_at, told.settled_at) if same else better.settled_at,
        )

    def superseded(self, by: "Attempt") -> "Attempt":
        """A later attempt exists, so this one ended without money: only then may another start."""
        if self.state not in LIVE:
            return self
        untold = DeclineClass.NOT_ATTEMPTED
        return replace(self, state=AttemptState.NOT_ATTEMPTED, decline=untold, detail="", settled_at=by.started_at)


@dataclass(frozen=True, slots=True)
class Refund:
    """Part or all of the money on its way back, back, or not given back after all."""

    number: int
    attempt_no: int
    amount: Money
    ordered_at: datetime
    state: AttemptState = AttemptState.SUBMITTING
    """The provider is asked like it is for a charge, so its answers are the same."""
    reason: DeclineClass | None = None
    """Why it failed."""
    detail: str = ""
    reference: str = ""
    settled_at: datetime | None = None

    @property
    def failed(self) -> bool:
        return self.state in _FAILED

    @property
    def refunded_at(self) -> datetime | None:
        return self.settled_at if self.state is AttemptState.SUCCEEDED else None

    def learn(self, told: "Refund") -> "Refund":
        """What is known after `told`: knowledge only climbs, and that money was given back is the last word."""
        climbs = told.state is not self.state and later(self.state, told.state) is told.state
        return replace(told if climbs else self, ordered_at=min(self.ordered_at, told.ordered_at))


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment request. Every method answers a changed copy; the state is a pure function of the facts kept here."""

    id: PaymentId
    source: str
    request_id: str
    user_id: UserId
    amount: Money
    description: str
    requested_at: datetime
    period_start: date | None = None
    period_end: date | None = None
    attempts: tuple[Attempt, ...] = ()
    refunds: tuple[Refund, ...] = ()
    closed: PaymentState | None = None
    """What staff decided: written off, cancelled or disputed."""
    closed_at: datetime | None = None
    retry_at: datetime | None = None
    """When the retry schedule tries again, while failed."""

    @property
    def state(self) -> PaymentState:
        if self.paid_by:
            return self._paid_state()
        states = {attempt.state for attempt in self.attempts}
        if states & _UNSURE:
            return PaymentState.UNKNOWN
        if states & LIVE:
            return PaymentState.CHARGING
        if self.closed:
            return self.closed
        return PaymentState.FAILED if states else PaymentState.REQUESTED

    def _paid_state(self) -> PaymentState:
        if self.closed is PaymentState.DISPUTED:
            return PaymentState.DISPUTED
        back = sum(refund.amount.minor for refund in self.refunds if refund.refunded_at)
        if back >= self.amount.minor:
            return PaymentState.REFUNDED
        return PaymentState.PARTLY_REFUNDED if back else PaymentState.SUCCEEDED

    @property
    def paid_by(self) -> Attempt | None:
        """The attempt that took the money."""
        return next((one for one in self.attempts if one.state is AttemptState.SUCCEEDED), None)

    @property
    def last_failure(self) -> Attempt | None:
        return max((one for one in self.attempts if one.failed), key=lambda one: one.number, default=None)

    @property
    def decline(self) -> DeclineClass | None:
        """Why no money was taken, while none is."""
        last = self.last_failure
        return None if self.paid_by or last is None else last.decline

    @property
    def first_failed_at(self) -> datetime | None:
        return min((one.settled_at for one in self.attempts if one.failed and one.settled_at), default=None)

    @property
    def refundable(self) -> Money:
        """What is left to give back; refunds that may still come to something count as given."""
        back = sum(refund.amount.minor for refund in self.refunds if not refund.failed)
        return Money(max(0, self.amount.minor - back) if self.paid_by else 0, self.amount.currency)

    def claim(self, card: Card, at: datetime, origin: Origin) -> "Payment":
        """Start the next attempt with this card: THE one claim, shared by all who want to charge.

        Raises `Conflict` while an attempt may hold money, and when staff closed the payment."""
        self.require_claimable()
        number = max((attempt.number for attempt in self.attempts), default=0) + 1
        attempt = Attempt(
            number, AttemptState.SUBMITTING, at, card.gateway, card_id=card.id, card_label=card.label, origin=origin
        )
        return self._changed(attempts=(*self.attempts, attempt))

    def require_claimable(self) -> None:
        if any(attempt.state in CLAIMING for attempt in self.attempts):
            raise Conflict("the payment is being charged, or is paid already")
        if self.closed:
            raise Conflict(f"the payment is {self.closed}")

    def order(self, card: Card) -> ChargeOrdered:
        """The order for the attempt that was claimed last."""
        attempt = self.attempts[-1]
        return ChargeOrdered(
            gateway=attempt.gateway,
            payment_id=self.id,
            attempt_no=attempt.number,
            user_id=self.user_id,
            amount=self.amount,
            description=self.description,
            card_token=card.token,
            card_label=attempt.card_label,
            ordered_at=attempt.started_at,
            source=self.source,
            request_id=self.request_id,
            period_start=self.period_start,
            period_end=self.period_end,
        )

    def learn(self, told: Attempt) -> "Payment":
        """Take in what is told of an attempt, known or not. Late and repeated news change nothing.

        Raises `Conflict` when two attempts would hold money: a person has to give one back."""
        known = {attempt.number: attempt for attempt in self.attempts}
        known[told.number] = known[told.number].learn(told) if told.number in known else told
        newest = known[max(known)]
        attempts = tuple(one.superseded(newest) if one is not newest else one for _, one in sorted(known.items()))
        if sum(attempt.state in CLAIMING for attempt in attempts) > 1:
            raise Conflict(f"two attempts of payment {self.id} hold money")
        return self._changed(attempts=attempts)

    def asked(self, told: "Payment") -> "Payment":
        """The payment as another message tells it. Raises `Conflict` when that is another charge under the same id."""
        if (told.user_id, told.amount) != (self.user_id, self.amount):
            raise Conflict(f"request {self.request_id!r} of {self.source!r} asks for another user or amount")
        return self._changed(requested_at=min(told.requested_at, self.requested_at))

    def order_refund(self, amount: Money, at: datetime) -> "Payment":
        """Give back part or all. Raises `Conflict` when that much was not taken or has been given back."""
        paid = self.paid_by
        if paid is None or not 0 < amount.minor <= self.refundable.minor or amount.currency != self.amount.currency:
            raise Conflict(f"{self.refundable} can be given back")
        number = max((refund.number for refund in self.refunds), default=0) + 1
        return self._changed(refunds=(*self.refunds, Refund(number, paid.number, amount, at)))

    def learn_refund(self, told: Refund) -> "Payment":
        """Take in what is told of a refund, known or not. Late and repeated news change nothing."""
        known = {refund.number: refund for refund in self.refunds}
        known[told.number] = known[told.number].learn(told) if told.number in known else told
        return self._changed(refunds=tuple(refund for _, refund in sorted(known.items())))

    def close(self, how: PaymentState, at: datetime) -> "Payment":
        """Staff gave up on the money. Raises `Conflict` unless the payment is failed, or closed so already."""
        if self.closed is how:
            return self
        if self.state is not PaymentState.FAILED:
            raise Conflict(f"a payment that is {self.state} is not {how}")
        return self._changed(closed=how, closed_at=at)

    def retry_on(self, at: datetime | None) -> "Payment":
        return self._changed(retry_at=at)

    def _changed(self, **facts: Any) -> "Payment":
        after = replace(self, **facts)
        if after.state is not self.state and after.state not in PAYMENT_MOVES[self.state]:
            raise Conflict(f"a payment that is {self.state} does not become {after.state}")
        if after.state is not PaymentState.FAILED and after.retry_at is not None:
            return replace(after, retry_at=None)
        return after


def _first(*moments: datetime | None) -> datetime | None:
    known: Iterable[datetime] = (moment for moment in moments if moment is not None)
    return min(known, default=None)
