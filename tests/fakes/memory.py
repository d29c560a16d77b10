"""In-memory stand-ins for a role's database: the same ports, checked by the same conformance suites."""

from collections.abc import Callable, Sequence
from copy import copy
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from core.contracts.message import Message
from core.kernel.trouble import NotFound
from core.messaging.envelope import Trace

K = TypeVar("K")
E = TypeVar("E")

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class InMemoryCollection(Generic[K, E]):
    """A dictionary under the `Collection` port. `key` reads a thing's key."""

    def __init__(self, key: Callable[[E], K]) -> None:
        self.things: dict[K, E] = {}
        self._key = key

    async def find(self, key: K) -> E | None:
        return self.things.get(key)

    async def get(self, key: K) -> E:
        if key not in self.things:
            raise NotFound(f"{key} is not here")
        return self.things[key]

    def save(self, thing: E) -> None:
        self.things[self._key(thing)] = thing

    def all(self) -> list[E]:
        return list(self.things.values())


class InMemoryOutbox:
    def __init__(self) -> None:
        self.messages: list[Message] = []

    def add(self, message: Message) -> None:
        self.messages.append(message)

    def of(self, kind: type[Any]) -> list[Any]:
        return [message for message in self.messages if isinstance(message, kind)]

    def drain(self) -> Sequence[Message]:
        out, self.messages = copy(self.messages), []
        return out


class InMemoryTx:
    """Base of each role's fake transaction: one object lives for a whole test; set `now` to move time."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now
        self.outbox = InMemoryOutbox()

    def because(self, trace: Trace) -> None:
        """Causes are not kept here."""

    async def preload(self, messages: Sequence[Message]) -> None:
        """Everything is at hand already."""
