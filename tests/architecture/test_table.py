"""The table of reactions is complete, and everything about queues follows from it."""

from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path

from core.contracts.message import Message
from core.reacting import ROLES, Every, When
from core.reactions import REACTIONS
from core.topology import contracts, topology

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = {"access.blocked.v1", "access.restored.v1"}
"""Published for products; no role of ours consumes them."""


def defined() -> set[type[Message]]:
    found: set[type[Message]] = set()
    for path in (ROOT / "core/contracts").glob("*.py"):
        module = import_module(f"core.contracts.{path.stem}")
        found |= {thing for thing in vars(module).values() if isinstance(thing, type) and issubclass(thing, Message)}
    return found - {Message}


def test_every_contract_is_in_the_table_once() -> None:
    assert set(contracts()) == defined()
    assert len(contracts()) == len(set(contracts()))


def test_every_message_is_handled_by_somebody_or_meant_for_products() -> None:
    unhandled = {row.message.kind for row in REACTIONS if isinstance(row, When) and not row.reactions}
    assert unhandled == OUTSIDE


def test_every_verb_of_the_table_is_a_frozen_value() -> None:
    for row in REACTIONS:
        some = row.reactions if isinstance(row, When) else row.ticks if isinstance(row, Every) else {}
        for use_case in [*some.values(), *(e for es in getattr(row, "errands", {}).values() for e in es)]:
            assert is_dataclass(use_case), use_case
            assert use_case.__dataclass_params__.frozen, use_case


def test_the_exchanges_are_the_topics_of_the_design() -> None:
    assert set(topology(["a", "b"]).exchanges) == {
        "billow.payment-requests",
        "billow.gateway.a.charges",
        "billow.gateway.b.charges",
        "billow.gateway.a.card-validations",
        "billow.gateway.b.card-validations",
        "billow.payment-responses",
        "billow.card-responses",
        "billow.users",
        "billow.notices",
        "billow.access",
    }


def test_queues_are_named_by_consumer_and_topic() -> None:
    names = {queue.name for queue in topology(["a"]).queues}
    assert {"billow.payment.payment-requests", "billow.gateway-a.charges", "billow.notifier.payment-responses"} <= names
    assert len(names) == len(topology(["a"]).queues)


def test_only_the_sealed_card_is_perishable() -> None:
    assert [queue.name for queue in topology(["a"]).queues if queue.perishable] == ["billow.gateway-a.card-validations"]


def test_roles_are_the_contexts_of_core() -> None:
    assert {path.name for path in (ROOT / "core").iterdir() if (path / "ports.py").exists()} == {*ROLES, "messaging"}


def test_amounts_travel_as_money() -> None:
    for contract in contracts():
        assert not [f.name for f in fields(contract) if f.name in ("minor", "price", "total")]  # type: ignore[arg-type]
