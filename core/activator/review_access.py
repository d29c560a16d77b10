"""Time passes: thresholds of the overdue policy are crossed without any message."""

from dataclasses import dataclass

from core.activator.policy import BLOCK_AT_ONCE, OverduePolicy
from core.activator.ports import ActivatorTx
from core.activator.settle_access import settle_access

BATCH = 500


@dataclass(frozen=True, slots=True)
class ReviewAccess:
    """Looks again at those whose next threshold has come, up to 500 at a time."""

    policy: OverduePolicy = BLOCK_AT_ONCE

    async def __call__(self, tx: ActivatorTx, /) -> bool:
        due = await tx.accesses.claim_due(tx.now, BATCH)
        for access in due:
            await settle_access(access, self.policy, tx)
        return len(due) == BATCH
