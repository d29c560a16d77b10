"""Automatic tries: on schedule, with a new card at once, and never more than card networks allow."""

from datetime import timedelta

import pytest

from core.contracts.charges import ChargeOrdered
from core.contracts.users import UserChanged
from core.kernel.ids import UserId
from core.kernel.outcomes import DeclineClass
from core.payment.cards import User
from core.payment.choose_default_card import ChooseDefaultCard
from core.payment.keep_user import KeepUser
from core.payment.mark_unpaid import MarkUnpaid
from core.payment.model import Origin
from core.payment.networks import MASTERCARD, VISA, Cap
from core.payment.ports import Try
from core.payment.repay import Repay
from core.payment.retry_declined import RetryDeclined
from core.payment.schedules import RetrySchedule
from core.payment.settle_payment import SettlePayment
from core.payment.start_charge import StartCharge
from tests.fakes.memory import NOON
from tests.fakes.payment import ADA, DAY, PRICE, InMemoryPaymentTx, card, failed, ready, requested, stored, succeeded

PAYMENT = requested().payment_id


async def unpaid(decline: DeclineClass = DeclineClass.INSUFFICIENT_FUNDS, detail: str = "51") -> InMemoryPaymentTx:
    tx = ready()
    await StartCharge()(requested(), tx)
    await MarkUnpaid()(failed(order(tx), decline, detail=detail), tx)
    return tx


def order(tx: InMemoryPaymentTx) -> ChargeOrdered:
    return tx.outbox.of(ChargeOrdered)[-1]


async def days_of_tries(tx: InMemoryPaymentTx, until: int, decline: DeclineClass, detail: str = "51") -> list[int]:
    """Let days pass, each new attempt declined at once; answers on which days there was one."""
    days = []
    while tx.now < NOON + until * DAY:
        tx.now += DAY
        before = order(tx)
        await RetryDeclined()(tx)
        if order(tx) is not before:
            days.append((tx.now - NOON).days)
            await MarkUnpaid()(failed(order(tx), decline, at=tx.now, detail=detail), tx)
    return days


async def test_soft_declines_are_tried_again_on_schedule():
    tx = await unpaid()
    assert await days_of_tries(tx, 40, DeclineClass.INSUFFICIENT_FUNDS) == [2, 7, 14, 21]
    assert [attempt.origin for attempt in tx.payments.things[PAYMENT].attempts][1:] == [Origin.RETRY] * 4


async def test_hard_declines_are_not():
    tx = await unpaid(DeclineClass.LOST_OR_STOLEN)
    assert await days_of_tries(tx, 40, DeclineClass.LOST_OR_STOLEN) == []


async def test_a_hard_decline_ends_the_schedule():
    tx = await unpaid()
    assert await days_of_tries(tx, 40, DeclineClass.EXPIRED_CARD) == [2]


async def test_an_empty_schedule_switches_retries_off():
    tx = ready()
    await StartCharge()(requested(), tx)
    await MarkUnpaid(RetrySchedule(()))(failed(order(tx)), tx)
    assert await days_of_tries(tx, 40, DeclineClass.INSUFFICIENT_FUNDS) == []


async def test_nothing_is_retried_while_an_attempt_is_live_or_after_success():
    tx = await unpaid()
    await Repay()(tx, payment_id=PAYMENT, owner=ADA)
    manual = order(tx)
    tx.now = NOON + 10 * DAY
    await RetryDeclined()(tx)
    assert order(tx) is manual
    await SettlePayment()(succeeded(manual), tx)
    await RetryDeclined()(tx)
    assert order(tx) is manual


async def test_a_manual_try_uses_up_no_automatic_one():
    tx = await unpaid()
    tx.now = NOON + DAY
    await Repay()(tx, payment_id=PAYMENT, owner=ADA)
    await MarkUnpaid()(failed(order(tx), at=tx.now), tx)
    assert await days_of_tries(tx, 40, DeclineClass.INSUFFICIENT_FUNDS) == [2, 7, 14, 21]


async def test_missed_dates_cost_one_try_not_several():
    tx = await unpaid()
    tx.now = NOON + 9 * DAY
    assert await days_of_tries(tx, 40, DeclineClass.INSUFFICIENT_FUNDS) == [10, 14, 21]


