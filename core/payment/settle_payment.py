"""An attempt that took the money."""

from dataclasses import dataclass

from core.contracts.payment_responses import PaymentSucceeded
from core.payment.ports import PaymentTx
from core.payment.records import Transaction, TransactionKind
from core.payment.told import known_or_told, success_told


@dataclass(frozen=True, slots=True)
class SettlePayment:
    """Money was taken: the payment is settled, and its payer is off the reminder list."""

    async def __call__(self, succeeded: PaymentSucceeded, tx: PaymentTx) -> None:
        payment = await known_or_told(succeeded, tx)
        tx.payments.save(payment.learn(success_told(succeeded)))
        tx.transactions.add(_charge(succeeded))
        reminder = await tx.reminders.find(payment.id)
        if reminder:
            tx.reminders.save(reminder.off())


def _charge(succeeded: PaymentSucceeded) -> Transaction:
    return Transaction(
        payment_id=succeeded.payment_id,
        attempt_no=succeeded.attempt_no,
        kind=TransactionKind.CHARGE,
        amount=succeeded.amount,
        occurred_at=succeeded.occurred_at,
        gateway=succeeded.gateway,
        reference=succeeded.provider_reference,
    )
