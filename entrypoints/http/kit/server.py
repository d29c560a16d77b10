"""Serving: bounded waits for slow clients, problems even for what is no HTTP, and a graceful end."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from aiohttp import web
from aiohttp.http_exceptions import LineTooLong
from aiohttp.web_protocol import RequestHandler
from aiohttp.web_request import BaseRequest

from entrypoints.http.kit.callers import unauthorized
from entrypoints.http.kit.middleware import of_http_exception
from entrypoints.http.kit.problem import HttpProblem

IDLE_SECONDS = 30.0
"""How long a connection may take to bring its next request, headers and all."""

STOP_SECONDS = 25.0
LINGER_SECONDS = 2.0
MAX_HEADER_BYTES = 16 * 1024
"""Twice what a token may have, so that tokens are judged where tokens are judged."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RunningServer:
    """Listens until stopped. `stop()` takes no more requests and lets those under way end, at most 25 s."""

    host: str
    port: int
    stop: Callable[[], Awaitable[None]]

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


class Connection(RequestHandler):
    """aiohttp's connection, with our problems where aiohttp would answer in plain text."""

    __slots__ = ()

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - it repeats what was sent
    ) -> web.StreamResponse:
        """What is no HTTP never reaches the middlewares."""
        if request.writer.output_size > 0:
            raise ConnectionError("a part of another answer is sent already")
        log.info("bad_http", status=status, error=type(exc).__name__)
        problem = unauthorized("invalid_token") if _is_huge_token(exc) else HttpProblem(status)
        response = problem.response()
        response.force_close()
        return response

    async def finish_response(
        self, request: BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """An unknown `Expect` is refused before the middlewares."""
        answer = of_http_exception(resp) if isinstance(resp, web.HTTPException) else resp
        return await super().finish_response(request, answer, start_time)


def _is_huge_token(error: BaseException | None) -> bool:
    return isinstance(error, LineTooLong) and bytes(error.args[0])[:7].lower() == b"bearer "


async def serve(
    app: web.Application, host: str = "127.0.0.1", port: int = 0, *, idle_seconds: float = IDLE_SECONDS
) -> RunningServer:
    """Start listening; port 0 takes a free one."""
    runner = web.AppRunner(app, shutdown_timeout=STOP_SECONDS)
    await runner.setup()
    loop = asyncio.get_running_loop()

    def connection() -> Connection:
        assert runner.server is not None
        return Connection(
            runner.server,
            loop=loop,
            keepalive_timeout=idle_seconds,
            lingering_time=LINGER_SECONDS,
            auto_decompress=False,
            max_field_size=MAX_HEADER_BYTES,
            access_log=None,  # type: ignore[arg-type]  # the metrics write the line
        )

    try:
        listener = await loop.create_server(connection, host, port)
    except OSError:
        await runner.cleanup()
        raise

    async def stop() -> None:
        listener.close()
        await runner.cleanup()

    return RunningServer(host, listener.sockets[0].getsockname()[1], stop)
