"""A database as it is deployed: every schema migrated, every role with a user of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from adapters.postgres.privileges import grant, user_of
from entrypoints.settings import schemas
from tests.conftest import Databases

SCHEMAS = schemas(("a", "b"))


@asynccontextmanager
async def connected(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def granted(databases: Databases) -> str:
    """URL of the owner. Granted twice, for whoever deploys runs the scripts again."""
    url = await databases.fresh(*SCHEMAS)
    for schema in (*SCHEMAS, *SCHEMAS):
        await grant(url, schema)
    return url


def as_user(url: str, schema: str) -> str:
    """The same database for the user of that schema's role."""
    return url.replace("://postgres:@", f"://{user_of(schema)}:@")
