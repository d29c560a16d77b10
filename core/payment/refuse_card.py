"""A provider's no to a card."""

from dataclasses import dataclass

from core.contracts.card_responses import CardRefused
from core.contracts.notices import CardNotSaved
from core.payment.cards import Card
from core.payment.ports import PaymentTx


@dataclass(frozen=True, slots=True)
class RefuseCard:
    """A card that was not accepted shows its owner why, and its owner is told."""

    async def __call__(self, refused: CardRefused, tx: PaymentTx) -> None:
        known = await tx.cards.find(refused.card_id) or _told(refused)
        card = known.refused(refused.decline)
        if card is known:
            return
        tx.cards.save(card)
        tx.outbox.add(CardNotSaved(card.id, card.user_id, refused.decline, refused.occurred_at))


def _told(refused: CardRefused) -> Card:
    at = refused.occurred_at
    return Card(refused.card_id, refused.user_id, refused.gateway, asked_at=at, expires_at=at)
