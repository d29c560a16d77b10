"""One worker process, seen from its parent."""

import asyncio
import contextlib
import logging
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path

from adapters.documents.frames import HEADER, Kind
from core.kernel.trouble import Malformed, Unavailable
from core.notifier.document import InvoiceDocument

_log = logging.getLogger(__name__)
_INHERITED = ("PATH", "LANG", "LC_ALL", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH", "LD_LIBRARY_PATH")
"""All a worker gets of our environment: what it takes to find Pango, and no secret."""

_START_DEADLINE = 60.0
_SLOW = (
    "harfbuzz-subset was not found: every invoice takes several times as long. "
    "Install the package libharfbuzz-subset0 (Debian, Ubuntu) or harfbuzz (Homebrew)."
)


@dataclass(frozen=True, slots=True)
class PressLimits:
    """`deadline` in seconds for one document; `memory` in MiB of address space; `documents` before a fresh worker."""

    deadline: float = 60.0
    memory: int = 1536
    documents: int = 500


class Press:
    """Whoever is interrupted while using it must `kill` it: half an answer may be in its pipe."""

    def __init__(self, process: Process, limits: PressLimits) -> None:
        self._process = process
        self._limits = limits
        self._left = limits.documents

    @classmethod
    async def start(cls, font_config: Path, logo: Path | None, limits: PressLimits) -> "Press":
        """Raises `Unavailable` when the worker cannot work, with the reason it gives."""
        options = ["--deadline", str(int(limits.deadline) + 1), "--megabytes", str(limits.memory)]
        if logo is not None:
            options += ["--logo", str(logo)]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "adapters.documents.worker", *options,
            stdin=PIPE, stdout=PIPE, env=_environment(font_config), start_new_session=True,
        )  # fmt: skip
        press = cls(process, limits)
        try:
            await press._greet()
        except BaseException:
            await press.kill()
            raise
        return press

    async def print(self, document: InvoiceDocument) -> bytes:
        """Raises `Unavailable` past the deadline or when the worker died, `Malformed` when it says so."""
        self._left -= 1
        kind, payload = await self._exchange(pickle.dumps(document), self._limits.deadline)
        if kind is Kind.MALFORMED:
            raise Malformed(payload.decode())
        return payload

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def usable(self) -> bool:
        return self._left > 0 and self._process.returncode is None

    async def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()

    async def _greet(self) -> None:
        kind, payload = await self._exchange(b"", _START_DEADLINE)
        if kind is not Kind.READY:
            raise Unavailable(f"the invoice worker cannot start: {payload.decode()}")
        if payload:
            _log.warning(_SLOW)

    async def _exchange(self, request: bytes, deadline: float) -> tuple[Kind, bytes]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(deadline):
                self._process.stdin.write(request)
                await self._process.stdin.drain()
                kind, length = HEADER.unpack(await self._process.stdout.readexactly(HEADER.size))
                return Kind(kind), await self._process.stdout.readexactly(length)
        except TimeoutError as error:
            raise Unavailable(f"the invoice was not ready within {deadline:g} s") from error
        except (asyncio.IncompleteReadError, OSError) as error:
            raise Unavailable("the invoice worker died") from error


def _environment(font_config: Path) -> dict[str, str]:
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
    return inherited | {"PYTHONPATH": path, "FONTCONFIG_FILE": str(font_config), "PYTHONUTF8": "1"}
