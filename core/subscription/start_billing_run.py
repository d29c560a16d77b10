"""Staff do not want to wait for the next look at what is due."""

from dataclasses import dataclass

from core.subscription.model import BillingRun, BillingRunId
from core.subscription.ports import SubscriptionTx


@dataclass(frozen=True, slots=True)
class StartBillingRun:
    """Notes that everything due now is to be billed; the ticks do it and report here. Same id, same run."""

    async def __call__(self, run_id: BillingRunId, tx: SubscriptionTx) -> BillingRun:
        known = await tx.billing_runs.find(run_id)
        if known is not None:
            return known
        run = BillingRun(run_id, tx.now, due=await tx.subscriptions.count_due(tx.now))
        tx.billing_runs.save(run)
        return run
