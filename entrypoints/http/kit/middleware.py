"""Whatever happens on the way, the client sees a problem and never a trace."""

from http import HTTPStatus

import structlog
from aiohttp import HttpVersion11, web
from aiohttp.typedefs import Handler

from core.kernel.trouble import Trouble
from entrypoints.http.kit.problem import HttpProblem, of_trouble

log = structlog.get_logger(__name__)

_KEPT = ("Allow", "Location", "Retry-After", "WWW-Authenticate", "Connection")
_ALWAYS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Server": "billow"}


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        _refuse_ambiguous(request)
        response = await handler(request)
    except web.HTTPException as error:
        response = of_http_exception(error)
    except HttpProblem as problem:
        response = problem.response()
    except Trouble as trouble:
        response = of_trouble(trouble).response()
    except Exception:
        log.exception("request_crashed")
        response = HttpProblem(500).response()
    if not response.prepared:
        _harden(response)
    return response


def _refuse_ambiguous(request: web.Request) -> None:
    """HTTP/1.0 knows no Transfer-Encoding: a proxy in front may see another end of the request (RFC 9112 §6.1)."""
    if request.version < HttpVersion11 and "Transfer-Encoding" in request.headers:
        raise HttpProblem(400, headers={"Connection": "close"})


def of_http_exception(error: web.HTTPException) -> web.Response:
    """aiohttp's own refusals (404, 405, 413 ...) and redirects, with the headers that mean something."""
    headers = {name: error.headers[name] for name in _KEPT if name in error.headers}
    if error.status < HTTPStatus.BAD_REQUEST:
        return web.Response(status=error.status, headers=headers)
    return HttpProblem(error.status, headers=headers).response()


def _harden(response: web.StreamResponse) -> None:
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
