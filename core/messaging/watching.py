"""Whoever counts is told what became of each piece of work. Nothing depends on it."""

from typing import Literal, Protocol

Became = Literal["handled", "repeated", "put_off", "parked", "let_go", "waits"]
Done = Literal["done", "failed"]


class Watch(Protocol):
    """Told when it is certain: after the commit, or the broker's answer. Must be quick and never raise."""

    def message(self, queue: str, kind: str, became: Became) -> None:
        """`kind` is the sender's own word: it may be anything."""
        ...

    def errand(self, errand: str, became: Done) -> None: ...

    def publish(self, exchange: str, became: Done) -> None: ...


class Unwatched:
    """Nobody counts."""

    def message(self, queue: str, kind: str, became: Became) -> None: ...

    def errand(self, errand: str, became: Done) -> None: ...

    def publish(self, exchange: str, became: Done) -> None: ...


UNWATCHED = Unwatched()
