"""Of a user, subscriptions keep the calendar they live by."""

from datetime import UTC, datetime
from itertools import permutations

import pytest

from core.contracts.users import UserChanged
from core.kernel.trouble import Malformed
from core.subscription.keep_user import KeepUser
from core.subscription.model import User
from tests.fakes.subscription import ADA, InMemorySubscriptionTx


def changed(day: int, time_zone: str) -> UserChanged:
    at = datetime(2026, 3, day, tzinfo=UTC)
    return UserChanged(user_id=ADA, changed_at=at, name="Ada", email="ada@example.org", time_zone=time_zone)


@pytest.mark.parametrize("order", [*permutations([(1, "UTC"), (2, "Europe/Berlin"), (3, "Asia/Tokyo")])])
async def test_the_latest_change_wins_in_any_order(order: tuple[tuple[int, str], ...]) -> None:
    tx = InMemorySubscriptionTx()
    for day, time_zone in (*order, *order):
        await KeepUser()(changed(day, time_zone), tx)
    assert tx.users.all() == [User(ADA, "Asia/Tokyo", datetime(2026, 3, 3, tzinfo=UTC))]


async def test_a_time_zone_nobody_knows_is_not_kept() -> None:
    with pytest.raises(Malformed):
        await KeepUser()(changed(1, "Mars/Olympus"), InMemorySubscriptionTx())
