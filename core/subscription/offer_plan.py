"""A plan is put on offer."""

from dataclasses import dataclass

from core.contracts.bounds import Text
from core.kernel.trouble import Conflict, Malformed
from core.subscription.model import Plan
from core.subscription.ports import SubscriptionTx

NAME = Text(1, 200)


@dataclass(frozen=True, slots=True)
class OfferPlan:
    """Offering the same plan again changes nothing. Raises `Conflict` when its id already stands for another,
    `Malformed` for a name that no payment request could carry."""

    async def __call__(self, plan: Plan, tx: SubscriptionTx) -> Plan:
        try:
            NAME.check(plan.name)
        except Malformed as error:
            raise Malformed(f"name: {error}") from error
        known = await tx.plans.find(plan.id)
        if known is None:
            tx.plans.save(plan)
        elif known != plan:
            raise Conflict(f"plan {plan.id} is something else already; plans do not change")
        return plan
