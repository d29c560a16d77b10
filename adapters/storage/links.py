"""Links to one file, for whoever holds them, until they expire."""

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from urllib.parse import quote, urlencode

import obstore
from obstore.store import S3Store

from core.kernel.secret import Secret

LONGEST = timedelta(days=7)
"""S3 presigns for no longer, so nobody does."""


class Links(Protocol):
    async def url(self, key: str, filename: str, lifetime: timedelta) -> str: ...

    def verify(self, key: str, filename: str, expires: str, signature: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class SignedLinks:
    """A folder signs nothing by itself: we serve its files under `base_url` to those who bring our HMAC.

    Links live in real time, whatever a demo's clock says. `older` secrets still verify while they are rotated."""

    base_url: str
    secret: Secret[bytes]
    older: tuple[Secret[bytes], ...] = ()
    now: Callable[[], float] = time.time

    async def url(self, key: str, filename: str, lifetime: timedelta) -> str:
        expires = str(int(self.now() + min(lifetime, LONGEST).total_seconds()))
        signature = _signature(self.secret, key, filename, expires)
        query = urlencode({"expires": expires, "filename": filename, "signature": signature}, quote_via=quote)
        return f"{self.base_url.rstrip('/')}/{quote(key)}?{query}"

    def verify(self, key: str, filename: str, expires: str, signature: str) -> bool:
        """Whether we signed exactly this and its time is not over. Compared in constant time, all secrets alike."""
        signed = [_signature(secret, key, filename, expires) for secret in (self.secret, *self.older)]
        known = [hmac.compare_digest(ours.encode(), signature.encode("utf-8", "replace")) for ours in signed]
        return any(known) and expires.isascii() and expires.isdigit() and self.now() < int(expires)


@dataclass(frozen=True, slots=True)
class PresignedLinks:
    """S3 serves its files itself, under the name they were stored with."""

    store: S3Store

    async def url(self, key: str, filename: str, lifetime: timedelta) -> str:  # noqa: ARG002  # stored with the object
        return await obstore.sign_async(self.store, "GET", key, min(lifetime, LONGEST))

    def verify(self, key: str, filename: str, expires: str, signature: str) -> bool:  # noqa: ARG002
        """Never: we serve none of its files."""
        return False


def _signature(secret: Secret[bytes], *parts: str) -> str:
    """Each part with its length before it, so that no two lists of parts are signed alike."""
    told = b"".join(len(raw).to_bytes(4, "big") + raw for raw in (part.encode("utf-8", "replace") for part in parts))
    return hmac.digest(secret.reveal(), b"billow file link\0" + told, "sha256").hex()
