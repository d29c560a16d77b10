"""RabbitMQ's management API: policies, and what lies around that nothing uses."""

from types import TracebackType
from typing import Any
from urllib.parse import quote

import aiohttp
from yarl import URL

from adapters.rabbitmq.policies import Policy
from core.kernel.trouble import Unavailable

_SECONDS = 15


class Management:
    """`url`: http(s)://user:password@host:15672. The user needs the tag `policymaker`."""

    def __init__(self, url: str, vhost: str) -> None:
        parsed = URL(url)
        self._base = parsed.with_user(None)
        self._vhost = quote(vhost, safe="")
        self._session = aiohttp.ClientSession(
            headers={"Authorization": aiohttp.encode_basic_auth(parsed.user or "guest", parsed.password or "guest")},
            timeout=aiohttp.ClientTimeout(total=_SECONDS),
        )

    async def __aenter__(self) -> "Management":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def policies(self) -> dict[str, dict[str, Any]]:
        """By name, with the members of `Policy.body`."""
        known = await self._call("GET", f"policies/{self._vhost}")
        members = ("pattern", "definition", "priority", "apply-to")
        return {policy["name"]: {member: policy[member] for member in members} for policy in known}

    async def set(self, policy: Policy) -> None:
        await self._call("PUT", f"policies/{self._vhost}/{quote(policy.name, safe='')}", policy.body)

    async def bindings(self) -> list[dict[str, Any]]:
        return list(await self._call("GET", f"bindings/{self._vhost}"))

    async def queues(self) -> list[str]:
        return [queue["name"] for queue in await self._call("GET", f"queues/{self._vhost}?columns=name")]

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        url = URL(f"{str(self._base).rstrip('/')}/api/{path}", encoded=True)
        try:
            async with self._session.request(method, url, json=body) as response:
                if response.status >= 400:
                    raise Unavailable(f"management API: {method} {path} answered {response.status}")
                return await response.json() if method == "GET" else None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise Unavailable(f"management API: {error}") from error
