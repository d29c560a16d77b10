"""Reading what an issuer answers."""

import json
from typing import Any

from aiohttp import ClientResponse

from core.kernel.trouble import Unavailable

MAX_BYTES = 256 * 1024


async def read_small_json(answer: ClientResponse) -> dict[str, Any]:
    """A JSON object of at most 256 KiB in a 200. Raises `Unavailable` for anything else."""
    if answer.status != 200:
        raise Unavailable(f"the issuer answered {answer.status}")
    raw = await answer.content.read(MAX_BYTES + 1)
    while not answer.content.at_eof() and len(raw) <= MAX_BYTES:
        raw += await answer.content.read(MAX_BYTES + 1 - len(raw))
    value = json.loads(raw) if len(raw) <= MAX_BYTES else None
    if not isinstance(value, dict):
        raise Unavailable("the issuer answered no JSON object of a sane size")
    return value
