"""Giving money back: the fact."""

from dataclasses import dataclass

from core.contracts.payment_responses import PaymentRefunded
from core.payment.ports import PaymentTx
from core.payment.records import Transaction, TransactionKind
from core.payment.told import capture_implied, refund_told


@dataclass(frozen=True, slots=True)
class RecordRefund:
    """Money was given back."""

    async def __call__(self, refunded: PaymentRefunded, tx: PaymentTx) -> None:
        payment = await tx.payments.get(refunded.payment_id)
        tx.payments.save(payment.learn(capture_implied(refunded)).learn_refund(refund_told(refunded)))
        tx.transactions.add(_refund(refunded))


def _refund(refunded: PaymentRefunded) -> Transaction:
    return Transaction(
        payment_id=refunded.payment_id,
        attempt_no=refunded.attempt_no,
        kind=TransactionKind.REFUND,
        amount=refunded.amount,
        occurred_at=refunded.occurred_at,
        refund_no=refunded.refund_no,
        gateway=refunded.gateway,
        reference=refunded.provider_reference,
    )
