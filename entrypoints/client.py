"""Billow's HTTP API as its users and staff call it: what the importer and the demo speak."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from aiohttp import ClientError, ClientSession

from core.kernel.trouble import Refused, Unavailable


class ApiRefused(Refused):
    """The API said no: its status and its problem's own words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"{status}: {words}")
        self.status = status


class Client:
    """Calls as one caller. Raises `ApiRefused` for 4xx, `Unavailable` for no answer and for the server's trouble."""

    def __init__(self, http: ClientSession, url: str, token: str) -> None:
        self._http, self._url, self._headers = http, url.rstrip("/"), {"Authorization": f"Bearer {token}"}

    async def get(self, path: str, **query: str) -> Any:
        return await self._call("GET", path, params=query)

    async def put(self, path: str, body: Any) -> Any:
        return await self._call("PUT", path, json=body)

    async def post(self, path: str, body: Any = None) -> Any:
        """Each call is a request of its own: a new Idempotency-Key."""
        return await self._call("POST", path, json=body or {}, headers={"Idempotency-Key": str(uuid4())})

    async def every(self, path: str, **query: str) -> AsyncIterator[Any]:
        """All items of a list, page after page."""
        cursor: str | None = ""
        while cursor is not None:
            page = await self.get(path, **query, **({"cursor": cursor} if cursor else {}))
            for item in page["items"]:
                yield item
            cursor = page["next"]

    async def _call(self, method: str, path: str, headers: dict[str, str] | None = None, **parts: Any) -> Any:
        try:
            url = self._url + quote(path)
            async with self._http.request(method, url, headers=self._headers | (headers or {}), **parts) as answer:
                body = await answer.json(content_type=None) if answer.content_length != 0 else None
                status = answer.status
        except (ClientError, OSError, ValueError) as error:
            raise Unavailable(f"no Billow answers at {self._url}: {error}") from error
        if status >= 500:
            raise Unavailable(f"{method} {path}: {status} {_words(body)}")
        if status >= 400:
            raise ApiRefused(status, _words(body))
        return body


def _words(problem: Any) -> str:
    """The problem (RFC 9457) in one line, with the members it names."""
    if not isinstance(problem, dict):
        return ""
    faults = "; ".join(f"{fault.get('pointer', '')} {fault.get('detail', '')}" for fault in problem.get("errors", []))
    return " ".join(filter(None, (problem.get("title"), problem.get("detail"), faults)))
