"""A subscription is cancelled, or its cancelling is taken back."""

from dataclasses import dataclass
from enum import StrEnum

from core.subscription.model import Subscription, SubscriptionId
from core.subscription.ports import SubscriptionTx


class Change(StrEnum):
    CANCEL_NOW = "cancel_now"
    CANCEL_AT_PERIOD_END = "cancel_at_period_end"
    RESUME = "resume"


@dataclass(frozen=True, slots=True)
class ChangeSubscription:
    """Repeating a change changes nothing. Raises `NotFound`, and `Conflict` for resuming what has ended."""

    async def __call__(self, subscription_id: SubscriptionId, change: Change, tx: SubscriptionTx) -> Subscription:
        subscription = await tx.subscriptions.get(subscription_id)
        changed = _changed(subscription, change, tx)
        if changed != subscription:
            tx.subscriptions.save(changed)
        return changed


def _changed(subscription: Subscription, change: Change, tx: SubscriptionTx) -> Subscription:
    match change:
        case Change.CANCEL_NOW:
            return subscription.cancelled(tx.now)
        case Change.CANCEL_AT_PERIOD_END:
            return subscription.cancelling(tx.now)
        case Change.RESUME:
            return subscription.resumed(tx.now)
