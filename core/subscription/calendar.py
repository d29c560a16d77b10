"""When periods start: reckoned from the anchor day in the user's time zone, never from the previous date."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.kernel.trouble import Malformed


class Interval(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


LONGEST_COUNT = 366
"""No period spans more than this many intervals."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Every `count` days, weeks, months or years."""

    interval: Interval
    count: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.count <= LONGEST_COUNT:
            raise Malformed(f"a period has 1 to {LONGEST_COUNT} intervals")

    def start(self, anchor: date, index: int) -> date:
        """The first day of the period `index` (from 0). A day the month does not have becomes its last day."""
        steps = index * self.count
        match self.interval:
            case Interval.DAY:
                return anchor + timedelta(days=steps)
            case Interval.WEEK:
                return anchor + timedelta(weeks=steps)
            case Interval.MONTH:
                return _months_after(anchor, steps)
            case Interval.YEAR:
                return _months_after(anchor, 12 * steps)


@dataclass(frozen=True, slots=True)
class Period:
    """The days [start, end), due at `due_at` (UTC)."""

    index: int
    start: date
    end: date
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """All periods there will ever be. Raises `Malformed` for a time zone nobody knows."""

    anchor: date
    recurrence: Recurrence
    time_zone: str

    def period(self, index: int) -> Period:
        start, end = (self.recurrence.start(self.anchor, i) for i in (index, index + 1))
        return Period(index, start, end, midnight(start, zone(self.time_zone)))

    def first_not_before(self, day: date) -> int:
        """The index of the first period that starts on `day` or later."""
        low, high = 0, 1
        while self.recurrence.start(self.anchor, high) < day:
            low, high = high, high * 2
        while low < high:
            middle = (low + high) // 2
            if self.recurrence.start(self.anchor, middle) < day:
                low = middle + 1
            else:
                high = middle
        return low


def zone(name: str) -> ZoneInfo:
    """The IANA time zone. Raises `Malformed`."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise Malformed(f"{name!r} is no time zone") from error


def midnight(day: date, where: ZoneInfo) -> datetime:
    """The UTC moment a local day begins: the first of two midnights when clocks go back over it; the moment of the jump
    when clocks skip it, so that a day which never was (Apia, 30 December 2011) is due when the next one begins."""
    return datetime.combine(day, time(), where).astimezone(UTC)


def today(now: datetime, time_zone: str) -> date:
    """The date on the wall of whoever lives there."""
    return now.astimezone(zone(time_zone)).date()


def _months_after(anchor: date, months: int) -> date:
    year, month = divmod(12 * anchor.year + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))
