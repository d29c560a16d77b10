"""The four shapes a use case that runs by itself can have. `core/reactions.py` says which runs when."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from core.contracts.message import Message

M_contra = TypeVar("M_contra", bound=Message, contravariant=True)
T_contra = TypeVar("T_contra", contravariant=True)
A = TypeVar("A")
I = TypeVar("I")  # noqa: E741
R = TypeVar("R")


class Reaction(Protocol[M_contra, T_contra]):
    """Takes a fact or an order into the database. Handling a message twice, or late, ends in the same state."""

    async def __call__(self, message: M_contra, tx: T_contra, /) -> None: ...


class Asking(Protocol[M_contra, A, T_contra]):
    """Asks the outside world while the message waits in its queue, then takes the answer into the database.
    For messages that must not be written down; asking twice must be harmless."""

    async def ask(self, message: M_contra, /) -> A: ...

    async def __call__(self, message: M_contra, answer: A, tx: T_contra, /) -> None: ...


class Tick(Protocol[T_contra]):
    """Does a bounded piece of what is due now. Answers whether there may be more."""

    async def __call__(self, tx: T_contra, /) -> bool: ...


class Errand(Protocol[I, R, T_contra]):
    """Something to do outside, remembered as a row: claimed in one transaction, done with none open, recorded in one.
    A claim is a lease: what is not recorded in time is claimed again."""

    async def claim(self, tx: T_contra, most: int, /) -> Sequence[I]: ...

    async def perform(self, item: I, /) -> R: ...

    async def record(self, item: I, result: R, tx: T_contra, /) -> None: ...