async def test_a_new_default_card_is_tried_at_once_even_after_a_hard_decline():
    tx = await unpaid(DeclineClass.EXPIRED_CARD)
    tx.cards.save(card(2, gateway="b"))
    await ChooseDefaultCard()(tx, card_id=card(2).id, owner=ADA)
    assert (order(tx).attempt_no, order(tx).gateway, order(tx).card_token) == (2, "b", "tok_2")
    assert tx.payments.things[PAYMENT].attempts[-1].origin is Origin.NEW_CARD


async def test_choosing_the_same_card_again_tries_nothing():
    tx = await unpaid()
    await ChooseDefaultCard()(tx, card_id=card().id, owner=ADA)
    assert order(tx).attempt_no == 1


async def test_a_new_card_does_not_cure_a_currency():
    tx = ready()
    await StartCharge(frozenset({"USD"}))(requested(), tx)
    tx.cards.save(card(2))
    await ChooseDefaultCard()(tx, card_id=card(2).id, owner=ADA)
    assert not tx.outbox.of(ChargeOrdered)


async def test_what_failed_for_an_unknown_user_is_tried_when_the_user_becomes_known():
    tx = ready()
    tx.users.save(User(ADA, None, card().id))
    await StartCharge()(requested(), tx)
    assert not tx.outbox.of(ChargeOrdered)
    changed = UserChanged(UserId(ADA), NOON, "Ada", "ada@example.com")
    await KeepUser()(changed, tx)
    await KeepUser()(changed, tx)
    assert order(tx).attempt_no == 1


async def test_without_a_card_a_retry_waits_for_one():
    tx = await unpaid()
    tx.users.save(User(ADA, NOON))
    tx.now = NOON + 2 * DAY
    await RetryDeclined()(tx)
    assert tx.payments.things[PAYMENT].retry_at is None
    assert order(tx).attempt_no == 1


async def test_a_network_that_says_never_is_obeyed():
    tx = await unpaid(DeclineClass.DO_NOT_HONOR, detail="04")
    assert await days_of_tries(tx, 40, DeclineClass.DO_NOT_HONOR) == []


async def test_a_network_that_says_wait_is_obeyed():
    tx = ready()
    tx.cards.save(card(kept=stored("f1", brand="Mastercard")))
    await StartCharge()(requested(), tx)
    await MarkUnpaid()(failed(order(tx), detail="51 advice=28"), tx)
    assert await days_of_tries(tx, 6, DeclineClass.DO_NOT_HONOR) == [6]


def tries(*days: float, minor: int = 999, detail: str = "") -> list[Try]:
    price = type(PRICE)(minor, "EUR")
    return [Try(NOON + timedelta(days=day), price, detail) for day in days]


def test_a_cap_frees_when_its_oldest_try_leaves_the_window():
    cap = Cap(3, 10 * DAY)
    now = NOON + 5 * DAY
    assert cap.free_from(tries(0, 1), PRICE, now) == now
    assert cap.free_from(tries(0, 1, 2), PRICE, now) == NOON + 10 * DAY
    assert cap.free_from(tries(0, 1, 2, 3), PRICE, now) == NOON + 11 * DAY


def test_visa_counts_twenty_tries_of_one_card_and_amount_in_thirty_days():
    now = NOON + 10 * DAY
    assert VISA.earliest(tries(*[0] * 19), PRICE, now) == now
    assert VISA.earliest(tries(*[0] * 20), PRICE, now) == NOON + 30 * DAY
    assert VISA.earliest(tries(*[0] * 20, minor=1), PRICE, now) == now


def test_mastercard_counts_ten_tries_of_one_card_in_a_day_and_thirty_five_in_thirty_days():
    assert MASTERCARD.earliest(tries(*[0] * 10, minor=1), PRICE, NOON) == NOON + DAY
    assert MASTERCARD.earliest(tries(*range(-29, 0), *[-2] * 6), PRICE, NOON) == NOON + DAY


@pytest.mark.parametrize(
    ("network", "detail"),
    [(VISA, code) for code in ("04", "07", "15", "41", "43", "46")]
    + [(MASTERCARD, "advice=03"), (MASTERCARD, "51 advice=21")],
)
def test_some_answers_mean_never_again(network, detail):
    assert network.earliest(tries(-1, detail=detail), PRICE, NOON) is None


@pytest.mark.parametrize(
    ("code", "hours"), [("24", 1), ("25", 24), ("26", 48), ("27", 96), ("28", 144), ("29", 192), ("30", 240)]
)
def test_mastercard_advice_says_how_long_to_wait(code, hours):
    asked = tries(0, detail=f"advice={code}")
    assert MASTERCARD.earliest(asked, PRICE, NOON) == NOON + timedelta(hours=hours)
