"""Money nobody expects any more."""

from dataclasses import dataclass

from core.contracts.payment_responses import PaymentWrittenOff
from core.kernel.ids import PaymentId
from core.payment.model import Payment
from core.payment.ports import PaymentTx
from core.payment.states import PaymentState


@dataclass(frozen=True, slots=True)
class WriteOff:
    """Staff gives up on a failed payment: it is neither owed, retried nor reminded of. Raises `Conflict` unless it
    failed."""

    async def __call__(self, tx: PaymentTx, *, payment_id: PaymentId) -> Payment:
        known = await tx.payments.get(payment_id)
        payment = known.close(PaymentState.WRITTEN_OFF, tx.now)
        if payment is known:
            return payment
        tx.payments.save(payment)
        reminder = await tx.reminders.find(payment_id)
        if reminder:
            tx.reminders.save(reminder.off())
        last = payment.last_failure.number if payment.last_failure else 0
        tx.outbox.add(PaymentWrittenOff(payment.id, last, payment.user_id, payment.amount, tx.now))
        return payment
