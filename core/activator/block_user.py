"""A payment failed: its user may have to be blocked."""

from dataclasses import dataclass

from core.activator.model import Outcome, PaymentFact
from core.activator.policy import BLOCK_AT_ONCE, OverduePolicy
from core.activator.ports import ActivatorTx
from core.activator.take_fact import take_fact
from core.contracts.payment_responses import PaymentFailed


@dataclass(frozen=True, slots=True)
class BlockUser:
    """A failed attempt counts unless a later one, or any success, is known. Blocks when the policy says so."""

    policy: OverduePolicy = BLOCK_AT_ONCE

    async def __call__(self, failed: PaymentFailed, tx: ActivatorTx, /) -> None:
        at = failed.occurred_at
        fact = PaymentFact(failed.payment_id, failed.user_id, failed.attempt_no, Outcome.FAILED, at, unpaid_since=at)
        await take_fact(fact, self.policy, tx)
