import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kernel.strict_json import dump, parse
from core.kernel.trouble import Malformed

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18) + 1, 10**18 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="ascii", min_codepoint=1)), inner)
    ),
    max_leaves=20,
)


@given(values)
def test_sane_json_means_what_it_says(value: object) -> None:
    assert parse(json.dumps(value).encode()) == value
    assert parse(dump(value)) == value


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": 1} x',
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"1e400",
        b'{"a": 1, "a": 1}',
        b'[{"x": {"a": 1, "\\u0061": 2}}]',
        b"1" * 19,
        b"-" + b"1" * 19,
        b"[" * 33 + b"]" * 33,
        b"[" * 100_000,
        b'{"a":' * 33 + b"1" + b"}" * 33,
        b'"\xff"',
        "\ufeff{}".encode(),
        "{}".encode("utf-16"),
        b'"\\u0000"',
        b'"\\ud800"',
        b'{"\\udc00": 1}',
        b'"\0"',
        b'"\\',
        b'"\\u',
    ],
    ids=repr,
)
def test_what_readers_could_understand_differently_is_refused(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse(raw)


@pytest.mark.parametrize(
    "raw",
    [b"[" * 32 + b"]" * 32, b"9" * 18, b"-" + b"9" * 18, b'"[[[[' + b"[" * 99 + b'"', b'"\\ud83d\\ude00 \\\\u0000"'],
)
def test_the_limits_themselves_are_allowed(raw: bytes) -> None:
    assert parse(raw) == json.loads(raw)


@pytest.mark.parametrize("unit", [b"[", b'"\\"', b'"', b"{", b"1", b"\\", b'"\\u0041'], ids=repr)
def test_sixty_four_kilobytes_of_anything_are_refused_quickly(unit: bytes) -> None:
    began = time.perf_counter()
    with pytest.raises(Malformed):
        parse(unit * (64 * 1024 // len(unit)))
    assert time.perf_counter() - began < 0.5
