"""Begun periods become payment requests: the one place where a subscription asks for money."""

from collections.abc import Sequence

from core.contracts.payment_requests import PaymentRequested
from core.subscription.calendar import Period
from core.subscription.model import BilledPeriod, Subscription
from core.subscription.ports import SubscriptionTx

SOURCE = "subscription"
MOST_PERIODS = 12
"""Of one subscription in one transaction. The rest of a long pause follows in the next one, in order."""


async def bill(subscriptions: Sequence[Subscription], tx: SubscriptionTx) -> int:
    """Publish one request for each due period and move on; answers how many. A period that was billed before, by
    whatever accident, is passed over."""
    due = [(subscription, subscription.due(tx.now, MOST_PERIODS)) for subscription in subscriptions]
    keys = [(subscription.id, period.start) for subscription, periods in due for period in periods]
    billed = await tx.billed_periods.among(keys)
    for subscription, periods in due:
        for period in periods:
            if (subscription.id, period.start) not in billed:
                _request(subscription, period, tx)
        tx.subscriptions.save(subscription.billed(len(periods), tx.now))
    return len(keys) - len(billed)


def _request(subscription: Subscription, period: Period, tx: SubscriptionTx) -> None:
    request = PaymentRequested(
        source=SOURCE,
        request_id=f"{subscription.id}:{period.start}",
        user_id=subscription.user_id,
        amount=subscription.amount,
        description=subscription.description,
        requested_at=tx.now,
        period_start=period.start,
        period_end=period.end,
    )
    tx.outbox.add(request)
    tx.billed_periods.save(BilledPeriod(request.payment_id, subscription.id, period.start, period.end, tx.now))
