"""A payer's own try."""

from dataclasses import dataclass

from core.kernel.ids import CardId, PaymentId, UserId
from core.kernel.outcomes import DeclineClass
from core.kernel.trouble import NotFound, Refused
from core.payment.cards import Card
from core.payment.charging import default_card, start_attempt
from core.payment.model import Origin, Payment
from core.payment.ports import PaymentTx


@dataclass(frozen=True, slots=True)
class Repay:
    """The user tries a failed payment again, with a card of theirs or the default one. Raises `Conflict` while an
    attempt is live or the payment is paid, `NotFound` for what is somebody else's, `Refused` without a usable card."""

    async def __call__(
        self, tx: PaymentTx, *, payment_id: PaymentId, owner: UserId | None, card_id: CardId | None = None
    ) -> Payment:
        payment = await tx.payments.get(payment_id)
        if owner not in (None, payment.user_id):
            raise NotFound
        payment.require_claimable()
        if payment.decline is DeclineClass.CURRENCY_NOT_SUPPORTED:
            raise Refused(f"nothing is charged in {payment.amount.currency}")
        return start_attempt(payment, await self._card(payment, card_id, tx), Origin.MANUAL, tx)

    async def _card(self, payment: Payment, card_id: CardId | None, tx: PaymentTx) -> Card:
        card = await tx.cards.get(card_id) if card_id else await default_card(payment.user_id, tx)
        if card is None:
            raise Refused("there is no card to charge")
        if card.user_id != payment.user_id:
            raise NotFound
        if not card.active:
            raise Refused(f"the card is {card.state}")
        return card
