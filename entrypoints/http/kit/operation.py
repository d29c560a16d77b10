"""One operation: who may call it, what it is given, and what it answers."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

from aiohttp import web
from pydantic import TypeAdapter

from entrypoints.http.kit.callers import Tokens, authenticate, authorize
from entrypoints.http.kit.correlation import CORRELATION_ID
from entrypoints.http.kit.idempotency import OnceInput, Replayed
from entrypoints.http.kit.inputs import Body, Call, CorrelationId, Input, Value
from entrypoints.http.kit.shapes import Redirect
from entrypoints.http.kit.signature import inputs_of

Handler = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    handler: Handler
    status: int
    callers: tuple[str, ...]
    errors: tuple[int, ...]
    money: bool
    inputs: tuple[Input, ...]
    answer: TypeAdapter[Any] | None
    """None where the answer is empty, a redirect or a response of the handler's own."""

    redirects: bool

    @property
    def summary(self) -> str:
        return (inspect.getdoc(self.handler) or self.handler.__name__).splitlines()[0]

    @property
    def body(self) -> Body | None:
        return next((part for part in self.inputs if isinstance(part, Body)), None)

    @property
    def values(self) -> list[Value]:
        return [value for part in self.inputs for value in part.parameters]

    async def answer_to(self, request: web.Request, tokens: Tokens) -> web.StreamResponse:
        """The caller is known and allowed before a byte of the body is read."""
        call = Call(request, CorrelationId(request[CORRELATION_ID]))
        if self.callers:
            call.caller = await authenticate(request, tokens)
            call.owner = authorize(call.caller, self.callers)
        for part in self.inputs:
            call.values[part.name] = await part.read(call)
        try:
            return self._response(await self.handler(**call.values))
        except Replayed as replayed:
            return replayed.response()

    def _response(self, result: Any) -> web.StreamResponse:
        if isinstance(result, web.StreamResponse):
            return result
        if isinstance(result, Redirect):
            return web.Response(status=302, headers={"Location": result.location})
        if self.answer is None:
            return web.Response(status=self.status)
        return web.Response(status=self.status, body=self.answer.dump_json(result), content_type="application/json")


def operation(
    handler: Handler,
    method: str,
    path: str,
    *,
    status: int | None,
    callers: tuple[str, ...],
    errors: tuple[int, ...],
    money: bool,
) -> Operation:
    """Read the handler's signature once, when it is declared: a mistake shows at the start, not at the first call."""
    hint = get_type_hints(handler, include_extras=True).get("return", type(None))
    redirects = hint is Redirect
    own = redirects or hint is type(None) or (inspect.isclass(hint) and issubclass(hint, web.StreamResponse))
    answer: TypeAdapter[Any] | None = None if own else TypeAdapter(hint)
    usual = 302 if redirects else 204 if hint is type(None) else 200
    status = status or usual
    inputs = inputs_of(handler, path, once=OnceInput(method, path, status, answer) if money else None)
    return Operation(method, path, handler, status, callers, errors, money, inputs, answer, redirects)
