"""What card networks allow of repeated tries: data, not code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.kernel.money import Money
from core.payment.ports import Try

LONGEST_WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so many tries of one card within the time; `same_amount` counts only tries for that amount."""

    most: int
    within: timedelta
    same_amount: bool = False

    def free_from(self, tries: Sequence[Try], amount: Money, at: datetime) -> datetime:
        """When the next try is within the cap."""
        counted = [one.at for one in tries if one.at > at - self.within and self._counts(one, amount)]
        return at if len(counted) < self.most else counted[-self.most] + self.within

    def _counts(self, one: Try, amount: Money) -> bool:
        return not self.same_amount or one.amount == amount


@dataclass(frozen=True, slots=True)
class Network:
    """One network's rules. Codes are words of an attempt's detail, as gateways write them: the issuer's response code
    by itself ("51"), and beside it what Mastercard advises the merchant ("51 advice=24")."""

    brand: str
    caps: tuple[Cap, ...] = ()
    never_after: frozenset[str] = frozenset()
    wait_after: tuple[tuple[str, timedelta], ...] = ()

    def earliest(self, tries: Sequence[Try], amount: Money, at: datetime) -> datetime | None:
        words = [(one, set(one.detail.split())) for one in tries]
        if any(self.never_after & said for _, said in words):
            return None
        waits = [one.at + wait for one, said in words for code, wait in self.wait_after if code in said]
        return max([at, *waits, *(cap.free_from(tries, amount, at) for cap in self.caps)])


HOUR, DAY = timedelta(hours=1), timedelta(days=1)

VISA = Network(
    "visa",
    caps=(Cap(20, 30 * DAY, same_amount=True),),
    never_after=frozenset({"04", "07", "15", "41", "43", "46"}),
)
MASTERCARD = Network(
    "mastercard",
    caps=(Cap(10, DAY), Cap(35, 30 * DAY)),
    never_after=frozenset({"advice=03", "advice=21"}),
    wait_after=tuple(
        (f"advice={code}", wait)
        for code, wait in zip(range(24, 31), (HOUR, DAY, 2 * DAY, 4 * DAY, 6 * DAY, 8 * DAY, 10 * DAY), strict=True)
    ),
)


@dataclass(frozen=True, slots=True)
class NetworkRules:
    """The rules of all networks; a brand that is not here has none."""

    networks: tuple[Network, ...] = (VISA, MASTERCARD)

    def earliest(self, brand: str, tries: Sequence[Try], amount: Money, at: datetime) -> datetime | None:
        """When an automatic try is allowed: `at`, later, or never (None). `tries` are of this card, oldest first."""
        for network in self.networks:
            if network.brand == brand.lower():
                return network.earliest(tries, amount, at)
        return at


NETWORK_RULES = NetworkRules()
