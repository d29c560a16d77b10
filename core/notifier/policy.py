"""How patient the notifier is, and how invoices are numbered: values that can be listed, printed and tested alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.notifier.model import zone

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Numbering:
    """Numbers such as "2026-000001", gapless from 1 in each year of the seller's calendar; `series` stands before."""

    series: str = ""
    time_zone: str = "UTC"

    def year(self, at: datetime) -> int:
        return at.astimezone(zone(self.time_zone)).year

    def number(self, year: int, serial: int) -> str:
        return f"{self.series}{year}-{serial:06}"


@dataclass(frozen=True, slots=True)
class FilePolicy:
    """An invoice is owed: its file is tried for ever, at the last wait's pace."""

    retries: tuple[timedelta, ...] = (MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR)
    unknown_buyer: timedelta = HOUR
    """How often a waiting invoice looks for its buyer by itself; their arrival wakes it at once."""
    lease: timedelta = 5 * MINUTE

    def wait(self, tries: int) -> timedelta:
        return self.retries[min(tries, len(self.retries)) - 1]


@dataclass(frozen=True, slots=True)
class NoticePolicy:
    """A notice that cannot be handed over is tried again for four days."""

    retries: tuple[timedelta, ...] = (
        MINUTE,
        5 * MINUTE,
        30 * MINUTE,
        HOUR,
        3 * HOUR,
        6 * HOUR,
        12 * HOUR,
        *(3 * (DAY,)),
    )
    lease: timedelta = 5 * MINUTE

    def wait(self, tries: int) -> timedelta | None:
        """The wait after this many tries, or None when it is time to give up."""
        return self.retries[tries - 1] if tries <= len(self.retries) else None


USUAL_NUMBERING, USUAL_FILES, USUAL_NOTICES = Numbering(), FilePolicy(), NoticePolicy()
