"""How a test card behaves: the vocabulary of the table in `trial_cards`."""

from dataclasses import dataclass
from enum import StrEnum

from core.kernel.outcomes import DeclineClass

RESPONSE_CODES: dict[DeclineClass, str] = {
    DeclineClass.INSUFFICIENT_FUNDS: "51",
    DeclineClass.DO_NOT_HONOR: "05",
    DeclineClass.EXPIRED_CARD: "54",
    DeclineClass.LOST_OR_STOLEN: "41",
    DeclineClass.AUTHENTICATION_REQUIRED: "1A",
    DeclineClass.INVALID_CARD: "14",
    DeclineClass.LIMIT_EXCEEDED: "61",
    DeclineClass.FRAUD_SUSPECTED: "59",
    DeclineClass.PROVIDER_REFUSED: "58",
}
"""The response code (ISO 8583 field 39) that goes with each class, as card networks use them."""


class Step(StrEnum):
    """The call in which a test card misbehaves."""

    VALIDATE = "validate"
    CHARGE = "charge"
    REFUND = "refund"


class Loss(StrEnum):
    """What becomes of an answer."""

    TIMEOUT = "no answer until the caller gives up"
    ERROR = "500"
    RESET = "connection reset"
    DRIP = "one byte at a time, past any deadline"
    GARBLED = "200 with a body that is no JSON"
    RATE_LIMITED = "429"


@dataclass(frozen=True, slots=True)
class Lapse:
    """The first call under a key is lost at this step, with or without the work done. The next one is answered."""

    loss: Loss
    done: bool
    step: Step = Step.CHARGE


@dataclass(frozen=True, slots=True)
class Refusal:
    """A no, with the code the issuer gave."""

    decline: DeclineClass
    code: str = ""

    @property
    def detail(self) -> str:
        return self.code or RESPONSE_CODES[self.decline]


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Everything unsaid goes well. `declines` is how many charges are declined before one succeeds; None is all."""

    at_validation: Refusal | None = None
    at_charge: Refusal | None = None
    declines: int | None = None
    pending: bool = False
    lapse: Lapse | None = None
    hidden_for: int = 0
    """Seconds for which a status query denies a charge that was made."""
    overcharge: int = 0
    """Minor units taken beyond what was ordered."""

    def verdict(self, earlier: int) -> Refusal | None:
        """The issuer's answer to a charge, given how many charges of this card it has answered before."""
        return self.at_charge if self.declines is None or earlier < self.declines else None

    def lapse_at(self, step: Step, *, done: bool) -> Loss | None:
        lapse = self.lapse
        return lapse.loss if lapse and lapse.step is step and lapse.done is done else None
