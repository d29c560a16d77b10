"""From how long a user owes to what follows: a value that can be listed, printed and tested alone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.kernel.trouble import Malformed


class OverdueState(StrEnum):
    """In order of severity."""

    CLEAR = "clear"
    WARNED = "warned"
    LIMITED = "limited"
    BLOCKED = "blocked"
    CANCELLED = "cancelled"

    @property
    def blocks(self) -> bool:
        return self in (OverdueState.BLOCKED, OverdueState.CANCELLED)


@dataclass(frozen=True, slots=True)
class OverduePolicy:
    """Which state follows how long after the oldest unpaid request failed first. States and delays only grow."""

    steps: tuple[tuple[OverdueState, timedelta], ...] = ((OverdueState.BLOCKED, timedelta(0)),)

    def __post_init__(self) -> None:
        severities = [list(OverdueState).index(state) for state, _ in self.steps]
        delays = [delay for _, delay in self.steps]
        if severities != sorted(set(severities)) or delays != sorted(delays) or any(d < timedelta(0) for d in delays):
            raise Malformed("the steps of an overdue policy grow in severity and in time")

    @classmethod
    def blocking_after(cls, grace: timedelta) -> "OverduePolicy":
        """Blocked once the grace is over; nothing before."""
        return cls(((OverdueState.BLOCKED, grace),))

    def state(self, unpaid_since: datetime | None, now: datetime) -> OverdueState:
        """The severest state whose time has come."""
        if unpaid_since is None:
            return OverdueState.CLEAR
        reached = [state for state, delay in self.steps if unpaid_since + delay <= now]
        return reached[-1] if reached else OverdueState.CLEAR

    def blocked_since(self, unpaid_since: datetime | None, now: datetime) -> datetime | None:
        """When the first blocking step was reached, if it was."""
        if unpaid_since is None:
            return None
        moments = (unpaid_since + delay for state, delay in self.steps if state.blocks)
        return next((moment for moment in moments if moment <= now), None)

    def wake_at(self, unpaid_since: datetime | None, now: datetime) -> datetime | None:
        """The earliest future threshold."""
        if unpaid_since is None:
            return None
        return next((unpaid_since + delay for _, delay in self.steps if unpaid_since + delay > now), None)


BLOCK_AT_ONCE = OverduePolicy()
"""The seed's rule: blocked with the first failed payment."""
