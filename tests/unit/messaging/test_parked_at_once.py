"""What no role could keep is parked by each at the first try, with the field's name; no transaction is opened."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NoReturn

import pytest

from adapters.cloudevents.wire import CloudEventsWire
from core.contracts.message import Message
from core.contracts.payment_requests import PaymentRequested
from core.contracts.users import UserChanged
from core.messaging.envelope import Wire
from core.messaging.handling import Handler
from core.messaging.ports import Delivery
from core.reacting import messages
from core.reactions import REACTIONS
from tests.conftest import ManualClock
from tests.samples import CONTRACTS, SAMPLES, enveloped

WIRE = CloudEventsWire(CONTRACTS)
FAULTS: tuple[tuple[type[Message], dict[str, Any], str], ...] = (
    (PaymentRequested, {"amount": {"minor": 0, "currency": "EUR"}}, "malformed: amount: is not above 0"),
    (PaymentRequested, {"amount": {"minor": -5, "currency": "EUR"}}, "malformed: amount: is not above 0"),
    (PaymentRequested, {"source": "s" * 101}, "malformed: source: has not 1 to 100 characters"),
    (UserChanged, {"time_zone": "Mars/Olympus"}, "malformed: time_zone: 'Mars/Olympus' is no time zone"),
    (UserChanged, {"locale": "l" * 36}, "malformed: locale: has not 0 to 35 characters"),
)
TAKEN = {row.message: row.reactions for row in messages(REACTIONS)}
CASES = [(role, *fault) for fault in FAULTS for role in TAKEN[fault[0]]]


class Shelf:
    """The queue and its dead letters."""

    def __init__(self) -> None:
        self.parked: list[str] = []
        self.acked = 0

    async def park(self, queue: str, wire: Wire, reason: str) -> None:
        self.parked.append(reason)

    async def ack(self, deliveries: Iterable[Delivery]) -> None:
        self.acked += len(list(deliveries))


def no_transaction(*_: object) -> NoReturn:
    raise AssertionError("nothing is to be written")


@pytest.mark.parametrize(("role", "contract", "change", "reason"), CASES, ids=[f"{c[0]}-{c[3]}" for c in CASES])
async def test_a_message_with_a_fault_is_parked_at_once(
    role: str, contract: type[Message], change: dict[str, Any], reason: str
) -> None:
    good = WIRE.write(enveloped(next(sample for sample in SAMPLES if type(sample) is contract)))
    wire = replace(good, body=json.dumps({**json.loads(good.body), **change}).encode())
    shelf: Any = Shelf()
    reactions = {contract: TAKEN[contract][role]()}
    handler = Handler(f"billow.{role}.test", reactions, no_transaction, WIRE, shelf, ManualClock())  # type: ignore[arg-type]
    await handler(shelf, [Delivery(wire, None)])
    assert (shelf.parked, shelf.acked) == ([reason], 1)


def test_every_role_that_knows_users_is_asked() -> None:
    assert {role for role, contract, *_ in CASES if contract is UserChanged} == {
        "payment", "subscription", "notifier", "activator",
    }  # fmt: skip
