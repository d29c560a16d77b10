"""JSON Schema 2020-12 of a contract, from its annotations: the same rules as `codec.py`, for those outside."""

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from core.contracts.bounds import USER_ID, Bound
from core.contracts.message import Message
from core.kernel.ids import UserId
from core.kernel.money import LARGEST, Money

Schema = dict[str, Any]


def schema_of(contract: type[Message], notes: Mapping[str, str] | None = None) -> Schema:
    """The schema of the JSON body. `notes` describe fields by name."""
    hints, notes = get_type_hints(contract, include_extras=True), notes or {}
    known: tuple[Field[Any], ...] = fields(contract)  # type: ignore[arg-type]
    return {
        "title": contract.__name__,
        "description": contract.__doc__ or "",
        "type": "object",
        "properties": {field.name: _property(hints[field.name], field, notes) for field in known},
        "required": [field.name for field in known if field.default is MISSING],
    }


def _property(hint: Any, field: Field[Any], notes: Mapping[str, str]) -> Schema:
    schema = dict(schema_of_type(hint))
    if field.name in notes:
        schema["description"] = notes[field.name]
    if field.default not in (MISSING, None, ()):
        schema["default"] = field.default
    return schema


def schema_of_type(hint: Any) -> Schema:
    """The schema of one annotated type. Raises `KeyError` for a type that contracts may not use."""
    if hint is UserId:
        return dict(USER_ID.narrow({"type": "string"}))
    hint = getattr(hint, "__supertype__", hint)
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _narrowed(schema_of_type(arguments[0]), arguments[1:])
    if origin in (Union, types.UnionType):
        return {"anyOf": [schema_of_type(a) for a in arguments if a is not type(None)] + [{"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": schema_of_type(arguments[0])}
    if origin is Literal:
        return {"type": "string", "enum": list(arguments)}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"type": "string", "enum": [member.value for member in hint]}
    return _PLAIN[hint]


def _narrowed(schema: Schema, bounds: tuple[Bound, ...]) -> Schema:
    for bound in bounds:
        schema = dict(bound.narrow(schema))
    return schema


_INTEGER: Schema = {"type": "integer", "exclusiveMinimum": -LARGEST, "exclusiveMaximum": LARGEST}
_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: _INTEGER,
    bool: {"type": "boolean"},
    UUID: {"type": "string", "format": "uuid"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
    Money: {
        "type": "object",
        "description": "An amount in minor units (cents of EUR, whole yen of JPY) of an ISO 4217 currency.",
        "properties": {"minor": _INTEGER, "currency": {"type": "string", "pattern": "^[A-Z]{3}$"}},
        "required": ["minor", "currency"],
    },
}
