"""The fake provider of unit tests: the same test cards as the sandbox, in a dictionary."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_urlsafe

from adapters.providers.behaviour import Behaviour, Loss, Refusal, Step
from adapters.providers.trial_cards import TrialCard, trial_card_of
from core.gateway.ports import (
    Accepted,
    Captured,
    CardDeclined,
    ChargeOutcome,
    Declined,
    LedgerEntry,
    Mismatch,
    NotAttempted,
    NotFound,
    Order,
    Pending,
    RefundOrder,
    StatusOutcome,
    Unknown,
)
from core.kernel.cards import BrowserToken, CardEntry, Expiry, StoredCard
from core.kernel.clock import Clock
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass
from core.kernel.secret import Secret
from core.kernel.trouble import Unavailable


@dataclass(slots=True)
class _Charge:
    order: Order
    outcome: ChargeOutcome
    visible_from: datetime
    taken: Money
    settles_to: ChargeOutcome | None = None


@dataclass(slots=True)
class InMemoryProvider:
    """Set `away` and nobody is there: calls are not attempted, checks raise."""

    clock: Clock
    away: bool = False
    entries: list[LedgerEntry] = field(default_factory=list)
    _cards: dict[str, tuple[object, Accepted]] = field(default_factory=dict)
    _promised: dict[str, tuple[CardEntry, datetime]] = field(default_factory=dict)
    _tokens: dict[str, TrialCard] = field(default_factory=dict)
    _charges: dict[str, _Charge] = field(default_factory=dict)
    _refunds: dict[str, tuple[RefundOrder, ChargeOutcome]] = field(default_factory=dict)
    _turned_away: set[tuple[Step, str]] = field(default_factory=set)

    def browser_token(self, card: CardEntry) -> BrowserToken:
        """What our form in the browser makes of a card."""
        token = token_urlsafe()
        self._promised[token] = (card, self.clock.now() + timedelta(minutes=15))
        return BrowserToken(Secret(token))

    async def validate(
        self, key: str, card: CardEntry | BrowserToken
    ) -> Accepted | CardDeclined | NotAttempted | Unknown:
        if self.away:
            return NotAttempted("away")
        if known := self._cards.get(key):
            same = known[0] == _identity(card)
            return known[1] if same else CardDeclined(DeclineClass.PROVIDER_REFUSED, "idempotency_conflict")
        typed = card if isinstance(card, CardEntry) else self._promise(card)
        trial = trial_card_of(typed.number.reveal()) if typed else None
        if typed is None or trial is None:
            return CardDeclined(DeclineClass.INVALID_CARD, "not_a_test_card" if typed else "no_such_browser_token")
        if refusal := self._refusal(trial, typed):
            return CardDeclined(refusal.decline, refusal.detail)
        if lost := self._turns_away(trial.behaviour, Step.VALIDATE, key):
            return lost
        accepted = self._keep(key, card, trial, typed.expiry)
        return _lost(trial.behaviour, Step.VALIDATE) or accepted

    async def charge(self, order: Order) -> ChargeOutcome:
        if self.away:
            return NotAttempted("away")
        if known := self._charges.get(order.key):
            return known.outcome if known.order == order else Mismatch("another order under this key")
        behaviour = self._behaviour(order.token)
        if lost := self._turns_away(behaviour, Step.CHARGE, order.key):
            return lost
        outcome = self._book(order, behaviour)
        return _lost(behaviour, Step.CHARGE) or outcome

    async def charge_status(self, order: Order) -> StatusOutcome:
        if self.away:
            return NotAttempted("away")
        known = self._charges.get(order.key)
        if known is None or known.visible_from > self.clock.now():
            return NotFound()
        if known.settles_to is not None:
            known.outcome, known.settles_to = known.settles_to, None
            self._enter(known)
        return known.outcome

    async def refund(self, refund: RefundOrder) -> ChargeOutcome:
        if self.away:
            return NotAttempted("away")
        if known := self._refunds.get(refund.key):
            return known[1] if known[0] == refund else Mismatch("another refund under this key")
        charged = self._charges.get(refund.charge_key)
        behaviour = self._behaviour(charged.order.token) if charged else Behaviour()
        if lost := self._turns_away(behaviour, Step.REFUND, refund.key):
            return lost
        outcome = self._give_back(refund, charged)
        return _lost(behaviour, Step.REFUND) or outcome

    async def ledger(self) -> list[LedgerEntry]:
        await self.check()
        return list(self.entries)

    async def check(self) -> None:
        if self.away:
            raise Unavailable("the provider is away")

    def _refusal(self, trial: TrialCard, card: CardEntry) -> Refusal | None:
        now = self.clock.now()
        if (card.expiry.year, card.expiry.month) < (now.year, now.month):
            return Refusal(DeclineClass.EXPIRED_CARD)
        return trial.behaviour.at_validation

    def _promise(self, card: BrowserToken) -> CardEntry | None:
        """The card that the token still stands for."""
        entry, until = self._promised.get(card.token.reveal(), (None, self.clock.now()))
        return entry if until > self.clock.now() else None

    def _keep(self, key: str, card: CardEntry | BrowserToken, trial: TrialCard, expiry: Expiry) -> Accepted:
        token = f"tok_{len(self._cards) + 1}"
        stored = StoredCard(token, trial.brand, trial.digits[-4:], expiry, f"print_{trial.name}")
        self._cards[key] = (_identity(card), Accepted(stored))
        self._tokens[token] = trial
        if isinstance(card, BrowserToken):
            del self._promised[card.token.reveal()]
        return self._cards[key][1]

    def _behaviour(self, token: str) -> Behaviour:
        trial = self._tokens.get(token)
        return trial.behaviour if trial else Behaviour(at_charge=Refusal(DeclineClass.INVALID_CARD, "no_such_token"))

    def _turns_away(self, behaviour: Behaviour, step: Step, key: str) -> Unknown | NotAttempted | None:
        loss = behaviour.lapse_at(step, done=False)
        if loss is None or (step, key) in self._turned_away:
            return None
        self._turned_away.add((step, key))
        return NotAttempted("rate limited") if loss is Loss.RATE_LIMITED else Unknown(loss)

    def _book(self, order: Order, behaviour: Behaviour) -> ChargeOutcome:
        earlier = sum(charge.order.token == order.token for charge in self._charges.values())
        reference = f"ch_{len(self._charges) + 1}"
        taken = order.amount + Money(behaviour.overcharge, order.amount.currency)
        final = _outcome(behaviour.verdict(earlier), reference, order.amount, taken)
        charge = _Charge(order, final, self._visible_from(behaviour), taken)
        if behaviour.pending:
            charge.outcome, charge.settles_to = Pending(reference), final
        self._charges[order.key] = charge
        self._enter(charge)
        return charge.outcome

    def _visible_from(self, behaviour: Behaviour) -> datetime:
        return self.clock.now() + timedelta(seconds=behaviour.hidden_for)

    def _enter(self, charge: _Charge) -> None:
        match charge.outcome:
            case Captured(reference=str(reference)) | Mismatch(reference=str(reference)):
                self.entries.append(LedgerEntry("charge", charge.order.key, reference, charge.taken))

    def _give_back(self, refund: RefundOrder, charged: _Charge | None) -> ChargeOutcome:
        reference = f"re_{len(self._refunds) + 1}"
        outcome: ChargeOutcome = Declined(DeclineClass.PROVIDER_REFUSED, "nothing_to_refund", reference)
        if charged and self._refundable(refund, charged):
            outcome = Captured(reference)
            self.entries.append(LedgerEntry("refund", refund.key, reference, refund.amount))
        self._refunds[refund.key] = (refund, outcome)
        return outcome

    def _refundable(self, refund: RefundOrder, charged: _Charge) -> bool:
        if not isinstance(charged.outcome, Captured) or refund.amount.currency != charged.taken.currency:
            return False
        earlier = (other for other, told in self._refunds.values() if isinstance(told, Captured))
        given = sum(other.amount.minor for other in earlier if other.charge_key == refund.charge_key)
        return given + refund.amount.minor <= charged.taken.minor


def _identity(card: CardEntry | BrowserToken) -> tuple[str, ...]:
    """The same for the same card, or for the same browser token."""
    return (card.token.reveal(),) if isinstance(card, BrowserToken) else (card.number.reveal(), str(card.expiry))


def _lost(behaviour: Behaviour, step: Step) -> Unknown | None:
    loss = behaviour.lapse_at(step, done=True)
    return Unknown(loss) if loss else None


def _outcome(refusal: Refusal | None, reference: str, ordered: Money, taken: Money) -> ChargeOutcome:
    if refusal:
        return Declined(refusal.decline, refusal.detail, reference)
    return Captured(reference) if taken == ordered else Mismatch(f"ordered {ordered}, charged {taken}", reference)
