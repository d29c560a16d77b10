"""What came of attempts: settled, unpaid, unresolved, refunded."""

from datetime import timedelta

import pytest

from core.contracts.charges import ChargeOrdered
from core.contracts.payment_responses import (
    PaymentRefunded,
    PaymentUnresolved,
    PaymentWrittenOff,
    RefundFailed,
    RefundUnresolved,
)
from core.kernel.money import Money
from core.kernel.outcomes import AttemptState, DeclineClass
from core.kernel.trouble import Conflict, NotFound
from core.payment.mark_unpaid import MarkUnpaid
from core.payment.note_refund_unresolved import NoteRefundUnresolved
from core.payment.note_unresolved import NoteUnresolved
from core.payment.order_refund import OrderRefund
from core.payment.record_refund import RecordRefund
from core.payment.records import TransactionKind
from core.payment.release_refund import ReleaseRefund
from core.payment.repay import Repay
from core.payment.schedules import ReminderRhythm, RetrySchedule
from core.payment.settle_payment import SettlePayment
from core.payment.start_charge import StartCharge
from core.payment.states import PaymentState
from core.payment.write_off import WriteOff
from tests.fakes.memory import NOON
from tests.fakes.payment import ADA, DAY, PRICE, InMemoryPaymentTx, failed, ready, requested, succeeded

PAYMENT = requested().payment_id


async def charging() -> InMemoryPaymentTx:
    tx = ready()
    await StartCharge()(requested(), tx)
    return tx


def state(tx: InMemoryPaymentTx) -> PaymentState:
    return tx.payments.things[PAYMENT].state


def order(tx: InMemoryPaymentTx) -> ChargeOrdered:
    return tx.outbox.of(ChargeOrdered)[-1]


async def test_success_settles_the_payment_and_takes_its_payer_off_the_list():
    tx = await charging()
    await MarkUnpaid()(failed(order(tx)), tx)
    await Repay()(tx, payment_id=PAYMENT, owner=ADA)
    await SettlePayment()(succeeded(order(tx)), tx)
    assert state(tx) is PaymentState.SUCCEEDED
    assert tx.payments.things[PAYMENT].paid_by.reference == "ch_2"
    assert tx.payments.things[PAYMENT].decline is None
    assert tx.reminders.things[PAYMENT].next_at is None


async def test_failure_puts_the_payer_on_the_list_and_plans_a_retry():
    tx = await charging()
    await MarkUnpaid(RetrySchedule((2 * DAY,)), ReminderRhythm(3 * DAY))(failed(order(tx)), tx)
    payment, reminder = tx.payments.things[PAYMENT], tx.reminders.things[PAYMENT]
    assert (payment.state, payment.decline) == (PaymentState.FAILED, DeclineClass.INSUFFICIENT_FUNDS)
    assert payment.retry_at == NOON + 2 * DAY
    assert (reminder.since, reminder.next_at) == (NOON, NOON + 3 * DAY)


async def test_a_second_failure_keeps_since_when_the_payment_is_unpaid():
    tx = await charging()
    await MarkUnpaid()(failed(order(tx)), tx)
    await Repay()(tx, payment_id=PAYMENT, owner=ADA)
    await MarkUnpaid()(failed(order(tx), at=NOON + 2 * DAY), tx)
    assert tx.reminders.things[PAYMENT].since == NOON


async def test_late_failure_of_an_older_attempt_changes_nothing():
    tx = await charging()
    first = order(tx)
    await MarkUnpaid()(failed(first), tx)
    await Repay()(tx, payment_id=PAYMENT, owner=ADA)
    await SettlePayment()(succeeded(order(tx)), tx)
    before = tx.payments.things[PAYMENT], tx.reminders.things[PAYMENT]
    await MarkUnpaid()(failed(first), tx)
    assert (tx.payments.things[PAYMENT], tx.reminders.things[PAYMENT]) == before


async def test_a_failure_after_the_success_of_the_same_attempt_changes_nothing():
    tx = await charging()
    await SettlePayment()(succeeded(order(tx)), tx)
    await MarkUnpaid()(failed(order(tx)), tx)
    assert state(tx) is PaymentState.SUCCEEDED
    assert not tx.reminders.all()


async def test_the_outcome_of_a_payment_never_heard_of_creates_it():
    tx = ready()
    await SettlePayment()(succeeded(requested(), number=3), tx)
    payment = tx.payments.things[PAYMENT]
    assert (payment.state, payment.user_id, payment.amount, payment.source) == (
        PaymentState.SUCCEEDED,
        ADA,
        PRICE,
        "subscription",
    )
    assert [attempt.number for attempt in payment.attempts] == [3]


