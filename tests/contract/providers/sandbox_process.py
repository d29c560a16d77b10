"""A sandbox in a process of its own, to be killed."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from adapters.providers.sandbox.serve import SandboxConfig, serve
from tests.contract.providers.benches import SEVERAL

ROOT = Path(__file__).parents[3]


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@asynccontextmanager
async def sandbox_process(ledger: Path) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """The base URL and the process; it is killed in the end, if it was not before."""
    command = (sys.executable, "-m", "tests.contract.providers.sandbox_process", str(ledger))
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            url = (await process.stdout.readline()).decode().strip()
        assert url, "the sandbox did not start"
        yield url, process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


if __name__ == "__main__":
    config = SandboxConfig(Path(sys.argv[1]), SEVERAL, SystemClock())
    asyncio.run(serve(config, started=lambda url: print(url, flush=True)))
