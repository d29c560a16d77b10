"""The published schema says the same as the codec."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from core.contracts.message import Message
from core.kernel.trouble import Malformed
from core.messaging.codec import from_json, to_json
from core.messaging.schema import schema_of
from tests.contract.wire.strategies import messages
from tests.samples import CONTRACTS, SAMPLES

KINDS = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.kind)
MISFITS = (None, True, 7, 1.5, "", "text", [], [7], {}, {"minor": 1}, 10**15, "2026-03-01", "\x00")


def validator(contract: type[Message]) -> Draft202012Validator:
    Draft202012Validator.check_schema(schema_of(contract))
    return Draft202012Validator(schema_of(contract), format_checker=FormatChecker())


@KINDS
@settings(deadline=None)
@given(data=st.data())
def test_every_message_that_can_be_written_fits_its_schema(contract: type[Message], data: st.DataObject) -> None:
    validator(contract).validate(json.loads(json.dumps(to_json(data.draw(messages(contract))))))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind)
def test_what_the_codec_takes_in_any_field_the_schema_takes_too(sample: Message) -> None:
    schema, body = validator(type(sample)), to_json(sample)
    for field in body:
        for misfit in MISFITS:
            changed = {**body, field: misfit}
            assert not taken(type(sample), changed) or schema.is_valid(changed), (field, misfit)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind)
def test_a_field_may_be_left_out_for_both_or_for_neither(sample: Message) -> None:
    schema, body = validator(type(sample)), to_json(sample)
    for field in body:
        rest = {name: value for name, value in body.items() if name != field}
        assert taken(type(sample), rest) == schema.is_valid(rest), field


def taken(contract: type[Message], body: dict[str, Any]) -> bool:
    try:
        from_json(contract, body)
    except Malformed:
        return False
    return True
