"""What a database error means for the unit of work: try it again, or it is a bug."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from tortoise.exceptions import DBConnectionError, IntegrityError

from core.kernel.trouble import Unavailable

AGAIN = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.TooManyConnectionsError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    DBConnectionError,
    OSError,
)
"""The server or the connection was in trouble, or another transaction was in the way. `OSError`: refused, timed out, no
route, no such socket. `InternalClientError`: the driver, when its server goes away between two statements."""


@contextmanager
def translated() -> Iterator[None]:
    """Raise `Unavailable` for what another try may mend. A unique violation is a lost race, seen at the next try."""
    try:
        yield
    except AGAIN as error:
        raise Unavailable(f"database: {type(error).__name__}: {error}") from error
    except (IntegrityError, asyncpg.UniqueViolationError) as error:
        if _lost_race(error):
            raise Unavailable(f"database: lost a race: {error}") from error
        raise


def _lost_race(error: BaseException) -> bool:
    return isinstance(error, asyncpg.UniqueViolationError) or isinstance(error.__cause__, asyncpg.UniqueViolationError)
