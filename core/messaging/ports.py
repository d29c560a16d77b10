"""What moving messages needs from outside, and what a use case may do inside a transaction."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

from core.contracts.message import Message
from core.messaging.envelope import Envelope, Trace, Wire

E = TypeVar("E")
K_contra = TypeVar("K_contra", contravariant=True)
T_co = TypeVar("T_co", covariant=True)


class Outbox(Protocol):
    """Messages that go out if, and only if, the transaction commits."""

    def add(self, message: Message) -> None: ...


class Collection(Protocol[K_contra, E]):
    """Things of one kind, each under its key. What is found is locked until the transaction ends."""

    async def find(self, key: K_contra) -> E | None: ...

    async def get(self, key: K_contra) -> E:
        """Like `find`, but raises `NotFound`."""
        ...

    def save(self, thing: E) -> None:
        """Keep it, new or changed, when the transaction commits; `find` sees it at once."""
        ...


class Tx(Protocol):
    """One transaction in one role's database. `now` is the same during all of it."""

    @property
    def now(self) -> datetime: ...

    @property
    def outbox(self) -> Outbox: ...


class Inbox(Protocol):
    """Which messages a consumer has handled."""

    async def fresh(self, consumer: str, ids: Sequence[str]) -> set[str]:
        """Note the ids as handled by this transaction; answers those that were not noted before."""
        ...


@dataclass(frozen=True, slots=True)
class PutOff:
    """A message whose handling failed for now, and how often it did."""

    queue: str
    wire: Wire
    attempts: int
    reason: str
    available_at: datetime


class Retries(Protocol):
    """Messages to be handled later: rows, so that a delay outlives a restart."""

    async def put_off(self, message: PutOff) -> None: ...

    async def due(self, queue: str, most: int) -> Sequence[PutOff]:
        """Messages whose time has come, locked for this transaction; other consumers pass over them."""
        ...

    async def forget(self, message: PutOff) -> None:
        """It was handled or parked."""
        ...


class HandlingTx(Tx, Protocol):
    """A transaction as the consumer sees it."""

    @property
    def inbox(self) -> Inbox: ...

    @property
    def retries(self) -> Retries: ...

    def because(self, trace: Trace) -> None:
        """From here on, outgoing messages are caused by this."""
        ...

    async def preload(self, messages: Sequence[Message]) -> None:
        """Read in a few statements what the use cases of this batch will ask for."""
        ...


class Transactions(Protocol[T_co]):
    """Opens transactions of one role. Commits when the block ends well; rolls back, and raises `Unavailable` for
    trouble that another try may overcome (lost connection, deadlock, lost race)."""

    def __call__(self, trace: Trace | None = None) -> AbstractAsyncContextManager[T_co]: ...


class WireFormat(Protocol):
    """Writes and reads messages as CloudEvents in binary mode."""

    def write(self, envelope: Envelope) -> Wire: ...

    def read(self, wire: Wire) -> Envelope:
        """Raises `Malformed` for whatever is no message of ours."""
        ...


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One outbox row on its way: where it goes and what it is."""

    exchange: str
    routing_key: str
    wire: Wire


class Publisher(Protocol):
    """Hands messages to the broker. Returns when every one is confirmed as safely kept by every queue bound for it."""

    async def publish(self, batch: Sequence[Outgoing]) -> Sequence[str | None]:
        """For each message, in order: None if confirmed, else why not (returned as unroutable, refused, timed out)."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    """A message handed to us, to be settled once: acked, handed back or parked. `handle` is the queue's own."""

    wire: Wire
    handle: Any


class Queue(Protocol):
    """One queue of one consumer. At-least-once, in no order."""

    @property
    def name(self) -> str: ...

    async def receive(self, most: int) -> Sequence[Delivery]:
        """Wait for messages; answers one to `most` of them. Reconnects by itself."""
        ...

    async def ack(self, deliveries: Sequence[Delivery]) -> None:
        """They are done. A delivery whose connection is gone is ignored: it will come again."""
        ...

    async def hand_back(self, deliveries: Sequence[Delivery]) -> None:
        """They were not handled: deliver them again."""
        ...


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A parked message with the reason it was parked for. `id` is unique within its queue's dead letters."""

    id: str
    queue: str
    wire: Wire
    reason: str
    parked_at: datetime


class DeadLetters(Protocol):
    """Terminal: nothing leaves by itself."""

    async def park(self, queue: str, wire: Wire, reason: str) -> None: ...

    async def list(self, queue: str, most: int = 100) -> Sequence[DeadLetter]: ...

    async def replay(self, queue: str, ids: Iterable[str] | None = None) -> int:
        """Put them (all, if no ids) back into their queue once; answers how many."""
        ...

    async def depths(self) -> Mapping[str, int]:
        """How many lie in each queue's dead letters."""
        ...


class Bus(Protocol):
    """The broker, whichever it is."""

    @property
    def publisher(self) -> Publisher: ...

    @property
    def dead_letters(self) -> DeadLetters: ...

    def queue(self, name: str) -> Queue: ...

    async def check(self) -> None:
        """Raise `Unavailable` when the broker cannot be used."""
        ...

    async def idle(self) -> bool:
        """Nothing is on its way: no message waits, and none is being handled. Certain only while nobody publishes."""
        ...


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A message waiting to be published; `attempts` counts the publishes that failed."""

    position: int
    id: UUID
    outgoing: Outgoing
    attempts: int


class RelayTx(Protocol):
    """The relay's view of a role's outbox. Rows are leased, so that no transaction is open while publishing."""

    async def lease(self, most: int) -> Sequence[OutboxRow]: ...

    async def published(self, rows: Sequence[OutboxRow]) -> None:
        """Remove them."""
        ...

    async def failed(self, rows: Sequence[tuple[OutboxRow, str]]) -> None:
        """Count the failure and put them off by the back-off policy."""
        ...
