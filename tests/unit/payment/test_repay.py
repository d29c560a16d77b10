"""The payer tries again by hand."""

import pytest

from core.contracts.charges import ChargeOrdered
from core.kernel.ids import CardId
from core.kernel.outcomes import DeclineClass
from core.kernel.trouble import Conflict, NotFound, Refused
from core.payment.cards import User
from core.payment.mark_unpaid import MarkUnpaid
from core.payment.model import Origin
from core.payment.repay import Repay
from core.payment.settle_payment import SettlePayment
from core.payment.start_charge import StartCharge
from tests.fakes.memory import NOON
from tests.fakes.payment import ADA, BOB, InMemoryPaymentTx, card, failed, ready, requested, succeeded

PAYMENT = requested().payment_id
repay = Repay()


async def unpaid(decline: DeclineClass = DeclineClass.INSUFFICIENT_FUNDS) -> InMemoryPaymentTx:
    tx = ready()
    await StartCharge()(requested(), tx)
    await MarkUnpaid()(failed(order(tx), decline), tx)
    return tx


def order(tx: InMemoryPaymentTx) -> ChargeOrdered:
    return tx.outbox.of(ChargeOrdered)[-1]


async def test_repaying_charges_the_default_card_again():
    tx = await unpaid()
    await repay(tx, payment_id=PAYMENT, owner=ADA)
    assert (order(tx).attempt_no, order(tx).card_token) == (2, "tok_1")
    assert tx.payments.things[PAYMENT].attempts[-1].origin is Origin.MANUAL


async def test_repaying_with_another_card_goes_to_its_gateway():
    tx = await unpaid(DeclineClass.EXPIRED_CARD)
    tx.cards.save(card(2, gateway="b"))
    await repay(tx, payment_id=PAYMENT, owner=ADA, card_id=card(2).id)
    assert (order(tx).attempt_no, order(tx).gateway, order(tx).card_token) == (2, "b", "tok_2")


async def test_repaying_while_an_attempt_is_live_is_a_conflict():
    tx = await unpaid()
    await repay(tx, payment_id=PAYMENT, owner=ADA)
    with pytest.raises(Conflict):
        await repay(tx, payment_id=PAYMENT, owner=ADA)
    assert order(tx).attempt_no == 2


async def test_repaying_what_is_paid_is_a_conflict():
    tx = await unpaid()
    await SettlePayment()(succeeded(order(tx)), tx)
    with pytest.raises(Conflict):
        await repay(tx, payment_id=PAYMENT, owner=ADA)


async def test_payments_and_cards_of_others_are_not_there():
    tx = await unpaid()
    tx.cards.save(card(2, user_id=BOB))
    with pytest.raises(NotFound):
        await repay(tx, payment_id=PAYMENT, owner=BOB)
    with pytest.raises(NotFound):
        await repay(tx, payment_id=PAYMENT, owner=ADA, card_id=card(2).id)
    with pytest.raises(NotFound):
        await repay(tx, payment_id=PAYMENT, owner=ADA, card_id=CardId(card(3).id))


async def test_a_card_that_cannot_be_charged_is_refused():
    tx = await unpaid()
    tx.cards.save(card().forgotten())
    with pytest.raises(Refused):
        await repay(tx, payment_id=PAYMENT, owner=ADA, card_id=card().id)


async def test_without_any_card_repaying_is_refused():
    tx = await unpaid()
    tx.users.save(User(ADA, NOON))
    with pytest.raises(Refused):
        await repay(tx, payment_id=PAYMENT, owner=ADA)


async def test_a_currency_we_do_not_take_is_not_repaid():
    tx = ready()
    await StartCharge(frozenset({"USD"}))(requested(), tx)
    with pytest.raises(Refused):
        await repay(tx, payment_id=PAYMENT, owner=ADA)
