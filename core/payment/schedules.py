"""When to try again and when to remind: settings with the rules of their use."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from core.payment.model import Payment

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """The waits between automatic tries: the first after the first failure, each next after the one before.
    Without waits nothing is retried by itself."""

    waits: tuple[timedelta, ...] = (2 * DAY, 5 * DAY, 7 * DAY, 7 * DAY)

    def next(self, payment: Payment) -> datetime | None:
        """The first date after the last failure, whoever caused it: missed dates and manual tries cost none.
        None when the last decline is hard or the schedule is at its end."""
        first, last = payment.first_failed_at, payment.last_failure
        if first is None or last is None or last.settled_at is None or last.decline is None or last.decline.hard:
            return None
        ended = last.settled_at
        return next((first + wait for wait in accumulate(self.waits) if first + wait > ended), None)


@dataclass(frozen=True, slots=True)
class ReminderRhythm:
    """Who owes is reminded once in this time, reckoned from the first failure."""

    every: timedelta = 3 * DAY


RETRY_SCHEDULE, REMINDER_RHYTHM = RetrySchedule(), ReminderRhythm()
