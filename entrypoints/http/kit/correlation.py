"""One id for a request and all it causes: taken from the client or made, logged, echoed."""

import re
from uuid import uuid4

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

HEADER = "X-Correlation-Id"
CORRELATION_ID = web.RequestKey("correlation_id", str)
_SANE = re.compile(r"[A-Za-z0-9._:-]{1,64}")


@web.middleware
async def correlation(request: web.Request, handler: Handler) -> web.StreamResponse:
    given = request.headers.get(HEADER, "")
    request[CORRELATION_ID] = given if _SANE.fullmatch(given) else uuid4().hex
    with structlog.contextvars.bound_contextvars(correlation_id=request[CORRELATION_ID]):
        response = await handler(request)
    if not response.prepared:
        response.headers[HEADER] = request[CORRELATION_ID]
    return response
