"""What a bench must be able to bring about at a provider, and the bench itself."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from core.gateway.ports import Provider
from core.kernel.cards import BrowserToken, CardEntry
from core.kernel.outcomes import DeclineClass


class Situation(StrEnum):
    """A card that makes the provider behave in a certain way."""

    GOOD = "visa"
    ANOTHER_GOOD = "mastercard"
    REFUSED_AT_VALIDATION = "refused_invalid_card"
    RECOVERS_AFTER_TWO = "insufficient_funds_2x"
    PENDING = "pending"
    PENDING_THEN_DECLINED = "pending_then_declined"
    TIMEOUT_BEFORE = "timeout_before_charge"
    TIMEOUT_AFTER = "timeout_after_charge"
    ERROR_BEFORE = "error_before_charge"
    ERROR_AFTER = "error_after_charge"
    RESET_BEFORE = "reset_before_charge"
    RESET_AFTER = "reset_after_charge"
    DRIP_AFTER = "drip_after_charge"
    GARBLED_AFTER = "garbled_after_charge"
    HIDDEN = "hidden_charge"
    OVERCHARGE = "overcharge"
    RATE_LIMITED = "rate_limited_once"
    VALIDATION_LOST = "timeout_after_validation"
    VALIDATION_RATE_LIMITED = "rate_limited_validation"
    REFUND_LOST = "timeout_after_refund"


LOST_BEFORE = (Situation.TIMEOUT_BEFORE, Situation.ERROR_BEFORE, Situation.RESET_BEFORE)
LOST_AFTER = (
    Situation.TIMEOUT_AFTER,
    Situation.ERROR_AFTER,
    Situation.RESET_AFTER,
    Situation.DRIP_AFTER,
    Situation.GARBLED_AFTER,
)
DECLINES: Mapping[DeclineClass, bool] = {
    DeclineClass.INSUFFICIENT_FUNDS: False,
    DeclineClass.DO_NOT_HONOR: False,
    DeclineClass.EXPIRED_CARD: True,
    DeclineClass.LOST_OR_STOLEN: True,
    DeclineClass.AUTHENTICATION_REQUIRED: False,
    DeclineClass.INVALID_CARD: True,
    DeclineClass.LIMIT_EXCEEDED: False,
    DeclineClass.FRAUD_SUSPECTED: True,
    DeclineClass.PROVIDER_REFUSED: False,
}
"""Every reason an issuer may give, and whether it is a hard one."""


class Bench(Protocol):
    """A provider in a test's hands. A new provider brings its own bench and passes the whole suite."""

    @property
    def provider(self) -> Provider: ...

    def card(self, situation: Situation) -> CardEntry:
        """A card that brings the situation about."""
        ...

    def declining(self, decline: DeclineClass) -> CardEntry:
        """A card that is kept, and declined at every charge for this reason."""
        ...

    def pass_time(self, seconds: float) -> None:
        """Move the provider's clock."""
        ...

    async def switch_off(self) -> None:
        """Nobody listens at the provider's address any more."""
        ...


class FormBench(Bench, Protocol):
    """The bench of a provider that has a form of its own in the browser."""

    async def browser_token(self, card: CardEntry) -> BrowserToken:
        """What the form makes of the card."""
        ...

    async def browser_token_of_another_account(self, card: CardEntry) -> BrowserToken: ...
