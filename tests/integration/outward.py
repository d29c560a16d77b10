"""A guard at every door to the outside: notes each call, and whether a database transaction was open around it."""

import inspect
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import aiosmtplib
import obstore
import pytest

from adapters.documents.press import Press
from adapters.inprocess.publisher import PostgresPublisher
from adapters.notices.files import FileTexts
from adapters.postgres.database import Database
from adapters.rabbitmq.publisher import RabbitPublisher

OPEN: ContextVar[bool] = ContextVar("a transaction is open", default=False)
"""Seen by the task of the transaction and by those it starts."""

DOORS: tuple[tuple[Any, str], ...] = (
    (aiohttp.ClientSession, "_request"),
    (aiosmtplib.SMTP, "connect"),
    (aiosmtplib.SMTP, "send_message"),
    (obstore, "put_async"),
    (obstore, "get_async"),
    (FileTexts, "send"),
    (Press, "print"),
    (PostgresPublisher, "publish"),
    (RabbitPublisher, "publish"),
)


@dataclass
class Guard:
    passed: Counter[str] = field(default_factory=Counter)
    """How often each door was gone through."""
    caught: list[str] = field(default_factory=list)
    """Calls with a transaction open, with the place in our code."""

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        for owner, name in DOORS:
            patch.setattr(owner, name, self._guarded(getattr(owner, name), f"{owner.__name__}.{name}"))
        patch.setattr(Database, "transaction", _noted(Database.transaction))

    def _guarded(self, call: Callable[..., Any], door: str) -> Callable[..., Any]:
        def guarded(*args: Any, **kwargs: Any) -> Any:
            self.passed[door] += 1
            if OPEN.get():
                places = (f"{frame.filename}:{frame.lineno}" for frame in inspect.stack(0)[1:6])
                self.caught.append(f"{door} from {', '.join(places)}")
            return call(*args, **kwargs)

        return guarded


def _noted(transaction: Callable[..., Any]) -> Callable[..., Any]:
    @asynccontextmanager
    async def noted(database: Database) -> AsyncIterator[Any]:
        async with transaction(database) as opened:
            token = OPEN.set(True)
            try:
                yield opened
            finally:
                OPEN.reset(token)

    return noted
