"""What a page of any origin may call from a browser, with the publishable key."""

from collections.abc import Awaitable, Callable

from aiohttp import web

PATH = "/v1/browser-tokens"
ANYBODY = {"Access-Control-Allow-Origin": "*"}
ALLOWED = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Max-Age": "600",
}


@web.middleware
async def cross_origin(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Browsers ask first (OPTIONS), and show a page only answers that say that it may see them."""
    if request.path != PATH:
        return await handler(request)
    asked = request.method == "OPTIONS"
    answer = web.Response(status=204, headers=ALLOWED) if asked else await handler(request)
    answer.headers.update(ANYBODY)
    return answer
