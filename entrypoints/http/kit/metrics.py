"""How many requests, how long, by route pattern; one log line for each."""

import time

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest

UNMATCHED = "unmatched"

log = structlog.get_logger(__name__)


def measured(registry: CollectorRegistry) -> Middleware:
    """A middleware that observes `billow_http_request_seconds{method, route, status}`."""
    seconds = Histogram(
        "billow_http_request_seconds", "Time to answer a request.", ["method", "route", "status"], registry=registry
    )

    @web.middleware
    async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
        began = time.perf_counter()
        response = await handler(request)
        took = time.perf_counter() - began
        route = route_of(request)
        # A method is the client's own word: it becomes a label only where a route knows it.
        method = request.method if route != UNMATCHED else UNMATCHED
        seconds.labels(method, route, str(response.status)).observe(took)
        log.info("http_request", method=method, route=route, status=response.status, seconds=round(took, 4))
        return response

    return measure


def route_of(request: web.Request) -> str:
    """The pattern of the path, never the path: it holds ids, and there is no end of them."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else UNMATCHED


def metrics_route(registry: CollectorRegistry) -> web.RouteDef:
    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=generate_latest(registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return web.get("/metrics", metrics)
