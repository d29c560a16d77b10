"""What a handler's parameters are filled from: its signature is the description."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NewType, Protocol

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from core.kernel.identity import Caller
from core.kernel.strict_json import UNSTORABLE
from entrypoints.http.kit.body import read_json
from entrypoints.http.kit.callers import Owner
from entrypoints.http.kit.problem import HttpProblem, invalid, pointer, unfit

CorrelationId = NewType("CorrelationId", str)
"""One request and everything it causes; goes into the messages a handler sends."""

MISSING = inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class Header:
    """`Annotated[str, Header("If-Match")]` is read from that header."""

    name: str


@dataclass(slots=True)
class Call:
    """One request on its way to its handler."""

    request: web.Request
    correlation_id: CorrelationId
    caller: Caller | None = None
    owner: Owner | None = None
    values: dict[str, Any] = field(default_factory=dict)
    """What was read so far, by parameter name."""


class Input(Protocol):
    """Fills one parameter of a handler."""

    @property
    def name(self) -> str: ...

    @property
    def parameters(self) -> "tuple[Value, ...]":
        """What of it the document lists."""

    async def read(self, call: Call) -> Any: ...


@dataclass(frozen=True, slots=True)
class Value:
    """A typed value of the path, the query or a header."""

    name: str
    where: str
    alias: str
    adapter: TypeAdapter[Any]
    default: Any

    @property
    def required(self) -> bool:
        return self.default is MISSING

    @property
    def parameters(self) -> "tuple[Value, ...]":
        return (self,)

    async def read(self, call: Call) -> Any:
        found = self.found(call.request)
        if not found and not self.required:
            return self.default
        try:
            return self._parsed(found)
        except HttpProblem:
            if self.where == "path":  # a path that names nothing is no fault of form: there simply is no such thing
                raise HttpProblem(404) from None
            raise

    def _parsed(self, found: list[str]) -> Any:
        if len(found) != 1 or UNSTORABLE.search(found[0]):
            raise unfit((pointer(self.where, self.alias), "Exactly one value of plain text is needed"))
        try:
            return self.adapter.validate_strings(found[0])
        except ValidationError as error:
            raise invalid(error, self.where, self.alias) from error

    def found(self, request: web.Request) -> list[str]:
        match self.where:
            case "path":
                return [request.match_info[self.alias]]
            case "query":
                return request.query.getall(self.alias, [])
            case _:
                return request.headers.getall(self.alias, [])


@dataclass(frozen=True, slots=True)
class Body:
    """The JSON body, validated in JSON mode."""

    name: str
    adapter: TypeAdapter[Any]
    default: Any

    @property
    def required(self) -> bool:
        return self.default is MISSING

    @property
    def parameters(self) -> tuple[Value, ...]:
        return ()

    async def read(self, call: Call) -> Any:
        if not (self.required or call.request.body_exists):
            return self.default
        raw = await read_json(call.request)
        try:
            return self.adapter.validate_json(raw)
        except ValidationError as error:
            raise invalid(error, "body") from error


@dataclass(frozen=True, slots=True)
class Given:
    """Something the kit already knows of the call."""

    name: str
    take: Callable[[Call], Any]

    @property
    def parameters(self) -> tuple[Value, ...]:
        return ()

    async def read(self, call: Call) -> Any:
        return self.take(call)
