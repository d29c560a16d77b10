"""Every error leaves as RFC 9457 problem+json: one exception, one document, one mapping of core's words for trouble."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from core.kernel.trouble import Conflict, Malformed, NotFound, Refused, Trouble, Unavailable

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
_UNPROCESSABLE = 422

T = TypeVar("T")


class ProblemDetails(BaseModel):
    """RFC 9457 problem details; `type` is `about:blank` where the status says it all."""

    model_config = ConfigDict(extra="allow", title="Problem")
    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None


class HttpProblem(Exception):
    """An answer that is no success. The detail and the members are shown to the client as they are."""

    def __init__(
        self,
        status: int,
        detail: str | None = None,
        *,
        kind: str | None = None,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(status, detail)
        self.status = status
        self.headers = dict(headers or {})
        self.details = ProblemDetails(
            type=f"urn:billow:problem:{kind}" if kind else "about:blank",
            title=kind.replace("-", " ").capitalize() if kind else phrase(status),
            status=status,
            detail=detail,
            **members,
        )

    @property
    def body(self) -> str:
        return self.details.model_dump_json(exclude_none=True)

    def response(self) -> web.Response:
        return web.Response(
            status=self.status, body=self.body.encode(), content_type=CONTENT_TYPE, headers=self.headers
        )


def phrase(status: int) -> str:
    """The standard words of a status code."""
    # Python renamed this one between versions; the words must not depend on the interpreter.
    return "Unprocessable Content" if status == _UNPROCESSABLE else HTTPStatus(status).phrase


def invalid(error: ValidationError, *parts: str) -> HttpProblem:
    """422 with a JSON pointer for each fault below `parts`; what was sent is never repeated."""
    return unfit(*((pointer(*parts, *fault["loc"]), fault["msg"]) for fault in error.errors()))


def unfit(*faults: tuple[str, str]) -> HttpProblem:
    """422 for faults given as pointer and words."""
    errors = [{"pointer": where, "detail": words} for where, words in faults]
    return HttpProblem(_UNPROCESSABLE, "The request does not fit its description.", kind="invalid", errors=errors)


def pointer(*parts: str | int) -> str:
    """An RFC 6901 pointer below `/body`, `/path`, `/query` or `/header`."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def found(thing: T | None) -> T:
    """The thing, or 404."""
    if thing is None:
        raise NotFound
    return thing


def of_trouble(trouble: Trouble) -> HttpProblem:
    """How core's words for trouble read in HTTP."""
    match trouble:
        case NotFound():
            return HttpProblem(404)
        case Conflict():
            return HttpProblem(409, str(trouble) or None, kind="conflict")
        case Refused():
            return HttpProblem(_UNPROCESSABLE, str(trouble) or None, kind="refused")
        case Malformed():
            return HttpProblem(_UNPROCESSABLE, str(trouble) or None, kind="malformed")
        case Unavailable():
            return HttpProblem(503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
        case _:
            raise TypeError(f"no status for {type(trouble).__name__}")
