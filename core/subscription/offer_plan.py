"""A plan is put on offer."""

from dataclasses import dataclass

from core.kernel.trouble import Conflict
from core.subscription.model import Plan
from core.subscription.ports import SubscriptionTx


@dataclass(frozen=True, slots=True)
class OfferPlan:
    """Offering the same plan again changes nothing. Raises `Conflict` when its id already stands for another."""

    async def __call__(self, plan: Plan, tx: SubscriptionTx) -> Plan:
        known = await tx.plans.find(plan.id)
        if known is None:
            tx.plans.save(plan)
        elif known != plan:
            raise Conflict(f"plan {plan.id} is something else already; plans do not change")
        return plan