async def test_a_request_that_arrives_after_its_outcome_starts_nothing():
    tx = ready()
    await MarkUnpaid()(failed(requested(), at=NOON + DAY), tx)
    await StartCharge()(requested(), tx)
    assert not tx.outbox.messages
    assert tx.payments.things[PAYMENT].requested_at == NOON


async def test_news_of_a_later_attempt_ends_the_earlier_ones():
    tx = await charging()
    await SettlePayment()(succeeded(requested(), number=2, at=NOON + DAY), tx)
    first, second = tx.payments.things[PAYMENT].attempts
    assert (first.state, second.state) == (AttemptState.NOT_ATTEMPTED, AttemptState.SUCCEEDED)
    await MarkUnpaid()(failed(requested()), tx)
    assert tx.payments.things[PAYMENT].attempts[0].decline is DeclineClass.INSUFFICIENT_FUNDS


async def test_two_attempts_that_took_money_are_a_conflict_for_a_person_to_see():
    tx = await charging()
    await MarkUnpaid()(failed(order(tx)), tx)
    await SettlePayment()(succeeded(order(tx)), tx)
    with pytest.raises(Conflict, match="two attempts"):
        await SettlePayment()(succeeded(requested(), number=2), tx)


async def test_an_outcome_for_another_amount_is_a_conflict():
    tx = await charging()
    with pytest.raises(Conflict):
        await SettlePayment()(succeeded(requested(amount=Money(1, "EUR"))), tx)


def unresolved(how: str = "unknown") -> PaymentUnresolved:
    return PaymentUnresolved(PAYMENT, 1, ADA, how, "no answer", NOON)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("pending", PaymentState.CHARGING),
        ("unknown", PaymentState.UNKNOWN),
        ("manual_review", PaymentState.UNKNOWN),
    ],
)
async def test_an_unresolved_attempt_is_neither_retried_nor_reminded_of(how, expected):
    tx = await charging()
    await NoteUnresolved()(unresolved(how), tx)
    assert state(tx) is expected
    with pytest.raises(Conflict):
        await Repay()(tx, payment_id=PAYMENT, owner=ADA)
    assert not tx.reminders.all()


async def test_an_unresolved_attempt_of_a_payment_never_heard_of_waits_for_it():
    with pytest.raises(NotFound):
        await NoteUnresolved()(unresolved(), ready())


def refunded(number: int = 1, minor: int = 999) -> PaymentRefunded:
    return PaymentRefunded(PAYMENT, 1, number, ADA, Money(minor, "EUR"), "a", f"re_{number}", NOON + DAY)


async def test_refunds_add_up_until_all_is_given_back():
    tx = await charging()
    await SettlePayment()(succeeded(order(tx)), tx)
    await RecordRefund()(refunded(1, 400), tx)
    assert state(tx) is PaymentState.PARTLY_REFUNDED
    await RecordRefund()(refunded(1, 400), tx)
    assert state(tx) is PaymentState.PARTLY_REFUNDED
    await RecordRefund()(refunded(2, 599), tx)
    assert state(tx) is PaymentState.REFUNDED


async def test_a_refund_is_ordered_where_the_money_was_taken():
    tx = await charging()
    await SettlePayment()(succeeded(order(tx)), tx)
    await OrderRefund()(tx, payment_id=PAYMENT, amount=Money(400, "EUR"))
    rest = await OrderRefund()(tx, payment_id=PAYMENT)
    ordered = tx.outbox.messages[-1]
    assert (rest.number, rest.amount) == (2, Money(599, "EUR"))
    assert (ordered.gateway, ordered.attempt_no, ordered.refund_no) == ("a", 1, 2)
    assert state(tx) is PaymentState.SUCCEEDED, "nothing is given back before the provider has done it"


async def paid_and_ordered_back(minor: int = 999) -> InMemoryPaymentTx:
    tx = await charging()
    await SettlePayment()(succeeded(order(tx)), tx)
    await OrderRefund()(tx, payment_id=PAYMENT, amount=Money(minor, "EUR"))
    return tx


