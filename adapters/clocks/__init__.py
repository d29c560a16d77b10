"""Clocks: the machine's, and one that can be moved forward for stories and tests."""

from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class MovingClock:
    """Runs like the machine's clock, from `start` on, and can be moved forward. It never goes back."""

    def __init__(self, start: datetime) -> None:
        self._ahead = start - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, by: timedelta) -> None:
        if by < timedelta(0):
            raise ValueError("time does not go back")
        self._ahead += by

    def move_to(self, moment: datetime) -> None:
        """To this moment, unless it is past already."""
        self.advance(max(timedelta(0), moment - self.now()))
