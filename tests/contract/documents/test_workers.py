"""A worker that hangs, dies, grows or cannot start harms one document and no other."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from adapters.documents.invoices import WeasyPrintInvoices
from adapters.documents.press import Press, PressLimits
from core.kernel.trouble import Trouble, Unavailable
from tests.contract.documents.samples import INVOICE, invoice

Started = list[Press]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """Every worker that is started while the test runs."""
    presses: Started = []
    start: Callable[..., Awaitable[Press]] = Press.start

    async def recorded(*arguments: object) -> Press:
        presses.append(await start(*arguments))
        return presses[-1]

    monkeypatch.setattr(Press, "start", recorded)
    return presses


async def test_a_document_past_its_deadline_is_unavailable_and_its_worker_is_killed(started: Started) -> None:
    async with WeasyPrintInvoices(workers=1, limits=PressLimits(deadline=1.5)) as invoices:
        await invoices.render(INVOICE)
        with pytest.raises(Unavailable, match=r"within 1\.5 s"):
            await invoices.render(invoice(4_000))
        assert not alive(started[0].pid)
        assert await invoices.render(INVOICE)


async def test_a_worker_that_stands_still_is_killed(started: Started) -> None:
    async with WeasyPrintInvoices(workers=1, limits=PressLimits(deadline=1)) as invoices:
        await invoices.render(INVOICE)
        os.kill(started[0].pid, signal.SIGSTOP)
        with pytest.raises(Unavailable):
            await invoices.render(INVOICE)
        assert not alive(started[0].pid)


async def test_a_worker_that_dies_is_replaced(started: Started) -> None:
    async with WeasyPrintInvoices(workers=1) as invoices:
        printed = await invoices.render(INVOICE)
        rendering = asyncio.create_task(invoices.render(invoice(1_000)))
        await asyncio.sleep(0)
        os.kill(started[0].pid, signal.SIGKILL)
        with pytest.raises(Unavailable, match="died"):
            await rendering
        assert await invoices.render(INVOICE) == printed


async def test_who_stops_waiting_leaves_no_answer_behind_for_the_next(started: Started) -> None:
    async with WeasyPrintInvoices(workers=1) as invoices:
        printed = await invoices.render(INVOICE)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await invoices.render(invoice(500))
        assert await invoices.render(INVOICE) == printed
        assert len(started) == 2


async def test_workers_are_recycled(started: Started) -> None:
    async with WeasyPrintInvoices(workers=1, limits=PressLimits(documents=2)) as invoices:
        for _ in range(5):
            await invoices.render(INVOICE)
    assert len({press.pid for press in started}) == 3
    assert not any(alive(press.pid) for press in started)


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS cannot limit an address space")
async def test_a_document_that_eats_memory_costs_only_its_worker() -> None:
    async with WeasyPrintInvoices(workers=1, limits=PressLimits(memory=360)) as invoices:
        await invoices.render(INVOICE)
        with pytest.raises(Trouble):
            await invoices.render(invoice(5_000))
        assert await invoices.render(INVOICE)


async def test_a_worker_that_cannot_start_says_why(tmp_path: Path) -> None:
    async with WeasyPrintInvoices(workers=1, logo=tmp_path / "missing.svg") as invoices:
        with pytest.raises(Unavailable, match=r"cannot start.*missing\.svg"):
            await invoices.check()


async def test_a_worker_ends_when_its_parent_is_gone(font_config: Path) -> None:
    press = await Press.start(font_config, None, PressLimits())
    press._process.stdin.close()
    assert await asyncio.wait_for(press._process.wait(), 10) == 0


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs /proc")
async def test_a_worker_is_told_no_secret(font_config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BILLOW_SMTP_PASSWORD", "hush")
    press = await Press.start(font_config, None, PressLimits())
    environment = await asyncio.to_thread(Path(f"/proc/{press.pid}/environ").read_bytes)
    await press.kill()
    assert b"FONTCONFIG_FILE" in environment
    assert b"hush" not in environment


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
