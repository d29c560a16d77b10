"""Subscriptions need a user's calendar, and nothing else of them."""

from dataclasses import dataclass

from core.contracts.users import UserChanged
from core.subscription.calendar import zone
from core.subscription.model import User
from core.subscription.ports import SubscriptionTx


@dataclass(frozen=True, slots=True)
class KeepUser:
    """Keeps id and time zone; the latest change wins. Raises `Malformed` for a time zone nobody knows.
    Subscriptions that run keep the zone they started in."""

    async def __call__(self, changed: UserChanged, tx: SubscriptionTx, /) -> None:
        zone(changed.time_zone)
        known = await tx.users.find(changed.user_id)
        if known is None or known.changed_at < changed.changed_at:
            tx.users.save(User(changed.user_id, changed.time_zone, changed.changed_at))
