"""One request to a provider, told apart by what is known afterwards. Every provider's client is built on it."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from core.gateway.ports import NotAttempted, Unknown
from core.kernel.secret import Secret

LARGEST_ANSWER = 1024 * 1024
IDLE = 15.0
"""Seconds an idle connection is reused; less than providers keep theirs open."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds for a whole call, and for connecting within it."""

    total: float = 20.0
    connect: float = 3.0


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that was read to its end. `body` is None when it is no JSON object."""

    status: int
    body: Mapping[str, Any] | None


Told = Reply | NotAttempted | Unknown
"""All that can be known after a request."""


class Exchange:
    """A provider's base URL with the key that opens it. An order goes where it was sent or nowhere: no redirects."""

    def __init__(self, base_url: str, api_key: Secret[str], patience: Patience) -> None:
        self._base_url, self._api_key, self._patience = base_url.rstrip("/"), api_key, patience
        self._session: aiohttp.ClientSession | None = None

    async def post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> Told:
        """Send once. Never raises for what the network or the provider did."""
        return await self._ask("POST", path, json=body, headers=headers)

    async def get(self, path: str, query: Mapping[str, str]) -> Told:
        return await self._ask("GET", path, params=query)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _ask(self, method: str, path: str, **options: Any) -> Told:
        url = self._base_url + path
        try:
            async with self._opened().request(method, url, allow_redirects=False, **options) as answer:
                reply = Reply(answer.status, _object(await _read(answer)))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            return NotAttempted(_said(path, error))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Unknown(_said(path, error))
        return NotAttempted("rate limited") if reply.status == 429 else reply

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            patience = aiohttp.ClientTimeout(total=self._patience.total, connect=self._patience.connect)
            # No limit of its own: waiting for a free connection would eat the time meant for connecting.
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=IDLE)
            headers = {"Authorization": f"Bearer {self._api_key.reveal()}"}
            self._session = aiohttp.ClientSession(connector=connector, timeout=patience, headers=headers)
        return self._session


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    """The whole body; more than the bound counts as unreadable."""
    body = bytearray()
    async for chunk in answer.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            return b""
    return bytes(body)


def _object(raw: bytes) -> Mapping[str, Any] | None:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _said(path: str, error: Exception) -> str:
    """What went wrong, in our words: an exception's own text may quote what was sent."""
    said = f"{path}: {type(error).__name__}"
    _log.warning("provider call failed: %s", said)
    return said
