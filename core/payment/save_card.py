"""A new card, on its way to the gateway that will keep it."""

from dataclasses import dataclass

from core.contracts.card_validations import CardValidationOrdered
from core.kernel.cards import BrowserToken, CardEntry
from core.kernel.ids import CardId, UserId
from core.payment.cards import VALIDATION_TIME, Card
from core.payment.ports import PaymentTx, Sealer
from core.payment.routing import ROUTING, RoutingPolicy


@dataclass(frozen=True, slots=True)
class SaveCard:
    """A card its owner wants saved goes, sealed, to the gateway that will keep it; that has two minutes to answer.
    Raises `Refused` when no such gateway is there."""

    sealer: Sealer
    routing: RoutingPolicy = ROUTING

    async def __call__(
        self,
        tx: PaymentTx,
        *,
        card_id: CardId,
        user_id: UserId,
        entry: CardEntry | BrowserToken,
        gateway: str = "",
        make_default: bool = False,
    ) -> Card:
        gateway = self._gateway(card_id, entry, gateway)
        sealed = self.sealer.seal(gateway, entry)
        expires_at = tx.now + VALIDATION_TIME
        card = Card(card_id, user_id, gateway, tx.now, expires_at, default_wanted=make_default)
        tx.cards.save(card)
        tx.outbox.add(CardValidationOrdered(gateway, card_id, user_id, sealed, tx.now, expires_at))
        return card

    def _gateway(self, card_id: CardId, entry: CardEntry | BrowserToken, named: str) -> str:
        if named or isinstance(entry, BrowserToken):
            return self.routing.require(named, browser_form=isinstance(entry, BrowserToken))
        return self.routing.choose(card_id, entry.number.reveal())
