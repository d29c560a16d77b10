"""The grammar of `core/reactions.py`: typed, so that a message beside a use case for another one is no valid row."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from core.activator.ports import ActivatorTx
from core.contracts.message import Message
from core.gateway.ports import GatewayTx
from core.messaging.shapes import Asking, Errand, Reaction, Tick
from core.notifier.ports import NotifierTx
from core.payment.ports import PaymentTx
from core.subscription.ports import SubscriptionTx

M = TypeVar("M", bound=Message)

ROLES = ("payment", "subscription", "gateway", "notifier", "activator")


@dataclass(frozen=True, slots=True)
class When:
    """When the message arrives, each role does its part. No roles: it is published for others, outside Billow."""

    message: type[Message]
    reactions: Mapping[str, type[Any]]
    asking: bool = False


@dataclass(frozen=True, slots=True)
class Every:
    """Each role's piece of work is looked at once in a period."""

    period: timedelta
    ticks: Mapping[str, type[Any]]


@dataclass(frozen=True, slots=True)
class Errands:
    """Rows of work that each role carries out as they fall due."""

    errands: Mapping[str, tuple[type[Any], ...]]


def when(
    message: type[M],
    *,
    payment: type[Reaction[M, PaymentTx]] | None = None,
    subscription: type[Reaction[M, SubscriptionTx]] | None = None,
    gateway: type[Reaction[M, GatewayTx]] | None = None,
    notifier: type[Reaction[M, NotifierTx]] | None = None,
    activator: type[Reaction[M, ActivatorTx]] | None = None,
) -> When:
    given = zip(ROLES, (payment, subscription, gateway, notifier, activator), strict=True)
    return When(message, {role: reaction for role, reaction in given if reaction is not None})


def when_asked(message: type[M], *, gateway: type[Asking[M, Any, GatewayTx]]) -> When:
    return When(message, {"gateway": gateway}, asking=True)


def every(
    period: timedelta,
    *,
    payment: type[Tick[PaymentTx]] | None = None,
    subscription: type[Tick[SubscriptionTx]] | None = None,
    activator: type[Tick[ActivatorTx]] | None = None,
) -> Every:
    given = {"payment": payment, "subscription": subscription, "activator": activator}
    return Every(period, {role: tick for role, tick in given.items() if tick is not None})


def errands(
    *,
    gateway: tuple[type[Errand[Any, Any, GatewayTx]], ...],
    notifier: tuple[type[Errand[Any, Any, NotifierTx]], ...],
) -> Errands:
    return Errands({"gateway": gateway, "notifier": notifier})


Row = When | Every | Errands


def messages(rows: Iterable[Row]) -> list[When]:
    return [row for row in rows if isinstance(row, When)]
