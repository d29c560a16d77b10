"""The reminder list, looked at once in a while."""

from dataclasses import dataclass

from core.contracts.notices import ReminderDue
from core.kernel.outcomes import DeclineClass
from core.payment.model import Payment
from core.payment.ports import PaymentTx
from core.payment.records import Reminder
from core.payment.schedules import REMINDER_RHYTHM, ReminderRhythm
from core.payment.states import PaymentState

BATCH = 200


@dataclass(frozen=True, slots=True)
class RemindPayers:
    """Who owes is reminded on each date of the rhythm, until paid or written off. Dates missed, and dates that came
    while an attempt was live, collapse into one."""

    rhythm: ReminderRhythm = REMINDER_RHYTHM

    async def __call__(self, tx: PaymentTx) -> bool:
        due = await tx.reminders.due(tx.now, BATCH)
        for reminder in due:
            payment = await tx.payments.get(reminder.payment_id)
            if payment.state is PaymentState.FAILED:  # it was when the list was read, and is locked only now
                self._remind(payment, reminder, tx)
        return len(due) == BATCH

    def _remind(self, payment: Payment, reminder: Reminder, tx: PaymentTx) -> None:
        every = self.rhythm.every
        tx.reminders.save(reminder.reminded(tx.now, every))
        tx.outbox.add(
            ReminderDue(
                payment_id=payment.id,
                reminder_no=reminder.sent + 1,
                user_id=payment.user_id,
                amount=payment.amount,
                description=payment.description,
                decline=payment.decline or DeclineClass.NOT_ATTEMPTED,
                due_at=reminder.last_date(tx.now, every),
            )
        )
