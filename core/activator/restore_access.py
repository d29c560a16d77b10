"""A payment succeeded: its user may be free again."""

from dataclasses import dataclass

from core.activator.model import Outcome, PaymentFact
from core.activator.policy import BLOCK_AT_ONCE, OverduePolicy
from core.activator.ports import ActivatorTx
from core.activator.take_fact import take_fact
from core.contracts.payment_responses import PaymentSucceeded


@dataclass(frozen=True, slots=True)
class RestoreAccess:
    """A success is the last word on its payment request. Restores the user when no other unpaid request blocks."""

    policy: OverduePolicy = BLOCK_AT_ONCE

    async def __call__(self, paid: PaymentSucceeded, tx: ActivatorTx, /) -> None:
        fact = PaymentFact(paid.payment_id, paid.user_id, paid.attempt_no, Outcome.SUCCEEDED, paid.occurred_at)
        await take_fact(fact, self.policy, tx)
