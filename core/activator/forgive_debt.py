"""A payment was written off: its user may be free again."""

from dataclasses import dataclass

from core.activator.model import Outcome, PaymentFact
from core.activator.policy import BLOCK_AT_ONCE, OverduePolicy
from core.activator.ports import ActivatorTx
from core.activator.take_fact import take_fact
from core.contracts.payment_responses import PaymentWrittenOff


@dataclass(frozen=True, slots=True)
class ForgiveDebt:
    """What is written off is owed no longer, whatever failure is heard of later. Restores the user when no other
    unpaid request blocks."""

    policy: OverduePolicy = BLOCK_AT_ONCE

    async def __call__(self, gone: PaymentWrittenOff, tx: ActivatorTx, /) -> None:
        fact = PaymentFact(gone.payment_id, gone.user_id, gone.attempt_no, Outcome.FORGIVEN, gone.occurred_at)
        await take_fact(fact, self.policy, tx)
