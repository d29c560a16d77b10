"""Invoices by WeasyPrint, in workers that are recycled, limited and killed when they take too long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from adapters.documents.fonts import write_font_config
from adapters.documents.press import Press, PressLimits
from core.notifier.document import InvoiceDocument


class WeasyPrintInvoices:
    """The core's `Renderer`. An async context manager: leaving it ends all workers, which start when first needed."""

    def __init__(self, workers: int = 2, limits: PressLimits | None = None, logo: Path | None = None) -> None:
        self._limits = limits or PressLimits()
        self._logo = logo
        self._folder = TemporaryDirectory(prefix="billow-invoices-")
        self._font_config = write_font_config(Path(self._folder.name))
        self._slots: asyncio.LifoQueue[Press | None] = asyncio.LifoQueue()
        self._workers = workers
        for _ in range(workers):
            self._slots.put_nowait(None)

    async def render(self, document: InvoiceDocument) -> bytes:
        """The PDF. Waits for a free worker; the deadline counts from there."""
        async with self._press() as press:
            return await press.print(document)

    async def check(self) -> None:
        """Raises `Unavailable` when no worker can be started. A worker at work is a good sign."""
        if not self._slots.empty():
            async with self._press():
                pass

    async def __aenter__(self) -> "WeasyPrintInvoices":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _ in range(self._workers):
            await _killed(await self._slots.get())
        self._folder.cleanup()

    @asynccontextmanager
    async def _press(self) -> AsyncIterator[Press]:
        """A free worker, fresh if need be. One that was interrupted in any way is not used again."""
        press = await self._slots.get()
        try:
            press = await self._ready(press)
            yield press
        except BaseException:
            await _killed(press)
            press = None
            raise
        finally:
            self._slots.put_nowait(press)

    async def _ready(self, press: Press | None) -> Press:
        if press is not None and press.usable:
            return press
        await _killed(press)
        return await Press.start(self._font_config, self._logo, self._limits)


async def _killed(press: Press | None) -> None:
    if press is not None:
        await press.kill()
