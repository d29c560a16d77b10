"""What is old is removed, what may still be asked for is kept."""

from datetime import timedelta

from adapters.postgres.housekeeping import INBOX_KEPT, KEYS_KEPT, Housekeeping
from tests.conftest import ManualClock, OpenSchema


async def test_old_inbox_rows_and_keys_go_and_younger_ones_stay(open_schema: OpenSchema, clock: ManualClock) -> None:
    async with open_schema("payment") as database:
        for age, name in ((timedelta(0), "young"), (timedelta(seconds=1), "old")):
            inbox, keys = clock.now() - INBOX_KEPT - age, clock.now() - KEYS_KEPT - age
            await database.pool.execute("INSERT INTO inbox VALUES ($1, $2)", name, inbox)
            columns = "(scope, fingerprint, status, body, stored_at)"
            insert = f"INSERT INTO idempotency_keys {columns} VALUES ($1, $1, 202, '', $2)"
            await database.pool.execute(insert, name, keys)
        await Housekeeping("payment", database, clock)()
        assert await database.pool.fetchval("SELECT string_agg(key, ',') FROM inbox") == "young"
        assert (await database.pool.fetchval("SELECT string_agg(trim(scope), ',') FROM idempotency_keys")) == "young"


async def test_a_role_without_keys_is_tidied_too(open_schema: OpenSchema, clock: ManualClock) -> None:
    async with open_schema("activator") as database:
        await Housekeeping("activator", database, clock)()
