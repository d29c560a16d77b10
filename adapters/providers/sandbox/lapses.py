"""Answers that go wrong on purpose."""

import asyncio
import socket
import struct
from contextlib import suppress

from aiohttp import web

from adapters.providers.behaviour import Loss

CLOSING = web.AppKey("sandbox_closing", asyncio.Event)
HOLD = web.AppKey("sandbox_hold", float)

_LOOK_EVERY = 0.02
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


async def lose(loss: Loss, request: web.Request) -> web.StreamResponse:
    """Answer the request the way a provider in trouble does."""
    match loss:
        case Loss.RATE_LIMITED:
            return web.json_response({"error": "rate_limited"}, status=429, headers={"Retry-After": "1"})
        case Loss.ERROR:
            return web.json_response({"error": "internal"}, status=500)
        case Loss.GARBLED:
            return web.Response(text="<html>It works!</html>", content_type="text/html")
        case Loss.RESET:
            return _reset(request)
        case Loss.DRIP:
            return await _drip(request)
        case Loss.TIMEOUT:
            return await _hold(request)


def _reset(request: web.Request) -> web.Response:
    transport = request.transport
    if transport is not None:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.close()
    return web.Response()


async def _hold(request: web.Request) -> web.Response:
    """Say nothing until the caller goes away, the server stops, or the bound is reached."""
    with suppress(TimeoutError):
        async with asyncio.timeout(request.app[HOLD]):
            while await _still_there(request):
                pass
    return web.json_response({"error": "gave_up"}, status=504)


async def _drip(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    with suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(request.app[HOLD]):
            while await _still_there(request):
                await response.write(b" ")
    return response


async def _still_there(request: web.Request) -> bool:
    """Wait a moment; False once nobody waits for the answer any more."""
    with suppress(TimeoutError):
        await asyncio.wait_for(request.app[CLOSING].wait(), _LOOK_EVERY)
    gone = request.transport is None or request.transport.is_closing()
    return not gone and not request.app[CLOSING].is_set()
