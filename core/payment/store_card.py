"""A provider's yes to a card."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.contracts.card_responses import CardAccepted
from core.kernel.cards import Expiry, StoredCard
from core.payment.cards import Card, User
from core.payment.charging import cured_by_new_card, try_all_again
from core.payment.networks import NETWORK_RULES, NetworkRules
from core.payment.ports import PaymentTx


@dataclass(frozen=True, slots=True)
class StoreCard:
    """An accepted card can be charged from now on, also when the answer came late. Of the same card saved twice the
    newer one stays. The first card is the default card; what is owed is tried with a new default card at once."""

    networks: NetworkRules = NETWORK_RULES

    async def __call__(self, accepted: CardAccepted, tx: PaymentTx) -> None:
        user = await tx.users.find(accepted.user_id) or User(accepted.user_id)
        known = await tx.cards.find(accepted.card_id) or _told(accepted)
        card = known.accepted(_stored(accepted))
        if card is known:
            return
        twins = [one for one in await tx.cards.of(user.id) if one.active and one.same_as(card)]
        newest = max([card, *twins], key=lambda one: (one.asked_at, one.id))
        for one in (card, *twins):
            tx.cards.save(one if one is newest else one.replaced())
        if _becomes_default(newest, twins, user):
            tx.users.save(user.with_default(newest.id))
            await try_all_again(user.id, tx, self.networks, cured_by_new_card)


def _becomes_default(card: Card, twins: Sequence[Card], user: User) -> bool:
    replaces = any(twin.id == user.default_card_id for twin in twins)
    return user.default_card_id != card.id and (card.default_wanted or replaces or user.default_card_id is None)


def _told(accepted: CardAccepted) -> Card:
    at = accepted.occurred_at
    return Card(accepted.card_id, accepted.user_id, accepted.gateway, asked_at=at, expires_at=at)


def _stored(accepted: CardAccepted) -> StoredCard:
    expiry = Expiry(accepted.expiry_year, accepted.expiry_month)
    return StoredCard(accepted.token, accepted.brand, accepted.last4, expiry, accepted.fingerprint)
