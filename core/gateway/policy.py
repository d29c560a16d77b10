"""How patient a gateway is with its provider: values that can be listed, printed and tested alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ProviderPolicy:
    """What this provider is known for, and when its answers are asked for again."""

    unknown: tuple[timedelta, ...] = (30 * SECOND, 5 * MINUTE, HOUR, *(5 * (DAY,)))
    """The waits before each status query while it may or may not have charged; then a person has to look."""
    pending: tuple[timedelta, ...] = (HOUR, *(14 * (DAY,)))
    """The same while the provider says it will know later."""
    not_attempted: tuple[timedelta, ...] = tuple(300 * SECOND * 2**n for n in range(7))
    """The waits before each new try while the provider cannot be reached: with the first, eight tries."""
    settles_within: timedelta = MINUTE
    """So long after a charge the provider may still say "not found"."""
    not_found_gap: timedelta = 5 * MINUTE
    """"Not found" is believed when it is said again after this time."""
    key_lives: timedelta = 24 * HOUR
    """So long the provider remembers an idempotency key."""
    lease: timedelta = 2 * MINUTE
    """Longer than any call takes: what is still `submitting` after it was left by a process that died."""

    def key_alive(self, first_sent_at: datetime | None, now: datetime) -> bool:
        return first_sent_at is None or now - first_sent_at < self.key_lives


USUAL = ProviderPolicy()
