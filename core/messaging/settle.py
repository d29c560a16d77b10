"""What becomes of a message whose handling failed: one function, one policy."""

from dataclasses import dataclass
from datetime import timedelta

from core.kernel.trouble import Malformed, NotFound, Refused, Unavailable


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How long to wait before each further try. After the last one the message is parked."""

    delays: tuple[timedelta, ...]

    def delay(self, failures: int) -> timedelta | None:
        """The wait after this many failures (from 1), or None when it is time to give up."""
        return self.delays[failures - 1] if failures <= len(self.delays) else None


MESSAGE_RETRIES = RetryPolicy(tuple(map(timedelta, (0, 0, 0, 0, 0, 0), (1, 5, 30, 120, 600, 3600))))
"""Seconds 1, 5, 30, then 2 min, 10 min, 1 h: a bad deploy is noticed and mended within the hour."""


@dataclass(frozen=True, slots=True)
class Retry:
    after: timedelta
    reason: str


@dataclass(frozen=True, slots=True)
class Park:
    reason: str


def settlement(error: Exception, failures: int, policy: RetryPolicy = MESSAGE_RETRIES) -> Retry | Park:
    """`failures` counts this one. What makes no sense is parked at once; all else, our own bugs too, is tried again."""
    match error:
        case Malformed():
            return Park(f"malformed: {error}")
        case NotFound() | Unavailable():
            reason = f"{type(error).__name__}: {error}"
        case Refused():
            return Park(f"refused: {error}")
        case _:
            reason = f"crashed: {type(error).__name__}: {error}"
    delay = policy.delay(failures)
    return Park(reason) if delay is None else Retry(delay, reason)
