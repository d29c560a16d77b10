"""The unit of work on a real PostgreSQL: all or nothing, no slot lost, outbox rows leased and removed."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from adapters.cloudevents.wire import CloudEventsWire
from adapters.postgres.database import Database
from adapters.postgres.unit_of_work import PostgresTransactions, PostgresTx, RelayTransactions
from core.contracts.access import AccessRestored
from core.contracts.message import Message
from core.kernel.ids import UserId
from core.kernel.trouble import Unavailable
from core.messaging.envelope import Trace, Wire
from core.messaging.ports import PutOff
from tests.conftest import ManualClock, OpenSchema

WIRE = CloudEventsWire([AccessRestored])


@pytest.fixture
async def database(open_schema: OpenSchema) -> AsyncIterator[Database]:
    async with open_schema("messaging") as opened:
        yield opened


@pytest.fixture
def transactions(database: Database, clock: ManualClock) -> PostgresTransactions[PostgresTx]:
    return PostgresTransactions(database, PostgresTx, clock, WIRE, "/billow/test")


def restored(clock: ManualClock, user: str = "ann") -> Message:
    return AccessRestored(UserId(user), clock.now())


async def test_a_rolled_back_change_announces_nothing(
    transactions: PostgresTransactions[PostgresTx], database: Database, clock: ManualClock
) -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the change comes before the failure
        async with transactions(Trace("c", "c")) as tx:
            tx.outbox.add(restored(clock))
            await tx.inbox.fresh("q", ["1"])
            raise ZeroDivisionError
    async with transactions() as tx:
        assert await tx.inbox.fresh("q", ["1"]) == {"1"}
    assert await database.pool.fetchval("SELECT count(*) FROM outbox") == 0


async def test_an_id_is_fresh_once_for_each_consumer(transactions: PostgresTransactions[PostgresTx]) -> None:
    async with transactions() as tx:
        assert await tx.inbox.fresh("q", ["1", "2"]) == {"1", "2"}
    async with transactions() as tx:
        assert await tx.inbox.fresh("q", ["2", "3"]) == {"3"}
        assert await tx.inbox.fresh("other", ["1"]) == {"1"}


async def test_sequence_grows_by_one_for_each_subject(
    transactions: PostgresTransactions[PostgresTx], database: Database, clock: ManualClock
) -> None:
    for users in (["ann", "bob", "ann"], ["ann"]):
        async with transactions(Trace("c", str(len(users)))) as tx:
            for user in users:
                tx.outbox.add(restored(clock, user))
    rows = await database.pool.fetch(
        "SELECT headers::json->>'ce-subject' s, headers::json->>'ce-sequence' n FROM outbox ORDER BY position"
    )
    assert [(row["s"], row["n"]) for row in rows] == [("ann", "1"), ("bob", "1"), ("ann", "2"), ("ann", "3")]


async def test_the_same_cause_names_its_messages_the_same(
    transactions: PostgresTransactions[PostgresTx], database: Database, clock: ManualClock
) -> None:
    async with transactions(Trace("c", "cause")) as tx:
        tx.outbox.add(restored(clock))
    first: UUID = await database.pool.fetchval("DELETE FROM outbox RETURNING id")
    async with transactions(Trace("c", "cause")) as tx:
        tx.outbox.add(restored(clock))
    assert await database.pool.fetchval("SELECT id FROM outbox") == first


async def test_a_leased_row_is_nobody_elses_until_the_lease_ends(
    transactions: PostgresTransactions[PostgresTx], database: Database, clock: ManualClock
) -> None:
    relay = RelayTransactions(database, clock)
    async with transactions(Trace("c", "c")) as tx:
        tx.outbox.add(restored(clock))
    async with relay() as tx:
        first = await tx.lease(10)
    async with relay() as tx:
        assert (len(first), await tx.lease(10)) == (1, [])
    clock.time += timedelta(seconds=60)
    async with relay() as tx:
        again = await tx.lease(10)
        await tx.published(again)
    assert [row.id for row in again] == [row.id for row in first]
    assert await database.pool.fetchval("SELECT count(*) FROM outbox") == 0


async def test_a_refused_row_comes_again_later_each_time(
    transactions: PostgresTransactions[PostgresTx], database: Database, clock: ManualClock
) -> None:
    relay, waits = RelayTransactions(database, clock), []
    async with transactions(Trace("c", "c")) as tx:
        tx.outbox.add(restored(clock))
    for _ in range(3):
        async with relay() as tx:
            rows = await tx.lease(10)
            await tx.failed([(row, "unroutable") for row in rows])
        again = await database.pool.fetchval("SELECT available_at FROM outbox")
        waits.append((again - clock.now()).total_seconds())
        clock.time = again
    assert waits == [0.5, 1, 2]


async def test_a_message_put_off_is_due_at_its_time_and_locked_while_it_is_tried(
    transactions: PostgresTransactions[PostgresTx], clock: ManualClock
) -> None:
    put_off = PutOff("q", Wire({"ce-id": "1"}, b"{}"), 2, "away", clock.now() + timedelta(seconds=5))
    async with transactions() as tx:
        await tx.retries.put_off(put_off)
        assert await tx.retries.due("q", 1) == []
    clock.time += timedelta(seconds=5)
    async with transactions() as first, transactions() as second:
        assert await first.retries.due("q", 1) == [put_off]
        assert await second.retries.due("q", 1) == []
        await first.retries.forget(put_off)
    async with transactions() as tx:
        assert await tx.retries.due("q", 1) == []


async def test_messages_of_two_senders_with_the_same_id_are_both_kept(
    transactions: PostgresTransactions[PostgresTx], clock: ManualClock
) -> None:
    async with transactions() as tx:
        for source in ("shop", "portal"):
            wire = Wire({"ce-id": "1", "ce-source": source}, source.encode())
            await tx.retries.put_off(PutOff("q", wire, 1, "away", clock.now()))
    async with transactions() as tx:
        assert {message.wire.body for message in await tx.retries.due("q", 9)} == {b"shop", b"portal"}


async def test_what_the_database_cannot_keep_of_a_message_does_not_stop_it_from_being_put_off(
    transactions: PostgresTransactions[PostgresTx], clock: ManualClock
) -> None:
    headers = {"ce-id": "1", "ce-note": "a\x00b\ud800", "note": "c\x00d"}
    async with transactions() as tx:
        await tx.retries.put_off(PutOff("q", Wire(headers, b"{}"), 1, "crashed: \x00", clock.now()))
    async with transactions() as tx:
        [message] = await tx.retries.due("q", 9)
    assert dict(message.wire.headers) == {"ce-id": "1", "ce-note": "a\ufffdb?"}


async def test_a_storm_of_cancellations_loses_no_pool_slot(
    transactions: PostgresTransactions[PostgresTx], database: Database
) -> None:
    async def work() -> None:
        async with transactions() as tx:
            await tx.sql.fetchval("SELECT pg_sleep(0.002)")

    seeded = random.Random(1)
    for _ in range(150):
        tasks = [asyncio.create_task(work()) for _ in range(6)]
        await asyncio.sleep(seeded.random() * 0.006)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    async with asyncio.timeout(5):
        await asyncio.gather(*(work() for _ in range(16)))
    assert database.slots_in_use == 0


async def test_a_unit_of_work_that_lost_its_connection_is_unavailable_not_broken(
    transactions: PostgresTransactions[PostgresTx],
) -> None:
    with pytest.raises(Unavailable):
        async with transactions() as tx:
            await tx.sql.fetchval("SELECT pg_terminate_backend(pg_backend_pid())")
    async with transactions() as tx:
        assert await tx.sql.fetchval("SELECT 1") == 1
