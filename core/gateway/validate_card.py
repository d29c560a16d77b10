"""A sealed card, or the token a browser form made of it, is opened, shown to the provider and forgotten."""

from dataclasses import dataclass

from core.contracts.card_responses import CardAccepted, CardRefused
from core.contracts.card_validations import CardValidationOrdered
from core.gateway.ports import Accepted, CardDeclined, GatewayTx, Opener, Provider
from core.gateway.readable import readable_card
from core.kernel.clock import Clock
from core.kernel.trouble import Unavailable

Answer = Accepted | CardDeclined | None


@dataclass(frozen=True, slots=True)
class ValidateCard:
    """The card is never written down here. An order that has expired is let go: its owner has been told by then."""

    provider: Provider
    opener: Opener
    clock: Clock

    async def ask(self, order: CardValidationOrdered) -> Answer:
        """Raises `Unavailable` when the provider gave no answer: the order is delivered again until it expires."""
        if order.expires_at <= self.clock.now():
            return None
        answer = readable_card(await self.provider.validate(str(order.card_id), self.opener.open(order.sealed_card)))
        if isinstance(answer, Accepted | CardDeclined):
            return answer
        raise Unavailable(answer.detail)

    async def __call__(self, order: CardValidationOrdered, answer: Answer, tx: GatewayTx) -> None:
        if isinstance(answer, Accepted):
            tx.outbox.add(_accepted(order, answer, tx))
        elif isinstance(answer, CardDeclined):
            tx.outbox.add(CardRefused(order.gateway, order.card_id, order.user_id, answer.decline, tx.now))


def _accepted(order: CardValidationOrdered, answer: Accepted, tx: GatewayTx) -> CardAccepted:
    card = answer.card
    return CardAccepted(
        gateway=order.gateway,
        card_id=order.card_id,
        user_id=order.user_id,
        token=card.token,
        brand=card.brand,
        last4=card.last4,
        expiry_year=card.expiry.year,
        expiry_month=card.expiry.month,
        fingerprint=card.fingerprint,
        occurred_at=tx.now,
    )
