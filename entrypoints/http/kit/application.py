"""One aiohttp application out of the operations of one role, or of all of them."""

from collections.abc import Mapping, Sequence

from aiohttp import web
from prometheus_client import CollectorRegistry

from entrypoints.http.kit.api import Api
from entrypoints.http.kit.body import MAX_BYTES
from entrypoints.http.kit.callers import Tokens
from entrypoints.http.kit.correlation import correlation
from entrypoints.http.kit.metrics import measured, metrics_route
from entrypoints.http.kit.middleware import problems
from entrypoints.http.kit.openapi import document
from entrypoints.http.kit.operation import Operation
from entrypoints.http.kit.probes import Check, probe_routes


def application(
    apis: Sequence[Api],
    *,
    tokens: Tokens,
    title: str,
    issuer: str,
    checks: Mapping[str, Check] | None = None,
    registry: CollectorRegistry | None = None,
) -> web.Application:
    """The operations, and what every role has: document, probes, metrics. Raises `ValueError` for a doubled route."""
    registry = registry or CollectorRegistry()
    app = web.Application(middlewares=[correlation, measured(registry), problems], client_max_size=MAX_BYTES)
    app.add_routes([_route(operation, tokens) for api in apis for operation in api.operations])
    app.add_routes([*probe_routes(checks or {}), metrics_route(registry)])
    app.add_routes([_document_route(apis, title, issuer)])
    return app


def _route(operation: Operation, tokens: Tokens) -> web.RouteDef:
    async def answer(request: web.Request) -> web.StreamResponse:
        return await operation.answer_to(request, tokens)

    if operation.method == "GET":
        return web.get(operation.path, answer)  # and HEAD with it
    return web.route(operation.method, operation.path, answer)


def _document_route(apis: Sequence[Api], title: str, issuer: str) -> web.RouteDef:
    content = document(title, apis, issuer=issuer)

    async def openapi(_request: web.Request) -> web.Response:
        return web.json_response(content)

    return web.get("/openapi.json", openapi)
