"""A handler's signature says what it is given, so it is described nowhere else."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from aiohttp import web
from pydantic import TypeAdapter

from core.kernel.identity import Caller
from entrypoints.http.kit.callers import Owner
from entrypoints.http.kit.idempotency import Once, OnceInput
from entrypoints.http.kit.inputs import MISSING, Body, Call, CorrelationId, Given, Header, Input, Value
from entrypoints.http.kit.paging import Page, PageInput

_GIVEN: dict[Any, Callable[[Call], Any]] = {
    web.Request: lambda call: call.request,
    Caller: lambda call: call.caller,
    Owner: lambda call: call.owner,
    CorrelationId: lambda call: call.correlation_id,
}


def inputs_of(handler: Callable[..., Any], path: str, *, once: OnceInput | None) -> tuple[Input, ...]:
    """By type what the kit gives, by name the path and `body`, marked headers; the rest is the query."""
    inputs = list(_inputs(handler, path, once))
    if sum(isinstance(part, OnceInput) for part in inputs) != (once is not None):
        raise TypeError(f"{path}: an operation that moves money takes an Once, and no other does")
    # The fingerprint covers what the others have read, so it comes last.
    return tuple(sorted(inputs, key=lambda part: isinstance(part, OnceInput)))


def _inputs(handler: Callable[..., Any], path: str, once: OnceInput | None) -> Iterator[Input]:
    hints = get_type_hints(handler, include_extras=True)
    for parameter in inspect.signature(handler).parameters.values():
        hint = hints[parameter.name]
        if hint is Once:
            yield replace(once or OnceInput(), name=parameter.name)
        else:
            yield _input(parameter, hint, path)


def _input(parameter: inspect.Parameter, hint: Any, path: str) -> Input:
    name, default = parameter.name, parameter.default
    if hint in _GIVEN:
        return Given(name, _GIVEN[hint])
    if hint is Page:
        return PageInput(name)
    if name == "body":
        return Body(name, TypeAdapter(hint), default)
    return _value(name, hint, default, path)


def _value(name: str, hint: Any, default: Any, path: str) -> Value:
    if f"{{{name}}}" in path:
        return Value(name, "path", name, TypeAdapter(hint), MISSING)
    if header := _marked_header(hint):
        return Value(name, "header", header.name, TypeAdapter(hint), default)
    return Value(name, "query", name, TypeAdapter(hint), default)


def _marked_header(hint: Any) -> Header | None:
    if get_origin(hint) is not Annotated:
        return None
    return next((mark for mark in get_args(hint) if isinstance(mark, Header)), None)
