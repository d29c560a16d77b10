"""The benches of the providers we have."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp

from adapters.providers.exchange import Patience
from adapters.providers.memory import InMemoryProvider
from adapters.providers.sandbox.accounts import Account
from adapters.providers.sandbox.client import SandboxAccess, SandboxProvider
from adapters.providers.sandbox.serve import SandboxConfig, running
from adapters.providers.sandbox.server import SandboxSettings
from adapters.providers.trial_cards import TRIAL_CARDS
from core.kernel.cards import BrowserToken, CardEntry
from core.kernel.outcomes import DeclineClass
from core.kernel.secret import Secret
from tests.contract.providers.situations import Situation

SHORT = Patience(total=1.5, connect=1.0)
SEVERAL = SandboxSettings(
    (Account("a", Secret("sk_sandbox_a")), Account("b", Secret("sk_sandbox_b"))),
    hold=3.0,
)


@dataclass(slots=True)
class HandClock:
    """Stands still until moved."""

    time: datetime = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


@dataclass(slots=True)
class SandboxBench:
    """A real server on a free port, its books in a file, and our client."""

    url: str
    provider: SandboxProvider
    clock: HandClock
    stack: AsyncExitStack

    def card(self, situation: Situation) -> CardEntry:
        return TRIAL_CARDS[situation].entry()

    def declining(self, decline: DeclineClass) -> CardEntry:
        return TRIAL_CARDS[decline].entry()

    def pass_time(self, seconds: float) -> None:
        self.clock.time += timedelta(seconds=seconds)

    async def browser_token(self, card: CardEntry) -> BrowserToken:
        return await self._form(card, SEVERAL.accounts[0])

    async def browser_token_of_another_account(self, card: CardEntry) -> BrowserToken:
        return await self._form(card, SEVERAL.accounts[1])

    async def _form(self, card: CardEntry, account: Account) -> BrowserToken:
        expiry = {"year": card.expiry.year, "month": card.expiry.month}
        typed = {"number": card.number.reveal(), "cvc": card.cvc.reveal(), "expiry": expiry}
        opened = {"Authorization": f"Bearer {account.publishable_key}"}
        async with (
            aiohttp.ClientSession(self.url, headers=opened, raise_for_status=True) as page,
            page.post("/v1/browser-tokens", json=typed) as made,
        ):
            return BrowserToken(Secret((await made.json())["browser_token"]))

    async def switch_off(self) -> None:
        await self.stack.aclose()


@asynccontextmanager
async def sandbox_bench(folder: Path, account: Account = SEVERAL.accounts[0]) -> AsyncIterator[SandboxBench]:
    clock = HandClock()
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(running(SandboxConfig(folder / "sandbox.db", SEVERAL, clock)))
        provider = SandboxProvider(SandboxAccess(url, account.api_key, SHORT))
        try:
            yield SandboxBench(url, provider, clock, stack)
        finally:
            await provider.close()


@dataclass(slots=True)
class InMemoryBench:
    """The fake."""

    clock: HandClock = field(default_factory=HandClock)
    provider: InMemoryProvider = field(init=False)

    def __post_init__(self) -> None:
        self.provider = InMemoryProvider(self.clock)

    def card(self, situation: Situation) -> CardEntry:
        return TRIAL_CARDS[situation].entry()

    def declining(self, decline: DeclineClass) -> CardEntry:
        return TRIAL_CARDS[decline].entry()

    def pass_time(self, seconds: float) -> None:
        self.clock.time += timedelta(seconds=seconds)

    async def browser_token(self, card: CardEntry) -> BrowserToken:
        return self.provider.browser_token(card)

    async def browser_token_of_another_account(self, card: CardEntry) -> BrowserToken:
        return InMemoryProvider(self.clock).browser_token(card)

    async def switch_off(self) -> None:
        self.provider.away = True
