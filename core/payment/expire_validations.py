"""Nobody waits for a gateway for ever."""

from dataclasses import dataclass

from core.contracts.notices import CardNotSaved
from core.payment.ports import PaymentTx

BATCH = 200


@dataclass(frozen=True, slots=True)
class ExpireValidations:
    """A card that nobody answered for in time is not saved, and its owner is told."""

    async def __call__(self, tx: PaymentTx) -> bool:
        unanswered = await tx.cards.unanswered(tx.now, BATCH)
        for card in unanswered:
            tx.cards.save(card.expired())
            tx.outbox.add(CardNotSaved(card.id, card.user_id, None, tx.now))
        return len(unanswered) == BATCH
