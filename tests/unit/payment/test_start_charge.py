"""A payment request becomes one charge, or a failure that says why."""

import pytest

from core.contracts.charges import ChargeOrdered
from core.contracts.payment_responses import PaymentFailed
from core.kernel.ids import UserId
from core.kernel.money import Money
from core.kernel.outcomes import AttemptState, DeclineClass
from core.kernel.trouble import Conflict, Malformed
from core.payment.cards import User
from core.payment.start_charge import StartCharge
from core.payment.states import PaymentState
from tests.fakes.memory import NOON
from tests.fakes.payment import ADA, BOB, PRICE, InMemoryPaymentTx, card, ready, requested


async def start(tx: InMemoryPaymentTx, **changes: object) -> None:
    await StartCharge(frozenset({"EUR"}))(requested(**changes), tx)


async def test_a_request_is_charged_at_the_gateway_of_the_default_card():
    tx = ready()
    tx.cards.save(card(2, gateway="b"))
    tx.users.save(User(ADA, NOON, card(2).id))
    await start(tx)
    [order] = tx.outbox.of(ChargeOrdered)
    assert (order.gateway, order.attempt_no, order.card_token, order.amount) == ("b", 1, "tok_2", PRICE)
    [payment] = tx.payments.all()
    assert payment.state is PaymentState.CHARGING
    assert payment.attempts[0].state is AttemptState.SUBMITTING
    assert payment.attempts[0].card_label == "Visa ···· 4242"


async def test_the_order_tells_the_period_that_is_paid():
    tx = ready()
    await start(tx, period_start=NOON.date(), period_end=NOON.date())
    [order] = tx.outbox.of(ChargeOrdered)
    assert (order.period_start, order.source, order.request_id) == (NOON.date(), "subscription", "r1")


async def test_repeating_a_request_charges_nothing_more():
    tx = ready()
    await start(tx)
    await start(tx)
    assert len(tx.outbox.messages) == 1


@pytest.mark.parametrize("change", [{"amount": Money(1, "EUR")}, {"amount": Money(999, "JPY")}, {"user_id": BOB}])
async def test_the_same_key_for_another_charge_is_a_conflict(change):
    tx = ready()
    await start(tx)
    with pytest.raises(Conflict):
        await start(tx, **change)


async def test_the_same_request_id_of_another_source_is_another_payment():
    tx = ready()
    await start(tx)
    await start(tx, source="product/shop")
    assert len(tx.outbox.of(ChargeOrdered)) == 2


@pytest.mark.parametrize(
    ("change", "decline"),
    [
        ({"user_id": UserId("nobody")}, DeclineClass.UNKNOWN_USER),
        ({"user_id": BOB}, DeclineClass.NO_CARD),
        ({"amount": Money(980, "JPY")}, DeclineClass.CURRENCY_NOT_SUPPORTED),
    ],
)
async def test_what_cannot_be_charged_is_kept_as_failed_and_told(change, decline):
    tx = ready()
    tx.users.save(User(BOB, NOON))
    await start(tx, **change)
    [failed] = tx.outbox.of(PaymentFailed)
    assert (failed.attempt_no, failed.decline, failed.gateway) == (0, decline, "")
    [payment] = tx.payments.all()
    assert (payment.state, payment.decline) == (PaymentState.FAILED, decline)


async def test_a_user_seen_only_with_a_card_is_not_known_yet():
    tx = ready()
    tx.users.save(User(ADA, None, card().id))
    await start(tx)
    assert tx.outbox.of(PaymentFailed)[0].decline is DeclineClass.UNKNOWN_USER


async def test_a_default_card_that_is_gone_is_no_card():
    tx = ready()
    tx.cards.save(card().forgotten())
    await start(tx)
    assert tx.outbox.of(PaymentFailed)[0].decline is DeclineClass.NO_CARD


@pytest.mark.parametrize(
    "change",
    [
        {"amount": Money(0, "EUR")},
        {"amount": Money(-5, "EUR")},
        {"source": ""},
        {"source": "s" * 101},
        {"request_id": "r" * 256},
        {"user_id": UserId("")},
        {"description": ""},
    ],
)
async def test_what_can_never_be_charged_is_malformed(change):
    tx = ready()
    with pytest.raises(Malformed):
        await start(tx, **change)
    assert not tx.payments.all()
