"""The issuer's keys, cached: rotation without outage, and no stampede on the issuer."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from joserfc.jwk import KeySet

from core.kernel.trouble import Unavailable

TTL_SECONDS = 3600.0
REFETCH_SECONDS = 30.0
FIRST_RETRY_SECONDS = 1.0
STALE_SECONDS = 24 * 3600.0

log = structlog.get_logger(__name__)


class JwksCache:
    """Keys older than the TTL are renewed in the background and used meanwhile, at most a day if the issuer is away."""

    def __init__(
        self, fetch: Callable[[], Awaitable[KeySet]], *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._fetch, self._monotonic = fetch, monotonic
        self._keys: KeySet | None = None
        self._fetched_at = self._tried_at = float("-inf")
        self._flight: asyncio.Task[None] | None = None

    @property
    def age_seconds(self) -> float:
        """Infinite before the first success."""
        return self._monotonic() - self._fetched_at

    async def keys(self) -> KeySet:
        """The keys to check with. Raises `Unavailable` where there are none, or only ones that are too old."""
        if self._keys is None or self.age_seconds > STALE_SECONDS:
            await self._renew(FIRST_RETRY_SECONDS)
        elif self.age_seconds > TTL_SECONDS:
            self._take_off(REFETCH_SECONDS)
        if self._keys is None or self.age_seconds > STALE_SECONDS:
            raise Unavailable("the issuer's keys are away")
        return self._keys

    async def keys_for_unknown_id(self) -> KeySet:
        """The keys after a rotation: asks the issuer again, at most every 30 s however many ids are made up."""
        await self._renew(REFETCH_SECONDS)
        return await self.keys()

    async def _renew(self, pause: float) -> None:
        if flight := self._take_off(pause):
            # Others wait for the same flight: one who gives up must not take it down.
            await asyncio.shield(flight)

    def _take_off(self, pause: float) -> asyncio.Task[None] | None:
        """The flight under way, or a new one unless the last is less than `pause` seconds ago."""
        if self._flight is None and self._monotonic() - self._tried_at >= pause:
            self._tried_at = self._monotonic()
            self._flight = asyncio.create_task(self._fly())
        return self._flight

    async def _fly(self) -> None:
        try:
            self._keys, self._fetched_at = await self._fetch(), self._monotonic()
        except Exception as error:
            log.warning("jwks_fetch_failed", error=type(error).__name__, age_seconds=self.age_seconds)
        finally:
            self._flight = None
