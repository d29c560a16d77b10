"""Running the sandbox: for a while inside a process, or as a process of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from adapters.providers.sandbox.ledger import Ledger
from adapters.providers.sandbox.server import SandboxSettings, sandbox_app
from core.kernel.clock import Clock

KEEP_ALIVE = 75.0
"""Seconds an idle connection is kept; the client gives up its own sooner, so it never writes into a closing one."""


@dataclass(frozen=True, slots=True)
class SandboxConfig:
    """Where the sandbox keeps its books and listens. Port 0 takes a free one."""

    ledger: Path
    settings: SandboxSettings
    clock: Clock
    host: str = "127.0.0.1"
    port: int = 0


@asynccontextmanager
async def running(config: SandboxConfig) -> AsyncIterator[str]:
    """The sandbox while the block runs; gives its base URL."""
    ledger = Ledger(config.ledger, config.clock)
    app = sandbox_app(ledger, config.settings)
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=KEEP_ALIVE, shutdown_timeout=5.0)
    try:
        await runner.setup()
        await web.TCPSite(runner, config.host, config.port).start()
        yield f"http://{config.host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
        await ledger.close()


async def serve(config: SandboxConfig, started: Callable[[str], None]) -> None:
    """Run until cancelled. `started` is told the base URL once it listens."""
    async with running(config) as url:
        started(url)
        await asyncio.Event().wait()
