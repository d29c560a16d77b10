"""Time is an argument: whoever needs it is given a clock."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The only source of "now". Every answer is in UTC, with its offset."""

    def now(self) -> datetime: ...
