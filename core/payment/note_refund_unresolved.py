"""A refund nobody knows the end of."""

from dataclasses import dataclass

from core.contracts.payment_responses import RefundUnresolved
from core.payment.ports import PaymentTx
from core.payment.told import capture_implied, refund_doubt_told


@dataclass(frozen=True, slots=True)
class NoteRefundUnresolved:
    """Money may have been given back: its amount stays reserved, and staff sees who has to look."""

    async def __call__(self, unresolved: RefundUnresolved, tx: PaymentTx) -> None:
        payment = await tx.payments.get(unresolved.payment_id)
        tx.payments.save(payment.learn(capture_implied(unresolved)).learn_refund(refund_doubt_told(unresolved)))
