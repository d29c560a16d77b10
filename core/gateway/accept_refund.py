"""An order to give money back is written into the journal, once."""

from dataclasses import dataclass, replace

from core.contracts.charges import RefundOrdered
from core.gateway.model import Progress, Refund, RefundKey
from core.gateway.ports import GatewayTx
from core.kernel.trouble import Conflict


@dataclass(frozen=True, slots=True)
class AcceptRefund:
    """The same order again changes nothing; a different one under its key is `Conflict`."""

    async def __call__(self, order: RefundOrdered, tx: GatewayTx) -> None:
        refund = _refund(order, tx)
        known = await tx.refunds.find(refund.key)
        if known is None:
            tx.refunds.save(refund)
        elif replace(refund, progress=known.progress, correlation_id=known.correlation_id) != known:
            raise Conflict(f"refund {refund.key} was ordered before, and differently")


def _refund(order: RefundOrdered, tx: GatewayTx) -> Refund:
    return Refund(
        key=RefundKey(order.payment_id, order.refund_no),
        gateway=order.gateway,
        attempt_no=order.attempt_no,
        user_id=order.user_id,
        amount=order.amount,
        ordered_at=order.ordered_at,
        correlation_id=tx.correlation_id,
        progress=Progress(changed_at=tx.now, available_at=tx.now),
    )
