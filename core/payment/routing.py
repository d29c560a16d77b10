"""Which gateway keeps a new card when its owner names none."""

from dataclasses import dataclass

from core.kernel.ids import CardId
from core.kernel.trouble import Refused


@dataclass(frozen=True, slots=True)
class Route:
    """A gateway, the leading digits of the numbers it is meant for (none: all), and its share among equals."""

    gateway: str
    prefixes: tuple[str, ...] = ()
    weight: int = 1

    def fit(self, number: str) -> int:
        """The length of the longest prefix that fits; 0 for a route for all numbers, -1 for none."""
        if not self.prefixes:
            return 0
        return max((len(prefix) for prefix in self.prefixes if number.startswith(prefix)), default=-1)


@dataclass(frozen=True, slots=True)
class RoutingPolicy:
    """The longest fitting prefix decides; routes that fit equally share cards by weight, always the same way."""

    routes: tuple[Route, ...] = (Route("a"), Route("b"))
    browser_forms: frozenset[str] = frozenset()
    """The gateways whose provider has a form of its own in the browser."""

    def choose(self, card_id: CardId, number: str) -> str:
        """Raises `Refused` when no gateway takes such cards."""
        best = max((route.fit(number) for route in self.routes), default=-1)
        fitting = [route for route in self.routes if route.fit(number) == best and route.weight > 0]
        if best < 0 or not fitting:
            raise Refused("no gateway takes this card")
        place = card_id.int % sum(route.weight for route in fitting)
        for route in fitting:
            place -= route.weight
            if place < 0:
                return route.gateway
        raise AssertionError("the place is below the sum of weights")

    def require(self, gateway: str, *, browser_form: bool) -> str:
        """Raises `Refused` for a gateway that is not there, or cannot take what it is brought."""
        if gateway not in {route.gateway for route in self.routes}:
            raise Refused(f"there is no gateway {gateway!r}")
        if browser_form and gateway not in self.browser_forms:
            raise Refused(f"gateway {gateway!r} takes no token of a browser form")
        return gateway


ROUTING = RoutingPolicy()
