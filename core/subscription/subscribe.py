"""A user takes a plan."""

from dataclasses import dataclass
from datetime import date, timedelta

from core.kernel.ids import UserId
from core.kernel.trouble import Conflict, Refused
from core.subscription.bill import bill
from core.subscription.calendar import Calendar, today
from core.subscription.model import Plan, PlanId, Subscription, SubscriptionId, User
from core.subscription.ports import SubscriptionTx

FARTHEST_START = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Starts today and bills the first period at once. With an `anchor` the periods follow that day's calendar, and the
    first to be billed begins today or later: whoever moves here from elsewhere has paid for the one that runs.
    The same id again changes nothing. Raises `Refused` for a user or a plan that is not known."""

    async def __call__(
        self,
        subscription_id: SubscriptionId,
        user_id: UserId,
        plan_id: PlanId,
        tx: SubscriptionTx,
        *,
        anchor: date | None = None,
    ) -> Subscription:
        known = await tx.subscriptions.find(subscription_id)
        if known is None:
            user, plan = await _known(user_id, plan_id, tx)
            await bill([_started(subscription_id, user, plan, anchor, tx)], tx)
        elif (known.user_id, known.plan_id) != (user_id, plan_id):
            raise Conflict("this id stands for another subscription")
        return await tx.subscriptions.get(subscription_id)


async def _known(user_id: UserId, plan_id: PlanId, tx: SubscriptionTx) -> tuple[User, Plan]:
    user, plan = await tx.users.find(user_id), await tx.plans.find(plan_id)
    if user is None:
        raise Refused("this user is not known here")
    if plan is None:
        raise Refused("there is no such plan")
    return user, plan


def _started(
    subscription_id: SubscriptionId, user: User, plan: Plan, anchor: date | None, tx: SubscriptionTx
) -> Subscription:
    first_day = today(tx.now, user.time_zone)
    if anchor is not None and anchor > first_day + FARTHEST_START:
        raise Refused("a subscription starts within a year")
    calendar = Calendar(anchor or first_day, plan.recurrence, user.time_zone)
    return Subscription(
        id=subscription_id,
        user_id=user.id,
        plan_id=plan.id,
        description=plan.name,
        amount=plan.amount,
        calendar=calendar,
        started_at=tx.now,
        next_period=calendar.first_not_before(first_day),
    )
