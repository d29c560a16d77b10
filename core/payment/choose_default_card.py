"""Which card a user is charged with."""

from dataclasses import dataclass

from core.kernel.ids import CardId, UserId
from core.kernel.trouble import NotFound, Refused
from core.payment.cards import Card, User
from core.payment.charging import cured_by_new_card, try_all_again
from core.payment.networks import NETWORK_RULES, NetworkRules
from core.payment.ports import PaymentTx


@dataclass(frozen=True, slots=True)
class ChooseDefaultCard:
    """The user is charged with this card from now on; what is owed is tried with it at once.
    Raises `NotFound` for a card of somebody else, `Refused` for one that cannot be charged."""

    networks: NetworkRules = NETWORK_RULES

    async def __call__(self, tx: PaymentTx, *, card_id: CardId, owner: UserId | None) -> Card:
        card = await tx.cards.get(card_id)
        if owner not in (None, card.user_id):
            raise NotFound
        if not card.active:
            raise Refused(f"the card is {card.state}")
        user = await tx.users.find(card.user_id) or User(card.user_id)
        if user.default_card_id != card.id:
            tx.users.save(user.with_default(card.id))
            await try_all_again(user.id, tx, self.networks, cured_by_new_card)
        return card
