"""The message reference is generated, complete, and true of real messages."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from adapters.cloudevents.wire import CloudEventsWire
from core.contracts.message import Message
from core.reacting import messages
from core.reactions import REACTIONS
from core.topology import contracts, topology
from entrypoints.docs.__main__ import HERE, main
from entrypoints.docs.facts import kinds
from entrypoints.docs.files import files
from tests.samples import SAMPLES, enveloped

DOCUMENT = json.loads(files()["asyncapi.json"])


def schema_file(kind: str) -> Any:
    return json.loads((HERE / "schemas" / f"{kind}.json").read_text("utf-8"))


def test_generating_again_changes_nothing(tmp_path: Path) -> None:
    main(tmp_path)
    made, kept = ({f.relative_to(d): f.read_text("utf-8") for f in d.rglob("*.*")} for d in (tmp_path, HERE))
    assert made == kept, "run python -m entrypoints.docs"


def test_there_is_a_sample_and_a_schema_of_every_kind_and_of_no_other() -> None:
    known = {contract.kind for contract in contracts()}
    assert {sample.kind for sample in SAMPLES} == known
    assert {path.stem for path in (HERE / "schemas").iterdir()} == known


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind)
def test_a_real_message_fits_its_published_schemas(sample: Message) -> None:
    wire = CloudEventsWire(contracts()).write(enveloped(sample))
    body = Draft202012Validator(schema_file(sample.kind), format_checker=FormatChecker())
    body.validate(json.loads(wire.body))
    Draft202012Validator(DOCUMENT["components"]["schemas"]["Headers"]).validate(dict(wire.headers))
    assert set(wire.headers) == set(DOCUMENT["components"]["schemas"]["Headers"]["properties"])


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind)
def test_a_message_with_a_field_missing_does_not_fit(sample: Message) -> None:
    schema = schema_file(sample.kind)
    body = json.loads(CloudEventsWire(contracts()).write(enveloped(sample)).body)
    for field in schema["required"]:
        assert not Draft202012Validator(schema).is_valid({name: body[name] for name in body if name != field})


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else [])
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from references(child)


def test_every_reference_in_the_document_leads_somewhere() -> None:
    for reference in references(DOCUMENT):
        node = DOCUMENT
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
        assert node


def test_every_exchange_is_a_channel_with_its_kinds() -> None:
    exchanges = {channel["bindings"]["amqp"]["exchange"]["name"] for channel in DOCUMENT["channels"].values()}
    assert {name.format(gateway="a") for name in exchanges} == set(topology(["a"]).exchanges)
    for channel in DOCUMENT["channels"].values():
        assert ("parameters" in channel) == ("{gateway}" in channel["address"])
        assert set(channel["messages"]) == {c.kind for c in contracts() if c.topic == channel["address"]}


def test_every_reaction_is_a_receiving_operation() -> None:
    received = {
        (operation["tags"][0]["name"], reference["$ref"].rpartition("/")[2])
        for operation in DOCUMENT["operations"].values()
        if operation["action"] == "receive"
        for reference in operation["messages"]
    }
    for row in messages(REACTIONS):
        assert {(role, row.message.kind) for role in row.reactions} <= received


def test_everybody_knows_who_publishes_a_kind_and_who_wants_it() -> None:
    for kind in kinds():
        assert kind.publishers, kind.name
        assert kind.consumers or kind.outside_consumer, kind.name


def test_the_reference_names_every_field_and_every_link_in_it_leads_to_a_file() -> None:
    text = files()["README.md"]
    for kind in kinds():
        assert f"### {kind.name}\n" in text
        assert all(f"| `{field}` |" in text for field in kind.schema["properties"])
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (HERE / target).exists(), target
