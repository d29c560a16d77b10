"""What the values of a message may be: said in its annotations, held when it is made, published in its schema."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Annotated, Any, Protocol, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

from core.kernel.ids import UserId
from core.kernel.money import LARGEST, Money
from core.kernel.trouble import Malformed

Schema = Mapping[str, Any]
Check = Callable[[Any], None]

UNSTORABLE = re.compile("[\0-\x08\x0b-\x1f\x7f\ud800-\udfff]")
"""Control characters except tab and new line; lone surrogates, which no UTF-8 writer takes."""


class Bound(Protocol):
    """Metadata of an annotation."""

    def check(self, value: Any) -> None:
        """Raises `Malformed`."""
        ...

    def narrow(self, schema: Schema) -> Schema:
        """The JSON Schema of the type, with this rule."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """So many characters, none of them a control character except tab and new line."""

    least: int
    most: int

    def check(self, value: str) -> None:
        if not self.least <= len(value) <= self.most:
            raise Malformed(f"has not {self.least} to {self.most} characters")
        if not value.isprintable() and UNSTORABLE.search(value):
            raise Malformed("holds control characters")

    def narrow(self, schema: Schema) -> Schema:
        return {**schema, **({"minLength": self.least} if self.least else {}), "maxLength": self.most}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from `least` to `most`."""

    least: int
    most: int

    def check(self, value: int) -> None:
        if not self.least <= value <= self.most:
            raise Malformed(f"is not from {self.least} to {self.most}")

    def narrow(self, schema: Schema) -> Schema:
        return {"type": schema["type"], "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class Positive:
    """An amount above nothing."""

    def check(self, value: Money) -> None:
        if value.minor <= 0:
            raise Malformed("is not above 0")

    def narrow(self, schema: Schema) -> Schema:
        minor = {"type": "integer", "minimum": 1, "exclusiveMaximum": LARGEST}
        return {**schema, "properties": {**schema["properties"], "minor": minor}}


@dataclass(frozen=True, slots=True)
class Items:
    """At most so many items."""

    most: int

    def check(self, value: tuple[Any, ...]) -> None:
        if len(value) > self.most:
            raise Malformed(f"has more than {self.most} items")

    def narrow(self, schema: Schema) -> Schema:
        return {**schema, "maxItems": self.most}


@dataclass(frozen=True, slots=True)
class KnownZone:
    """A name of the IANA time zone database."""

    def check(self, value: str) -> None:
        if not _is_zone(value):
            raise Malformed(f"{value!r} is no time zone")

    def narrow(self, schema: Schema) -> Schema:
        return schema


@lru_cache(maxsize=1024)
def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


USER_ID = Text(1, 255)


def hold_to_bounds(message: Any) -> None:
    """Raises `Malformed`, naming the field, for a message that holds what its annotations do not allow."""
    for name, check in _checks(type(message)):  # type: ignore[arg-type]
        try:
            check(getattr(message, name))
        except Malformed as error:
            raise Malformed(f"{name}: {error}") from error


@cache
def _checks(contract: type[Any]) -> tuple[tuple[str, Check], ...]:
    hints = get_type_hints(contract, include_extras=True)
    return tuple((name, check) for name, hint in hints.items() if (check := _check_of(hint)))


def _check_of(hint: Any) -> Check | None:
    if hint is UserId:
        return USER_ID.check
    if get_origin(hint) is Annotated:
        inner, *bounds = get_args(hint)
        return _all([*([check] if (check := _check_of(inner)) else []), *(bound.check for bound in bounds)])
    if get_origin(hint) is tuple and (each := _check_of(get_args(hint)[0])):
        return _each(each)
    return None


def _all(checks: list[Check]) -> Check:
    def check(value: Any) -> None:
        for one in checks:
            one(value)

    return check if len(checks) > 1 else checks[0]


def _each(each: Check) -> Check:
    def check(value: tuple[Any, ...]) -> None:
        for item in value:
            each(item)

    return check
