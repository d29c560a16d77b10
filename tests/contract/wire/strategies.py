"""Any message a contract allows, from its annotations."""

import types
from dataclasses import fields
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from core.contracts.bounds import Bound, Items, KnownZone, Positive, Text, Whole
from core.contracts.message import Message
from core.kernel.ids import UserId
from core.kernel.money import EXPONENTS, LARGEST, Money

PRINTABLE = st.characters(exclude_categories=("Cc", "Cs"))
INSIDE = PRINTABLE | st.sampled_from("\n\t")
WHOLE = st.integers(1 - LARGEST, LARGEST - 1)
MOMENTS = st.builds(
    lambda naive, hours: naive.replace(tzinfo=timezone(timedelta(hours=hours))),
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001
    st.sampled_from((-11, 0, 5, 14)),
)
PLAIN: dict[Any, st.SearchStrategy[Any]] = {
    UserId: st.text(PRINTABLE, min_size=1, max_size=255),
    str: st.text(INSIDE, max_size=40),
    int: WHOLE,
    datetime: MOMENTS,
    Money: st.builds(Money, WHOLE, st.sampled_from(sorted(EXPONENTS))),
}


def messages(contract: type[Message]) -> st.SearchStrategy[Message]:
    """Messages of this kind."""
    hints = get_type_hints(contract, include_extras=True)
    return st.builds(contract, **{field.name: of(hints[field.name]) for field in fields(contract)})


def of(hint: Any) -> st.SearchStrategy[Any]:
    """Values of an annotated type."""
    if get_origin(hint) is Annotated:
        return bounded(*get_args(hint))
    if hint in PLAIN:
        return PLAIN[hint]
    if get_origin(hint) is tuple:
        return st.lists(of(get_args(hint)[0]), max_size=4).map(tuple)
    if isinstance(hint, types.UnionType):
        return st.one_of(*map(of, get_args(hint)))
    return st.from_type(getattr(hint, "__supertype__", hint))


ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/Argentina/ComodRivadavia", "Etc/GMT-14"])


def bounded(hint: Any, *bounds: Bound) -> st.SearchStrategy[Any]:
    """Values up to the bounds, and often at them."""
    match bounds:
        case (Text(), KnownZone()):
            return ZONES
        case (Text(least, most),):
            return st.text(INSIDE, min_size=least, max_size=min(most, 40)) | INSIDE.map(lambda one: one * most)
        case (Whole(least, most),):
            return st.integers(least, most)
        case (Positive(),):
            return st.builds(Money, st.integers(1, LARGEST - 1), st.sampled_from(sorted(EXPONENTS)))
        case (Items(most),):
            return st.lists(of(get_args(hint)[0]), max_size=most).map(tuple)
    raise AssertionError(f"no strategy for {bounds}")
