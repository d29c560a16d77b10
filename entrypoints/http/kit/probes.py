"""`/healthz`: this process runs. `/readyz`: what it needs is there."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from aiohttp import web

from entrypoints.http.kit.problem import RETRY_AFTER_SECONDS, HttpProblem

CHECK_SECONDS = 2.0

Check = Callable[[], Awaitable[object]]
"""Raises when the dependency is not there."""

log = structlog.get_logger(__name__)


def probe_routes(checks: Mapping[str, Check]) -> list[web.RouteDef]:
    """Each check has its own time bound, all run at once; a red one is named, its reason is only logged."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def readyz(_request: web.Request) -> web.Response:
        greens = await asyncio.gather(*(_is_green(name, check) for name, check in checks.items()))
        failed = [name for name, green in zip(checks, greens, strict=True) if not green]
        if failed:
            headers = {"Retry-After": str(RETRY_AFTER_SECONDS)}
            raise HttpProblem(503, "Something needed is away.", kind="not-ready", headers=headers, failed=failed)
        return web.json_response({"status": "ok", "checks": list(checks)})

    return [web.get("/healthz", healthz), web.get("/readyz", readyz)]


async def _is_green(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception as error:
        log.warning("check_failed", check=name, error=repr(error))
        return False
    return True
