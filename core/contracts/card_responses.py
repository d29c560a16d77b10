"""Topic Credit Card Response: what a provider said of a card."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.contracts.message import Message
from core.contracts.words import Brand, Fingerprint, GatewayName, Last4, Month, Token, Year
from core.kernel.ids import CardId, UserId
from core.kernel.outcomes import DeclineClass


@dataclass(frozen=True, slots=True)
class CardAccepted(Message):
    """The card is good; the provider keeps it under `token`."""

    topic: ClassVar[str] = "billow.card-responses"
    kind: ClassVar[str] = "card.accepted.v1"

    gateway: GatewayName
    card_id: CardId
    user_id: UserId
    token: Token
    brand: Brand
    last4: Last4
    expiry_year: Year
    expiry_month: Month
    fingerprint: Fingerprint
    occurred_at: datetime

    @property
    def subject(self) -> str:
        return str(self.card_id)


@dataclass(frozen=True, slots=True)
class CardRefused(Message):
    """The card was not accepted, for a reason its owner may see."""

    topic: ClassVar[str] = "billow.card-responses"
    kind: ClassVar[str] = "card.refused.v1"

    gateway: GatewayName
    card_id: CardId
    user_id: UserId
    decline: DeclineClass
    occurred_at: datetime

    @property
    def subject(self) -> str:
        return str(self.card_id)
