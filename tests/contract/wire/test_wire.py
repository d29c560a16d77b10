"""Messages on the wire: what is written is read back, and whatever else arrives is `Malformed`."""

import json
import re
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.cloudevents.wire import LARGEST_BODY, CloudEventsWire
from core.contracts.message import Message
from core.contracts.users import UserChanged
from core.kernel.trouble import Malformed
from core.messaging.envelope import Wire
from tests.contract.wire.strategies import messages
from tests.samples import CONTRACTS, SAMPLES, enveloped

WIRE = CloudEventsWire(CONTRACTS)
REQUEST = SAMPLES[0]
GOOD = WIRE.write(enveloped(REQUEST))
KINDS = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.kind)


@KINDS
@settings(deadline=None)
@given(data=st.data())
def test_every_message_is_read_back_as_it_was_written(contract: type[Message], data: st.DataObject) -> None:
    envelope = enveloped(data.draw(messages(contract)))
    assert WIRE.read(WIRE.write(envelope)) == envelope


def test_the_attributes_are_those_of_cloudevents_in_binary_mode() -> None:
    assert dict(GOOD.headers) == {
        "ce-id": "00000000-0000-0000-0000-000000000001",
        "ce-source": "billow/payment",
        "ce-type": "payment.requested.v1",
        "ce-specversion": "1.0",
        "ce-subject": REQUEST.subject,
        "ce-time": "2026-03-01T12:00:00Z",
        "ce-correlationid": "chain-1",
        "ce-causationid": "cause-1",
        "ce-sequence": "1",
        "ce-traceparent": enveloped(REQUEST).trace.traceparent,
    }
    assert GOOD.content_type == "application/json"
    assert json.loads(GOOD.body)["amount"] == {"minor": 999, "currency": "EUR"}


def with_headers(**changes: str | None) -> Wire:
    headers = {**GOOD.headers, **{f"ce-{name}": value for name, value in changes.items()}}
    return replace(GOOD, headers={name: value for name, value in headers.items() if value is not None})


def with_body(**changes: Any) -> Wire:
    return replace(GOOD, body=json.dumps({**json.loads(GOOD.body), **changes}).encode())


def test_a_products_message_needs_none_of_our_extensions() -> None:
    wire = with_headers(correlationid=None, causationid=None, sequence=None, traceparent=None, subject=None, time=None)
    read = WIRE.read(wire)
    assert (read.message, read.sequence) == (REQUEST, 0)
    assert read.trace.correlation_id == read.trace.causation_id == wire.message_id
    assert read.time.tzinfo is UTC


def test_an_id_that_is_no_uuid_names_the_same_message_each_time_and_another_one_for_another_source() -> None:
    first, again = (WIRE.read(with_headers(id="order-17")).id for _ in range(2))
    assert first == again != WIRE.read(with_headers(id="order-17", source="shop")).id


def test_fields_we_do_not_know_are_ignored() -> None:
    assert WIRE.read(with_body(coupon={"code": 1.5})).message == REQUEST


BAD = {
    "no id": with_headers(id=None),
    "empty id": with_headers(id=""),
    "long id": with_headers(id="x" * 256),
    "id with a new line": with_headers(id="a\nb"),
    "no source": with_headers(source=None),
    "no type": with_headers(type=None),
    "unknown type": with_headers(type="payment.requested.v2"),
    "another specification": with_headers(specversion="0.3"),
    "a time that is none": with_headers(time="yesterday"),
    "a time without offset": with_headers(time="2026-03-01T12:00:00"),
    "a time out of range": with_headers(time="0001-01-01T00:00:00+14:00"),
    "a sequence that is none": with_headers(sequence="-1"),
    "not JSON": replace(GOOD, body=b"{"),
    "empty": replace(GOOD, body=b""),
    "not UTF-8": replace(GOOD, body=b'{"a": "\xff"}'),
    "no object": replace(GOOD, body=b"[1]"),
    "NaN": replace(GOOD, body=GOOD.body[:-1] + b',"x":NaN}'),
    "a duplicate key": replace(GOOD, body=GOOD.body[:-1] + b',"source":"again"}'),
    "100,000 levels": replace(GOOD, body=b"[" * 100_000 + b"]" * 100_000),
    "33 levels": with_body(x=json.loads("[" * 33 + "]" * 33)),
    "5,000 digits": replace(GOOD, body=GOOD.body[:-1] + b',"x":' + b"9" * 5000 + b"}"),
    "too large": with_body(description="x" * LARGEST_BODY),
    "text, not JSON": replace(GOOD, content_type="text/plain"),
    "structured mode": replace(GOOD, content_type="application/cloudevents+json"),
    "a field missing": replace(GOOD, body=json.dumps({"source": "x"}).encode()),
    "a float amount": with_body(amount={"minor": 9.99, "currency": "EUR"}),
    "a text amount": with_body(amount="9.99"),
    "half an amount": with_body(amount={"minor": 999}),
    "an unknown currency": with_body(amount={"minor": 999, "currency": "XXX"}),
    "a boolean for a number": with_body(amount={"minor": True, "currency": "EUR"}),
    "nothing to charge": with_body(amount={"minor": 0, "currency": "EUR"}),
    "a negative amount": with_body(amount={"minor": -999, "currency": "EUR"}),
    "an empty source": with_body(source=""),
    "a source of 101 characters": with_body(source="s" * 101),
    "a request id of 256 characters": with_body(request_id="r" * 256),
    "no description": with_body(description=""),
    "a description of 1001 characters": with_body(description="d" * 1001),
    "no user": with_body(user_id=""),
    "a user id of 256 characters": with_body(user_id="x" * 256),
    "a lone surrogate": replace(GOOD, body=GOOD.body.replace(b"Plus", rb"\ud800")),
    "a NUL": with_body(description="\x00"),
    "a moment out of range": with_body(requested_at="0001-01-01T00:00:00+14:00"),
    "a date that is none": with_body(period_start="2026-02-30"),
    "null where something is needed": with_body(user_id=None),
}


