"""An attempt nobody knows the end of."""

from dataclasses import dataclass

from core.contracts.payment_responses import PaymentUnresolved
from core.payment.ports import PaymentTx
from core.payment.told import unresolved_told


@dataclass(frozen=True, slots=True)
class NoteUnresolved:
    """Nobody knows yet whether money was taken: until it is known the payment is neither retried nor reminded of."""

    async def __call__(self, unresolved: PaymentUnresolved, tx: PaymentTx) -> None:
        payment = await tx.payments.get(unresolved.payment_id)
        tx.payments.save(payment.learn(unresolved_told(unresolved)))
