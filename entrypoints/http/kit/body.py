"""Reading a body: small, plain, typed and soon, or refused."""

import asyncio

from aiohttp import web

from core.kernel import strict_json
from core.kernel.trouble import Malformed
from entrypoints.http.kit.problem import HttpProblem

MAX_BYTES = 64 * 1024
READ_SECONDS = 10.0


async def read_json(request: web.Request) -> bytes:
    """The bytes of a strictly valid JSON body. Raises 400, 408, 413 or 415."""
    _check_headers(request)
    try:
        async with asyncio.timeout(READ_SECONDS):
            raw = await request.read()
        strict_json.parse(raw)
    except TimeoutError as error:
        raise HttpProblem(408, headers={"Connection": "close"}) from error
    except Malformed as error:
        raise HttpProblem(400, f"{error}.", kind="bad-json") from error
    return raw


def _check_headers(request: web.Request) -> None:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise HttpProblem(415, "Bodies are sent without a content encoding.", headers={"Accept-Encoding": "identity"})
    if request.content_type != "application/json" or (request.charset or "utf-8").lower() not in ("utf-8", "utf8"):
        raise HttpProblem(415, "Bodies are application/json in UTF-8.", headers={"Accept": "application/json"})
    if (request.content_length or 0) > MAX_BYTES:
        raise HttpProblem(413, f"Bodies have at most {MAX_BYTES} bytes.", headers={"Connection": "close"})
