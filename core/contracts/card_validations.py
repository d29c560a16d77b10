"""Topics Validate Credit Card A, B, …: the only messages that carry a card, sealed."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.contracts.message import Message
from core.contracts.words import GatewayName, SealedCard
from core.kernel.ids import CardId, UserId


@dataclass(frozen=True, slots=True)
class CardValidationOrdered(Message):
    """Validate and keep this card at the provider. Lives two minutes, is never parked; its outbox row goes with it."""

    topic: ClassVar[str] = "billow.gateway.{gateway}.card-validations"
    kind: ClassVar[str] = "card.validation-ordered.v1"
    perishable: ClassVar[bool] = True

    gateway: GatewayName
    card_id: CardId
    user_id: UserId
    sealed_card: SealedCard
    """A JWE (RFC 7516, compact) that only the gateway's private key opens: a card, or a browser form's token of it."""
    ordered_at: datetime
    expires_at: datetime

    @property
    def subject(self) -> str:
        return str(self.card_id)
