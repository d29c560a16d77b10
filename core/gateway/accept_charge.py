"""An order to charge is written into the journal, once."""

from dataclasses import dataclass, replace

from core.contracts.charges import ChargeOrdered
from core.gateway.model import Charge, ChargeKey, Progress
from core.gateway.ports import GatewayTx
from core.kernel.trouble import Conflict


@dataclass(frozen=True, slots=True)
class AcceptCharge:
    """The same order again changes nothing; a different one under its key is `Conflict`."""

    async def __call__(self, order: ChargeOrdered, tx: GatewayTx) -> None:
        charge = _charge(order, tx)
        known = await tx.charges.find(charge.key)
        if known is None:
            tx.charges.save(charge)
        elif replace(charge, progress=known.progress, correlation_id=known.correlation_id) != known:
            raise Conflict(f"charge {charge.key} was ordered before, and differently")


def _charge(order: ChargeOrdered, tx: GatewayTx) -> Charge:
    return Charge(
        key=ChargeKey(order.payment_id, order.attempt_no),
        gateway=order.gateway,
        user_id=order.user_id,
        amount=order.amount,
        description=order.description,
        card_token=order.card_token,
        card_label=order.card_label,
        ordered_at=order.ordered_at,
        source=order.source,
        request_id=order.request_id,
        period_start=order.period_start,
        period_end=order.period_end,
        correlation_id=tx.correlation_id,
        progress=Progress(changed_at=tx.now, available_at=tx.now),
    )
