"""A failed attempt."""

from dataclasses import dataclass

from core.contracts.payment_responses import PaymentFailed
from core.payment.model import Payment
from core.payment.ports import PaymentTx
from core.payment.records import Reminder, Transaction, TransactionKind
from core.payment.schedules import REMINDER_RHYTHM, RETRY_SCHEDULE, ReminderRhythm, RetrySchedule
from core.payment.states import PaymentState
from core.payment.told import failure_told, known_or_told


@dataclass(frozen=True, slots=True)
class MarkUnpaid:
    """A failed attempt leaves its payment unpaid, unless another holds money: the payer is on the reminder list, and
    the schedule says when to try again."""

    schedule: RetrySchedule = RETRY_SCHEDULE
    rhythm: ReminderRhythm = REMINDER_RHYTHM

    async def __call__(self, failed: PaymentFailed, tx: PaymentTx) -> None:
        payment = (await known_or_told(failed, tx)).learn(failure_told(failed))
        tx.transactions.add(_decline(failed))
        if payment.state is PaymentState.FAILED:
            payment = payment.retry_on(self.schedule.next(payment))
            await self._put_on_list(payment, tx)
        tx.payments.save(payment)

    async def _put_on_list(self, payment: Payment, tx: PaymentTx) -> None:
        since = payment.first_failed_at or tx.now
        reminder = await tx.reminders.find(payment.id) or Reminder(payment.id, payment.user_id, since)
        tx.reminders.save(reminder.on(since, self.rhythm.every))


def _decline(failed: PaymentFailed) -> Transaction:
    return Transaction(
        payment_id=failed.payment_id,
        attempt_no=failed.attempt_no,
        kind=TransactionKind.DECLINE,
        amount=failed.amount,
        occurred_at=failed.occurred_at,
        gateway=failed.gateway,
    )