def not_refunded(reason: DeclineClass = DeclineClass.PROVIDER_REFUSED) -> RefundFailed:
    return RefundFailed(PAYMENT, 1, 1, ADA, PRICE, "a", reason, "account_closed", NOON + DAY)


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (DeclineClass.PROVIDER_REFUSED, AttemptState.DECLINED),
        (DeclineClass.NOT_ATTEMPTED, AttemptState.NOT_ATTEMPTED),
    ],
)
async def test_what_a_failed_refund_had_reserved_can_be_given_back_by_another(reason, expected):
    tx = await paid_and_ordered_back()
    with pytest.raises(Conflict):
        await OrderRefund()(tx, payment_id=PAYMENT)
    await ReleaseRefund()(not_refunded(reason), tx)
    [refund] = tx.payments.things[PAYMENT].refunds
    assert (refund.state, refund.reason, refund.detail, refund.settled_at) == (
        expected,
        reason,
        "account_closed",
        NOON + DAY,
    )
    assert state(tx) is PaymentState.SUCCEEDED
    again = await OrderRefund()(tx, payment_id=PAYMENT)
    assert (again.number, again.amount) == (2, PRICE)


async def test_a_refund_in_doubt_keeps_its_amount_reserved():
    tx = await paid_and_ordered_back()
    doubt = RefundUnresolved(PAYMENT, 1, 1, ADA, PRICE, "a", "manual_review", "the key is too old", NOON + DAY)
    await NoteRefundUnresolved()(doubt, tx)
    [refund] = tx.payments.things[PAYMENT].refunds
    assert (refund.state, refund.detail) == (AttemptState.MANUAL_REVIEW, "the key is too old")
    with pytest.raises(Conflict):
        await OrderRefund()(tx, payment_id=PAYMENT)


async def test_money_given_back_after_all_is_the_last_word():
    tx = await paid_and_ordered_back()
    await ReleaseRefund()(not_refunded(), tx)
    await OrderRefund()(tx, payment_id=PAYMENT)
    await RecordRefund()(refunded(), tx)
    await ReleaseRefund()(not_refunded(), tx)
    payment = tx.payments.things[PAYMENT]
    assert (payment.state, payment.refundable) == (PaymentState.REFUNDED, Money(0, "EUR"))
    assert (payment.refunds[0].state, payment.refunds[0].reason) == (AttemptState.SUCCEEDED, None)


@pytest.mark.parametrize("amount", [Money(1000, "EUR"), Money(1, "USD"), Money(0, "EUR"), Money(-1, "EUR")])
async def test_no_more_is_given_back_than_was_taken(amount):
    tx = await charging()
    await SettlePayment()(succeeded(order(tx)), tx)
    with pytest.raises(Conflict):
        await OrderRefund()(tx, payment_id=PAYMENT, amount=amount)


async def test_nothing_is_given_back_of_what_was_not_taken():
    with pytest.raises(Conflict):
        await OrderRefund()(await charging(), payment_id=PAYMENT)


async def test_the_book_holds_every_money_fact_once():
    tx = await charging()
    for _ in range(2):
        await MarkUnpaid()(failed(order(tx)), tx)
        await SettlePayment()(succeeded(order(tx), at=NOON + timedelta(hours=1)), tx)
        await RecordRefund()(refunded(), tx)
    facts = await tx.transactions.of(PAYMENT)
    assert [(fact.kind, fact.amount) for fact in facts] == [
        (TransactionKind.CHARGE, PRICE),
        (TransactionKind.DECLINE, PRICE),
        (TransactionKind.REFUND, PRICE),
    ]


async def test_a_payment_written_off_is_closed_for_retries_reminders_and_repaying():
    tx = await charging()
    await MarkUnpaid()(failed(order(tx)), tx)
    await WriteOff()(tx, payment_id=PAYMENT)
    await WriteOff()(tx, payment_id=PAYMENT)
    payment = tx.payments.things[PAYMENT]
    assert (payment.state, payment.retry_at) == (PaymentState.WRITTEN_OFF, None)
    assert tx.reminders.things[PAYMENT].next_at is None
    with pytest.raises(Conflict):
        await Repay()(tx, payment_id=PAYMENT, owner=ADA)


async def test_a_write_off_is_told_once():
    tx = await charging()
    await MarkUnpaid()(failed(order(tx)), tx)
    for _ in range(2):
        await WriteOff()(tx, payment_id=PAYMENT)
    told = [message for message in tx.outbox.messages if isinstance(message, PaymentWrittenOff)]
    assert told == [PaymentWrittenOff(PAYMENT, 1, ADA, PRICE, tx.now)]


async def test_money_that_comes_after_all_is_not_lost_to_a_write_off():
    tx = await charging()
    await MarkUnpaid()(failed(order(tx)), tx)
    await WriteOff()(tx, payment_id=PAYMENT)
    await SettlePayment()(succeeded(order(tx)), tx)
    assert state(tx) is PaymentState.SUCCEEDED


async def test_only_a_failed_payment_is_written_off():
    with pytest.raises(Conflict):
        await WriteOff()(await charging(), payment_id=PAYMENT)
