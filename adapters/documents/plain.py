"""Text from outside, made fit for a page: no markup is possible later, and no control character is left."""

import unicodedata
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

T = TypeVar("T")

MOST_CHARACTERS = 400
_TOO_WIDE = {ord("﷽"): "بسم الله الرحمن الرحيم"}  # one glyph as wide as a line takes seconds to wrap
_UNFIT = frozenset({"Cc", "Cs", "Cn", "Co"})
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_RTL = frozenset({"R", "AL"})


def plain(text: str) -> str:
    """One line, without control, unassigned or direction-changing characters, and of a length that can be set."""
    text = text[: MOST_CHARACTERS + 1].translate(_TOO_WIDE)
    line = "".join(" " if char.isspace() else char for char in text if char.isspace() or _fit(char))
    return f"{line[:MOST_CHARACTERS]}…" if len(line) > MOST_CHARACTERS else line


def tidy(value: T) -> T:
    """The same value with every text inside it `plain`, however deep."""
    return cast(T, _tidy(value))


def _tidy(value: Any) -> Any:
    match value:
        case str():
            return plain(value)
        case tuple():
            return tuple(map(_tidy, value))
        case _ if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{field.name: _tidy(getattr(value, field.name)) for field in fields(value)})
        case _:
            return value


def direction(text: str) -> str:
    """ "rtl" or "ltr" by the first letter that has a direction (UAX #9, P2 and P3); numbers alone read as "ltr"."""
    for char in text:
        kind = unicodedata.bidirectional(char)
        if kind == "L":
            return "ltr"
        if kind in _RTL:
            return "rtl"
    return "ltr"


def _fit(char: str) -> bool:
    return unicodedata.category(char) not in _UNFIT and char not in _BIDI_CONTROLS
