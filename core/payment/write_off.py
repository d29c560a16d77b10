"""Money nobody expects any more."""

from dataclasses import dataclass

from core.kernel.ids import PaymentId
from core.payment.model import Payment
from core.payment.ports import PaymentTx
from core.payment.states import PaymentState


@dataclass(frozen=True, slots=True)
class WriteOff:
    """Staff gives up on a failed payment: it is neither retried nor reminded of. Raises `Conflict` unless it failed."""

    async def __call__(self, tx: PaymentTx, *, payment_id: PaymentId) -> Payment:
        payment = (await tx.payments.get(payment_id)).close(PaymentState.WRITTEN_OFF, tx.now)
        tx.payments.save(payment)
        reminder = await tx.reminders.find(payment_id)
        if reminder:
            tx.reminders.save(reminder.off())
        return payment
