"""Lists by cursor: a cursor is the sort key of the last row seen, so pages neither shift nor repeat."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import Field, TypeAdapter

from core.kernel import strict_json
from core.kernel.trouble import Malformed
from entrypoints.http.kit.inputs import Call, Value
from entrypoints.http.kit.problem import HttpProblem

LARGEST_PAGE = 100
USUAL_PAGE = 50

K = TypeVar("K")
Row = TypeVar("Row")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Page:
    """What part of a list is wanted."""

    limit: int = USUAL_PAGE
    cursor: str | None = None

    @property
    def fetch(self) -> int:
        """Ask the database for one more than is shown: it tells whether there is a next page."""
        return self.limit + 1

    def after(self, key: type[K]) -> K | None:
        """The sort key (a NamedTuple) to continue behind; None is the beginning. Raises 400 for a bad cursor."""
        if self.cursor is None:
            return None
        try:
            raw = urlsafe_b64decode(self.cursor.encode("ascii") + b"==")
            strict_json.parse(raw)
            found: K = _in_utc(TypeAdapter(key).validate_json(raw))
        except (ValueError, OverflowError, Malformed) as error:
            raise HttpProblem(400, "The cursor is none of ours.", kind="bad-cursor") from error
        return found


@dataclass(frozen=True, slots=True)
class Listing(Generic[V]):
    """One page; `next` is the cursor of the page behind it, null at the end."""

    items: Sequence[V]
    next: str | None


def listing(rows: Sequence[Row], page: Page, *, key: Callable[[Row], Any], view: Callable[[Row], V]) -> Listing[V]:
    """Cut the `page.fetch` rows the database gave into a page."""
    shown = rows[: page.limit]
    more = len(rows) > page.limit
    return Listing([view(row) for row in shown], _cursor(key(shown[-1])) if more else None)


def _in_utc(key: Any) -> Any:
    """Raises for a time without an offset, and for one that UTC has no year for: no database takes them."""
    times = {name: value for name, value in key._asdict().items() if isinstance(value, datetime)}
    if any(time.tzinfo is None for time in times.values()):
        raise ValueError("a time without an offset")
    return key._replace(**{name: time.astimezone(UTC) for name, time in times.items()})


def _cursor(key: Any) -> str:
    raw = TypeAdapter(type(key)).dump_json(key)
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


_LIMIT: TypeAdapter[Any] = TypeAdapter(Annotated[int, Field(ge=1, le=LARGEST_PAGE)])
_CURSOR: TypeAdapter[Any] = TypeAdapter(Annotated[str, Field(min_length=1, max_length=1024)])


@dataclass(frozen=True, slots=True)
class PageInput:
    """Fills a `Page` from `?limit=` and `?cursor=`."""

    name: str
    parameters: tuple[Value, ...] = field(
        default=(
            Value("limit", "query", "limit", _LIMIT, USUAL_PAGE),
            Value("cursor", "query", "cursor", _CURSOR, None),
        )
    )

    async def read(self, call: Call) -> Page:
        limit, cursor = [await value.read(call) for value in self.parameters]
        return Page(limit, cursor)