@pytest.mark.parametrize("wire", BAD.values(), ids=BAD)
def test_whatever_is_no_message_is_malformed_for_a_short_reason(wire: Wire) -> None:
    with pytest.raises(Malformed) as reason:
        WIRE.read(wire)
    assert 0 < len(str(reason.value)) < 600


CHANGED = next(sample for sample in SAMPLES if isinstance(sample, UserChanged))
USER = WIRE.write(enveloped(CHANGED))


def user_with(**changes: Any) -> Wire:
    return replace(USER, body=json.dumps({**json.loads(USER.body), **changes}).encode())


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("time_zone", "Mars/Olympus", "time_zone: 'Mars/Olympus' is no time zone"),
        ("time_zone", "../../etc/passwd", "time_zone: '../../etc/passwd' is no time zone"),
        ("time_zone", "", "time_zone: has not 1 to 64 characters"),
        ("name", "n" * 201, "name: has not 1 to 200 characters"),
        ("address", ["line"] * 7, "address: has more than 6 items"),
        ("address", ["x" * 201], "address: has not 1 to 200 characters"),
        ("email", "e" * 255, "email: has not 3 to 254 characters"),
        ("tax_id", "t" * 51, "tax_id: has not 0 to 50 characters"),
        ("locale", "l" * 36, "locale: has not 0 to 35 characters"),
    ],
)
def test_a_user_nobody_can_keep_is_malformed_for_every_role_with_the_fields_name(
    field: str, value: Any, reason: str
) -> None:
    with pytest.raises(Malformed, match=f"^{re.escape(reason)}$"):
        WIRE.read(user_with(**{field: value}))


@pytest.mark.parametrize("locale", ["tlh", "xx-Nowhere", "en_US", ""])
def test_a_language_nobody_speaks_is_no_reason_to_refuse_a_user(locale: str) -> None:
    assert WIRE.read(user_with(locale=locale)).message == replace(CHANGED, locale=locale)


def test_no_message_can_be_made_that_could_not_be_read() -> None:
    with pytest.raises(Malformed, match="description: holds control characters"):
        replace(REQUEST, description="\x01")


def read_or_malformed(wire: Wire) -> None:
    try:
        envelope = WIRE.read(wire)
    except Malformed:
        return
    assert WIRE.read(WIRE.write(envelope)) == envelope


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(sorted(GOOD.headers)), st.text()), st.binary(), st.text())
def test_garbage_raises_nothing_but_malformed(headers: dict[str, str], body: bytes, content_type: str) -> None:
    read_or_malformed(Wire({**GOOD.headers, **headers}, body, content_type))


@KINDS
@settings(deadline=None)
@given(data=st.data())
def test_a_message_with_any_value_in_any_field_raises_nothing_but_malformed(
    contract: type[Message], data: st.DataObject
) -> None:
    good = WIRE.write(enveloped(next(sample for sample in SAMPLES if type(sample) is contract)))
    body = json.loads(good.body)
    field = data.draw(st.sampled_from(sorted(body)))
    read_or_malformed(replace(good, body=json.dumps({**body, field: data.draw(JSON)}).encode()))


@given(st.sampled_from(sorted(GOOD.headers)), st.text())
def test_a_message_with_any_text_in_any_attribute_raises_nothing_but_malformed(name: str, text: str) -> None:
    read_or_malformed(replace(GOOD, headers={**GOOD.headers, name: text}))
