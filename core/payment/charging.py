"""How an attempt starts, whoever wants it: the one claim, and the order to the card's gateway."""

from collections.abc import Callable

from core.kernel.ids import UserId
from core.kernel.outcomes import DeclineClass
from core.payment.cards import Card
from core.payment.model import Origin, Payment
from core.payment.networks import LONGEST_WINDOW, NetworkRules
from core.payment.ports import PaymentTx


async def default_card(user_id: UserId, tx: PaymentTx) -> Card | None:
    """The card the user is charged with, if there is one that can be."""
    user = await tx.users.find(user_id)
    card = await tx.cards.find(user.default_card_id) if user and user.default_card_id else None
    return card if card and card.active else None


def start_attempt(payment: Payment, card: Card, origin: Origin, tx: PaymentTx) -> Payment:
    """Claim and order. Raises `Conflict` while another attempt may hold money."""
    claimed = payment.claim(card, tx.now, origin)
    tx.payments.save(claimed)
    tx.outbox.add(claimed.order(card))
    return claimed


async def try_again(payment: Payment, card: Card, origin: Origin, tx: PaymentTx, networks: NetworkRules) -> None:
    """An automatic try: as soon as the card's network allows one, or never."""
    tries = await tx.payments.tries(card.id, tx.now - LONGEST_WINDOW)
    at = networks.earliest(card.brand, tries, payment.amount, tx.now)
    if at is not None and at <= tx.now:
        start_attempt(payment, card, origin, tx)
    else:
        tx.payments.save(payment.retry_on(at))


async def try_all_again(
    user_id: UserId, tx: PaymentTx, networks: NetworkRules, curable: Callable[[DeclineClass | None], bool]
) -> None:
    """What the user owes is tried at once with the default card, now that something changed which may cure it."""
    card = await default_card(user_id, tx)
    if card is None:
        return
    for payment in await tx.payments.failed_of(user_id):
        if curable(payment.decline):
            await try_again(payment, card, Origin.NEW_CARD, tx, networks)


def cured_by_new_card(decline: DeclineClass | None) -> bool:
    return decline not in (DeclineClass.CURRENCY_NOT_SUPPORTED, DeclineClass.UNKNOWN_USER)


def cured_by_being_known(decline: DeclineClass | None) -> bool:
    return decline is DeclineClass.UNKNOWN_USER
