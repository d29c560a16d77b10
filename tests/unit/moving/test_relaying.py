"""The relay removes a row only after its confirm."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import pytest

from core.messaging.envelope import Wire
from core.messaging.ports import OutboxRow, Outgoing
from core.messaging.relaying import Relay


class Outbox:
    def __init__(self, *positions: int) -> None:
        self.rows = {n: OutboxRow(n, UUID(int=n), Outgoing("x", "k", Wire({}, b"")), 0) for n in positions}
        self.failures: dict[int, str] = {}
        self.open = False

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator["Outbox"]:
        self.open = True
        yield self
        self.open = False

    async def lease(self, most: int) -> Sequence[OutboxRow]:
        return list(self.rows.values())[:most]

    async def published(self, rows: Sequence[OutboxRow]) -> None:
        for row in rows:
            del self.rows[row.position]

    async def failed(self, rows: Sequence[tuple[OutboxRow, str]]) -> None:
        self.failures |= {row.position: error for row, error in rows}


class Broker:
    def __init__(self, outbox: Outbox, answers: Sequence[str | None]) -> None:
        self.outbox, self.answers = outbox, answers

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[str | None]:
        assert not self.outbox.open, "published with a transaction open"
        return self.answers


async def test_confirmed_rows_go_and_refused_rows_stay_with_the_reason() -> None:
    outbox = Outbox(1, 2, 3)
    taken = await Relay(outbox, Broker(outbox, [None, "unroutable", None]))()  # type: ignore[arg-type]
    assert (taken, list(outbox.rows), outbox.failures) == (3, [2], {2: "unroutable"})


async def test_a_relay_that_dies_while_publishing_removes_nothing() -> None:
    outbox = Outbox(1)

    class Dying(Broker):
        async def publish(self, batch: Sequence[Outgoing]) -> Sequence[str | None]:
            raise ConnectionError

    with pytest.raises(ConnectionError):
        await Relay(outbox, Dying(outbox, []))()  # type: ignore[arg-type]
    assert list(outbox.rows) == [1]
