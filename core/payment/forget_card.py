"""A card its owner no longer wants here."""

from dataclasses import dataclass

from core.kernel.ids import CardId, UserId
from core.kernel.trouble import NotFound
from core.payment.ports import PaymentTx


@dataclass(frozen=True, slots=True)
class ForgetCard:
    """A card its owner removes is never charged again: the token is gone. No other card takes its place unasked.
    Raises `NotFound` for a card of somebody else."""

    async def __call__(self, tx: PaymentTx, *, card_id: CardId, owner: UserId | None) -> None:
        card = await tx.cards.get(card_id)
        if owner not in (None, card.user_id):
            raise NotFound
        tx.cards.save(card.forgotten())
        user = await tx.users.find(card.user_id)
        if user and user.default_card_id == card.id:
            tx.users.save(user.with_default(None))
