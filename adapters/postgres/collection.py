"""A table under the `Collection` port: rows are read and locked once, and written in bulk when the transaction ends."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Generic, TypeVar

from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.models import Model

from core.kernel.trouble import NotFound

K = TypeVar("K")
E = TypeVar("E")
R = TypeVar("R", bound=Model)


class TableCollection(Generic[K, E, R]):
    """A subclass names its Tortoise model and the two mapping functions. The model's `pk` is the key.

    Things made of several tables override `load` and `write`."""

    row: ClassVar[type[Any]]

    def __init__(self, db: TransactionWrapper) -> None:
        self.db = db
        self._known: dict[K, E | None] = {}
        self._stored: set[K] = set()
        self._dirty: dict[K, None] = {}

    def key(self, thing: E) -> K:
        raise NotImplementedError

    def to_row(self, thing: E) -> R:
        raise NotImplementedError

    def from_row(self, row: R) -> E:
        raise NotImplementedError

    async def find(self, key: K) -> E | None:
        if key not in self._known:
            await self.preload([key])
        return self._known[key]

    async def get(self, key: K) -> E:
        thing = await self.find(key)
        if thing is None:
            raise NotFound(f"{key} is not here")
        return thing

    def save(self, thing: E) -> None:
        key = self.key(thing)
        self._known[key] = thing
        self._dirty[key] = None

    async def preload(self, keys: Iterable[K]) -> None:
        """Read and lock in one statement what will be asked for."""
        wanted = [key for key in dict.fromkeys(keys) if key not in self._known]
        if wanted:
            self._known.update(dict.fromkeys(wanted))
            self.remember(await self.load(wanted))

    def remember(self, stored: Iterable[E]) -> list[E]:
        """Note things that were read and locked by another query; what was changed here already stays as changed."""
        now: list[E] = []
        for thing in stored:
            key = self.key(thing)
            self._stored.add(key)
            if self._known.get(key) is None:
                self._known[key] = thing
            now.append(self._known[key])  # type: ignore[arg-type]
        return now

    async def load(self, keys: Sequence[K]) -> list[E]:
        rows = self.row.filter(pk__in=keys).order_by(self.row._meta.pk_attr).select_for_update().using_db(self.db)
        return [self.from_row(row) for row in await rows]

    async def flush(self) -> int:
        """Write what was saved; answers how many things."""
        new = [self._known[key] for key in self._dirty if key not in self._stored]
        changed = [self._known[key] for key in self._dirty if key in self._stored]
        self._stored.update(self._dirty)
        self._dirty.clear()
        await self.write([thing for thing in new if thing], [thing for thing in changed if thing])
        return len(new) + len(changed)

    async def write(self, new: Sequence[E], changed: Sequence[E]) -> None:
        await insert(self.row, [self.to_row(thing) for thing in new], self.db)
        await update(self.row, [self.to_row(thing) for thing in changed], self.db)


async def insert(model: type[Any], rows: Sequence[Model], db: TransactionWrapper) -> None:
    """Rows that must be new; one that is there already loses the race."""
    if rows:
        await model.bulk_create(rows, using_db=db)


async def update(model: type[Any], rows: Sequence[Model], db: TransactionWrapper) -> None:
    """Rows that we hold the lock of: every column but the key."""
    if rows:
        key = model._meta.pk_attr
        columns = [name for name in model._meta.fields_db_projection if name != key]
        await model.bulk_create(rows, using_db=db, on_conflict=[key], update_fields=columns)
