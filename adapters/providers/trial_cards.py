"""THE table of test cards. All numbers are made up; docs/sandbox.md shows this table and a test compares the two."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from adapters.providers.behaviour import Behaviour, Lapse, Loss, Refusal, Step
from core.kernel.cards import CardEntry, Expiry
from core.kernel.outcomes import DeclineClass
from core.kernel.secret import Secret

FAR_AWAY = Expiry(2039, 12)


@dataclass(frozen=True, slots=True)
class TrialCard:
    """A number anybody may type into the sandbox, and what then happens."""

    name: str
    number: str
    what: str
    behaviour: Behaviour = field(default_factory=Behaviour)
    brand: str = "visa"

    @property
    def digits(self) -> str:
        return self.number.replace(" ", "")

    @property
    def cvc_length(self) -> int:
        return 4 if self.brand == "amex" else 3

    def entry(self, expiry: Expiry = FAR_AWAY) -> CardEntry:
        """The card as a user would type it."""
        return CardEntry(Secret(self.digits), Secret("1234"[: self.cvc_length]), expiry)


GOOD = (
    TrialCard("visa", "4000 1000 0000 0018", "Every charge succeeds."),
    TrialCard("mastercard", "5100 1000 0000 0014", "Every charge succeeds.", brand="mastercard"),
    TrialCard("amex", "3700 100000 00019", "Every charge succeeds; the CVC has 4 digits.", brand="amex"),
    TrialCard("discover", "6011 1000 0000 0002", "Every charge succeeds.", brand="discover"),
    TrialCard("jcb", "3530 1000 0000 0001", "Every charge succeeds.", brand="jcb"),
    TrialCard("maestro", "6799 1000 0000 0000 000", "Every charge succeeds; 19 digits.", brand="maestro"),
)


def _declined(number: str, decline: DeclineClass, code: str = "", name: str = "") -> TrialCard:
    refusal = Refusal(decline, code)
    hardness = "hard" if decline.hard else "soft"
    what = f"Every charge is declined: `{decline}` ({hardness}, code {refusal.detail})."
    return TrialCard(name or decline, number, what, Behaviour(at_charge=refusal))


DECLINED = (
    _declined("4000 1000 0000 1016", DeclineClass.INSUFFICIENT_FUNDS),
    _declined("4000 1000 0000 1024", DeclineClass.DO_NOT_HONOR),
    _declined("4000 1000 0000 1032", DeclineClass.EXPIRED_CARD),
    _declined("4000 1000 0000 1040", DeclineClass.LOST_OR_STOLEN),
    _declined("4000 1000 0000 1057", DeclineClass.LOST_OR_STOLEN, "43", "stolen"),
    _declined("4000 1000 0000 1065", DeclineClass.AUTHENTICATION_REQUIRED),
    _declined("4000 1000 0000 1073", DeclineClass.INVALID_CARD),
    _declined("4000 1000 0000 1081", DeclineClass.LIMIT_EXCEEDED),
    _declined("4000 1000 0000 1099", DeclineClass.FRAUD_SUSPECTED),
    _declined("4000 1000 0000 1107", DeclineClass.PROVIDER_REFUSED),
)


def _refused(number: str, decline: DeclineClass) -> TrialCard:
    behaviour = Behaviour(at_validation=Refusal(decline))
    return TrialCard(f"refused_{decline}", number, f"Refused when the card is added: `{decline}`.", behaviour)


REFUSED = (
    _refused("4000 1000 0000 2014", DeclineClass.INVALID_CARD),
    _refused("4000 1000 0000 2022", DeclineClass.EXPIRED_CARD),
    _refused("4000 1000 0000 2030", DeclineClass.DO_NOT_HONOR),
    _refused("4000 1000 0000 2048", DeclineClass.LOST_OR_STOLEN),
    _refused("4000 1000 0000 2055", DeclineClass.FRAUD_SUSPECTED),
)


def _recovers(number: str, times: int, decline: DeclineClass = DeclineClass.INSUFFICIENT_FUNDS) -> TrialCard:
    behaviour = Behaviour(at_charge=Refusal(decline), declines=times)
    tries = "The first charge is" if times == 1 else f"The first {times} charges are"
    return TrialCard(f"{decline}_{times}x", number, f"{tries} declined (`{decline}`), later ones succeed.", behaviour)


RECOVERING = (
    _recovers("4000 1000 0000 3012", 1),
    _recovers("4000 1000 0000 3020", 2),
    _recovers("4000 1000 0000 3038", 3),
    _recovers("4000 1000 0000 3046", 4),
    _recovers("4000 1000 0000 3053", 2, DeclineClass.DO_NOT_HONOR),
)

_NO_MONEY = Refusal(DeclineClass.INSUFFICIENT_FUNDS)
PENDING = (
    TrialCard("pending", "4000 1000 0000 4010", "Pending; the first status query captures.", Behaviour(pending=True)),
    TrialCard(
        "pending_then_declined",
        "4000 1000 0000 4028",
        "Pending; the first status query declines (`insufficient_funds`).",
        Behaviour(pending=True, at_charge=_NO_MONEY),
    ),
)


def _lost(name: str, number: str, what: str, loss: Loss, *, done: bool, step: Step = Step.CHARGE) -> TrialCard:
    return TrialCard(name, number, what, Behaviour(lapse=Lapse(loss, done, step)))


def _hidden(name: str, number: str, seconds: int) -> TrialCard:
    what = f'Charged, no answer, and status queries say "not found" for {seconds} s.'
    return TrialCard(name, number, what, Behaviour(lapse=Lapse(Loss.TIMEOUT, done=True), hidden_for=seconds))


LOST = (
    _lost("timeout_before_charge", "4000 1000 0000 5017", "No answer, not charged.", Loss.TIMEOUT, done=False),
    _lost("timeout_after_charge", "4000 1000 0000 5025", "Charged, no answer.", Loss.TIMEOUT, done=True),
    _lost("error_before_charge", "4000 1000 0000 5033", "500, not charged.", Loss.ERROR, done=False),
    _lost("error_after_charge", "4000 1000 0000 5041", "Charged, then 500.", Loss.ERROR, done=True),
    _lost("reset_before_charge", "4000 1000 0000 5058", "Connection reset, not charged.", Loss.RESET, done=False),
    _lost("reset_after_charge", "4000 1000 0000 5066", "Charged, then a connection reset.", Loss.RESET, done=True),
    _lost("drip_after_charge", "4000 1000 0000 5074", "Charged; the answer drips too slowly.", Loss.DRIP, done=True),
    _lost("garbled_after_charge", "4000 1000 0000 5082", "Charged; 200 with no JSON in it.", Loss.GARBLED, done=True),
    _hidden("hidden_charge", "4000 1000 0000 5090", 30),
    TrialCard("overcharge", "4000 1000 0000 5108", "Charges one minor unit too much.", Behaviour(overcharge=1)),
    _lost("rate_limited_once", "4000 1000 0000 5116", "429 once, then charged.", Loss.RATE_LIMITED, done=False),
)

LOST_ELSEWHERE = (
    _lost(
        "timeout_after_validation",
        "4000 1000 0000 6015",
        "The card is kept, the answer to the validation is lost.",
        Loss.TIMEOUT,
        done=True,
        step=Step.VALIDATE,
    ),
    _lost(
        "rate_limited_validation",
        "4000 1000 0000 6023",
        "The validation is answered 429 once, then the card is kept.",
        Loss.RATE_LIMITED,
        done=False,
        step=Step.VALIDATE,
    ),
    _lost(
        "timeout_after_refund",
        "4000 1000 0000 6031",
        "Charges succeed; a refund is made, its answer is lost.",
        Loss.TIMEOUT,
        done=True,
        step=Step.REFUND,
    ),
)

GROUPS: dict[str, tuple[TrialCard, ...]] = {
    "Success": GOOD,
    "Declined at every charge": DECLINED,
    "Refused when the card is added": REFUSED,
    "Declined at first": RECOVERING,
    "Pending": PENDING,
    "The first answer under a key is lost": LOST + LOST_ELSEWHERE,
}
TRIAL_CARDS: dict[str, TrialCard] = {card.name: card for group in GROUPS.values() for card in group}
_BY_NUMBER = {card.digits: card for card in TRIAL_CARDS.values()}


def trial_card_of(number: str) -> TrialCard | None:
    """The test card with this number. Any other number may be somebody's real one and is none of our business."""
    return _BY_NUMBER.get(number)


def _markdown() -> Iterator[str]:
    for title, cards in GROUPS.items():
        yield f"### {title}\n\n| number | brand | name | what happens |\n| --- | --- | --- | --- |"
        yield from (f"| `{card.number}` | {card.brand} | `{card.name}` | {card.what} |" for card in cards)
        yield ""


def as_markdown() -> str:
    """The table as docs/sandbox.md shows it."""
    return "\n".join(_markdown())


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
