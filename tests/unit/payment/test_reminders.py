"""Who owes is reminded in a rhythm, once for each date."""

from datetime import timedelta

from core.contracts.charges import ChargeOrdered
from core.contracts.notices import ReminderDue
from core.contracts.payment_responses import PaymentUnresolved
from core.payment.mark_unpaid import MarkUnpaid
from core.payment.note_unresolved import NoteUnresolved
from core.payment.remind_payers import RemindPayers
from core.payment.repay import Repay
from core.payment.schedules import ReminderRhythm
from core.payment.settle_payment import SettlePayment
from core.payment.start_charge import StartCharge
from core.payment.write_off import WriteOff
from tests.fakes.memory import NOON
from tests.fakes.payment import ADA, DAY, InMemoryPaymentTx, failed, ready, requested, succeeded

PAYMENT = requested().payment_id
RHYTHM = ReminderRhythm(3 * DAY)
remind = RemindPayers(RHYTHM)


async def unpaid() -> InMemoryPaymentTx:
    tx = ready()
    await StartCharge()(requested(), tx)
    await MarkUnpaid(rhythm=RHYTHM)(failed(order(tx)), tx)
    return tx


def order(tx: InMemoryPaymentTx) -> ChargeOrdered:
    return tx.outbox.of(ChargeOrdered)[-1]


def sent(tx: InMemoryPaymentTx) -> list[tuple[int, int]]:
    """Number and day of each reminder."""
    return [(due.reminder_no, (due.due_at - NOON).days) for due in tx.outbox.of(ReminderDue)]


async def live(tx: InMemoryPaymentTx, until: int, hours: int = 24) -> None:
    """Let the ticks run until that day."""
    while tx.now < NOON + until * DAY:
        tx.now += timedelta(hours=hours)
        await remind(tx)


async def test_a_reminder_comes_every_three_days():
    tx = await unpaid()
    await live(tx, 10)
    assert sent(tx) == [(1, 3), (2, 6), (3, 9)]


async def test_no_date_is_reminded_of_twice():
    tx = await unpaid()
    await live(tx, 7, hours=1)
    assert sent(tx) == [(1, 3), (2, 6)]


async def test_missed_dates_collapse_into_one():
    tx = await unpaid()
    tx.now = NOON + 10 * DAY
    await remind(tx)
    await remind(tx)
    await live(tx, 12)
    assert sent(tx) == [(1, 9), (2, 12)]


async def test_success_ends_the_reminders():
    tx = await unpaid()
    await live(tx, 3)
    await Repay()(tx, payment_id=PAYMENT, owner=ADA)
    await SettlePayment()(succeeded(order(tx)), tx)
    await live(tx, 12)
    assert sent(tx) == [(1, 3)]


async def test_a_write_off_ends_the_reminders():
    tx = await unpaid()
    await WriteOff()(tx, payment_id=PAYMENT)
    await live(tx, 12)
    assert sent(tx) == []


async def test_a_date_that_comes_while_an_attempt_is_live_waits_for_its_outcome():
    tx = await unpaid()
    await live(tx, 2)
    await Repay()(tx, payment_id=PAYMENT, owner=ADA)
    await live(tx, 4)
    assert sent(tx) == []
    await NoteUnresolved()(PaymentUnresolved(PAYMENT, 2, ADA, "unknown", "no answer", tx.now), tx)
    await live(tx, 7)
    assert sent(tx) == []
    await MarkUnpaid(rhythm=RHYTHM)(failed(order(tx), at=tx.now), tx)
    await live(tx, 9)
    assert sent(tx) == [(1, 6), (2, 9)]


async def test_a_reminder_tells_what_is_owed_and_why():
    tx = await unpaid()
    await live(tx, 3)
    [due] = tx.outbox.of(ReminderDue)
    assert (due.user_id, due.amount, due.description, due.decline) == (
        ADA,
        requested().amount,
        "Plus, March",
        "insufficient_funds",
    )


async def test_many_are_reminded_in_bounded_pieces():
    tx = ready()
    for number in range(250):
        asked = requested(f"r{number}")
        await MarkUnpaid(rhythm=RHYTHM)(failed(asked), tx)
    tx.now = NOON + 3 * DAY
    assert await remind(tx)
    assert not await remind(tx)
    assert len(tx.outbox.of(ReminderDue)) == 250
