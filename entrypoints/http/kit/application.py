"""One aiohttp application out of the operations of one role, or of all of them."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from entrypoints.http.kit.api import Api
from entrypoints.http.kit.body import MAX_BYTES
from entrypoints.http.kit.callers import Tokens
from entrypoints.http.kit.correlation import correlation
from entrypoints.http.kit.middleware import problems
from entrypoints.http.kit.openapi import document
from entrypoints.http.kit.operation import Operation


def application(apis: Sequence[Api], *, tokens: Tokens, title: str, issuer: str) -> web.Application:
    """Raises `ValueError` where two roles declare the same route."""
    app = web.Application(middlewares=[correlation, problems], client_max_size=MAX_BYTES)
    for api in apis:
        for operation in api.operations:
            _add(app, operation, tokens)
    _add_document(app, document(title, apis, issuer=issuer))
    return app


def _add(app: web.Application, operation: Operation, tokens: Tokens) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        return await operation.answer_to(request, tokens)

    if operation.method == "GET":
        app.router.add_get(operation.path, answer)  # and HEAD with it
    else:
        app.router.add_route(operation.method, operation.path, answer)


def _add_document(app: web.Application, content: dict[str, Any]) -> None:
    async def openapi(_request: web.Request) -> web.Response:
        return web.json_response(content)

    app.router.add_get("/openapi.json", openapi)
