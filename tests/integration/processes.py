"""The command line in processes of their own."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60.0


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int | None
    output: str
    errors: str


def _environ(given: Mapping[str, str] | None) -> dict[str, str]:
    """Nothing of Billow's but what is given: whoever runs the tests may have settings of their own."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("BILLOW_")}
    return {**kept, **(given or {})}


async def started(*arguments: str, environ: Mapping[str, str] | None = None) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "from entrypoints.cli import main; main(prog_name='billow')",
        *arguments,
        cwd=ROOT,
        env=_environ(environ),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def end_of(process: asyncio.subprocess.Process, seconds: float = SECONDS) -> Ended:
    """Wait for its own end; what does not come is killed, and the test fails."""
    try:
        async with asyncio.timeout(seconds):
            output, errors = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Ended(process.returncode, output.decode(), errors.decode())


async def billow(*arguments: str, environ: Mapping[str, str] | None = None) -> Ended:
    """Run a command to its end."""
    return await end_of(await started(*arguments, environ=environ))


@asynccontextmanager
async def running(
    *arguments: str, environ: Mapping[str, str] | None = None
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A command that serves until it is stopped; killed in the end, if it still runs."""
    process = await started(*arguments, environ=environ)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
