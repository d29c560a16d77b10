"""The daily run: whatever is due is billed, also what was missed while nobody looked."""

from dataclasses import dataclass

from core.subscription.bill import bill
from core.subscription.ports import SubscriptionTx

BATCH = 500


@dataclass(frozen=True, slots=True)
class BillDuePeriods:
    """Bills up to 500 subscriptions with a period that has begun: exactly one payment request for each period.
    Reports to the billing runs under way, and finishes them when nothing is left."""

    async def __call__(self, tx: SubscriptionTx, /) -> bool:
        due = await tx.subscriptions.claim_due(tx.now, BATCH)
        if not due:
            await _finish_runs(tx)
            return False
        requested = await bill(due, tx)
        for run in await tx.billing_runs.running():
            tx.billing_runs.save(run.progressed(requested))
        return True


async def _finish_runs(tx: SubscriptionTx) -> None:
    for run in await tx.billing_runs.running():
        # What another scheduler has claimed just now still counts as due: a later look finishes the run.
        if not await tx.subscriptions.count_due(run.asked_at):
            tx.billing_runs.save(run.finished(tx.now))
