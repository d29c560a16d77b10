"""Giving money back: the order."""

from dataclasses import dataclass

from core.contracts.charges import RefundOrdered
from core.kernel.ids import PaymentId
from core.kernel.money import Money
from core.kernel.trouble import Conflict
from core.payment.model import Refund
from core.payment.ports import PaymentTx


@dataclass(frozen=True, slots=True)
class OrderRefund:
    """Staff gives back part or all (no amount) of what was taken, at the gateway that took it.
    Raises `Conflict` when that much is not there to give."""

    async def __call__(self, tx: PaymentTx, *, payment_id: PaymentId, amount: Money | None = None) -> Refund:
        payment = await tx.payments.get(payment_id)
        ordered = payment.order_refund(amount or payment.refundable, tx.now)
        refund, paid = ordered.refunds[-1], ordered.paid_by
        if paid is None:
            raise Conflict("nothing was taken")
        tx.payments.save(ordered)
        tx.outbox.add(
            RefundOrdered(
                gateway=paid.gateway,
                payment_id=ordered.id,
                attempt_no=paid.number,
                refund_no=refund.number,
                user_id=ordered.user_id,
                amount=refund.amount,
                ordered_at=tx.now,
            )
        )
        return refund
