"""The sandbox's books behind one thread: SQLite is synchronous, and one writer at a time is all it can use."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from adapters.providers.behaviour import Refusal
from adapters.providers.sandbox import books, cards, shelves
from adapters.providers.sandbox.accounts import Account
from adapters.providers.sandbox.cards import CardAnswer
from adapters.providers.sandbox.records import Answered, ChargeForm, Order, RefundForm, TurnedAway
from adapters.providers.sandbox.schema import open_ledger
from core.gateway.ports import LedgerEntry
from core.kernel.cards import BrowserToken, CardEntry
from core.kernel.clock import Clock

P = ParamSpec("P")
R = TypeVar("R")


class Ledger:
    """A file of books. What a method has returned is on disk and outlives a killed process."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path, self._clock = path, clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sandbox-ledger")
        self._db: sqlite3.Connection | None = None

    async def keep_card(self, account: Account, key: str, entry: CardEntry | BrowserToken) -> CardAnswer | TurnedAway:
        return await self._run(cards.keep_card, account, key, entry, self._clock.now())

    async def make_browser_token(self, account: Account, entry: CardEntry) -> str | Refusal:
        return await self._run(cards.make_browser_token, account, entry, self._clock.now())

    async def charge(self, account: Account, key: str, form: ChargeForm) -> Answered | TurnedAway:
        return await self._run(books.charge, account, key, form, self._clock.now())

    async def refund(self, account: Account, key: str, form: RefundForm) -> Answered | TurnedAway:
        return await self._run(books.refund, account, key, form, self._clock.now())

    async def find_charge(self, account: Account, key: str) -> Order:
        return await self._run(books.find_charge, account, key, self._clock.now())

    async def entries(self, account: Account, after: int = 0, most: int = 500) -> list[tuple[int, LedgerEntry]]:
        return await self._run(shelves.entries_after, account.name, after, most)

    async def close(self) -> None:
        """Fold the write-ahead log into the file and let the thread go."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown()

    async def _run(self, work: Callable[Concatenate[sqlite3.Connection, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: work(self._opened(), *args, **kwargs))

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = open_ledger(self._path)
        return self._db

    def _close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None
