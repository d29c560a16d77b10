"""Contracts to JSON values and back: unknown fields are ignored, missing or ill-typed ones are `Malformed`."""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from core.contracts.bounds import UNSTORABLE
from core.contracts.message import Message
from core.kernel.money import LARGEST, Money
from core.kernel.trouble import Malformed

M = TypeVar("M", bound=Message)
Json = Any


def to_json(message: Message) -> dict[str, Json]:
    """The JSON body of a message: every field, in order of definition."""
    return {field.name: _encode(getattr(message, field.name)) for field in fields(message)}  # type: ignore[arg-type]


def from_json(contract: type[M], body: Json) -> M:
    """The message a JSON body stands for. Raises `Malformed`, naming the field."""
    if not isinstance(body, Mapping):
        raise Malformed("the body is no JSON object")
    values: dict[str, Any] = {}
    for name, decode, optional in _decoders(contract):  # type: ignore[arg-type]
        if name in body:
            values[name] = _at(name, decode, body[name])
        elif not optional:
            raise Malformed(f"{name}: missing")
    return contract(**values)


def _at(name: str, decode: Callable[[Json], Any], value: Json) -> Any:
    try:
        return decode(value)
    except (Malformed, ValueError, TypeError, OverflowError) as error:
        raise Malformed(f"{name}: {error}") from error


def _encode(value: Any) -> Json:
    match value:
        case Money(minor, currency):
            return {"minor": minor, "currency": currency}
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date() | UUID():
            return str(value)
        case Enum():
            return value.value
        case tuple():
            return [_encode(item) for item in value]
        case _:
            return value


@cache
def _decoders(contract: type[Any]) -> tuple[tuple[str, Callable[[Json], Any], bool], ...]:
    hints = get_type_hints(contract)
    return tuple((f.name, decoder(hints[f.name]), f.default is not MISSING) for f in fields(contract))


def decoder(hint: Any) -> Callable[[Json], Any]:
    """The strict reader of one annotated type."""
    hint = getattr(hint, "__supertype__", hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _optional(decoder(next(a for a in arguments if a is not type(None))))
    if origin is tuple:
        return _tuple_of(decoder(arguments[0]))
    if origin is Literal:
        return _one_of(arguments)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    return _PLAIN[hint]


def _optional(decode: Callable[[Json], Any]) -> Callable[[Json], Any]:
    return lambda value: None if value is None else decode(value)


def _tuple_of(decode: Callable[[Json], Any]) -> Callable[[Json], Any]:
    def read(value: Json) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Malformed("is no list")
        return tuple(decode(item) for item in value)

    return read


def _one_of(choices: tuple[Any, ...]) -> Callable[[Json], Any]:
    def read(value: Json) -> Any:
        if value not in choices:
            raise Malformed(f"is none of {', '.join(map(str, choices))}")
        return value

    return read


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise Malformed("is no text")
    if not value.isprintable() and UNSTORABLE.search(value):
        raise Malformed("holds control characters")
    return value


def _integer(value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Malformed("is no integer")
    if abs(value) >= LARGEST:
        raise Malformed("is too large")
    return value


def _boolean(value: Json) -> bool:
    if not isinstance(value, bool):
        raise Malformed("is neither true nor false")
    return value


def _moment(value: Json) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise Malformed("is a time without offset")
    return moment.astimezone(UTC)


def _money(value: Json) -> Money:
    if not (isinstance(value, Mapping) and "minor" in value and "currency" in value):
        raise Malformed("is no amount: it needs minor and currency")
    return Money(_integer(value["minor"]), _text(value["currency"]))


_PLAIN: dict[Any, Callable[[Json], Any]] = {
    str: _text,
    int: _integer,
    bool: _boolean,
    UUID: lambda value: UUID(_text(value)),
    datetime: _moment,
    date: lambda value: date.fromisoformat(_text(value)),
    Money: _money,
}
