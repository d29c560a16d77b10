"""Of a user, the activator keeps that they exist."""

from datetime import UTC, datetime

from core.activator.keep_user import KeepUser
from core.activator.model import User
from core.contracts.users import UserChanged
from tests.fakes.activator import ADA, InMemoryActivatorTx

EARLY, LATE = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)


async def test_the_latest_change_stays() -> None:
    tx = InMemoryActivatorTx()
    for at in (LATE, EARLY, LATE):
        await KeepUser()(UserChanged(user_id=ADA, changed_at=at, name="Ada", email="ada@example.org"), tx)
    assert tx.users.all() == [User(ADA, LATE)]
