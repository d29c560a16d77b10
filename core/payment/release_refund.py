"""A refund that gave nothing back."""

from dataclasses import dataclass

from core.contracts.payment_responses import RefundFailed
from core.payment.ports import PaymentTx
from core.payment.told import capture_implied, refund_failure_told


@dataclass(frozen=True, slots=True)
class ReleaseRefund:
    """What a failed refund had reserved may be given back by another one, and staff sees why it failed."""

    async def __call__(self, failed: RefundFailed, tx: PaymentTx) -> None:
        payment = await tx.payments.get(failed.payment_id)
        tx.payments.save(payment.learn(capture_implied(failed)).learn_refund(refund_failure_told(failed)))
