"""Runs the migrations of one schema. `billow migrate` gives URL and schema; several may run at the same time."""

import asyncio
import time

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from alembic import context

URL: str = context.config.attributes["url"]
SCHEMA: str = context.config.attributes["schema"]
LOCK = {"key": f"billow migrate {SCHEMA}"}


def migrate(connection: Connection) -> None:
    _wait_for_turn(connection)
    try:
        connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{SCHEMA}"'))
        connection.execute(text(f'SET search_path TO "{SCHEMA}"'))
        connection.commit()
        context.configure(
            connection=connection,
            version_table="alembic_version",
            version_table_schema=SCHEMA,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.execute(text("SELECT pg_advisory_unlock(hashtext(:key))"), LOCK)
        connection.commit()


def _wait_for_turn(connection: Connection) -> None:
    # Polled: waiting inside pg_advisory_lock() holds a snapshot, and CREATE INDEX CONCURRENTLY would wait for that.
    while not connection.scalar(text("SELECT pg_try_advisory_lock(hashtext(:key))"), LOCK):
        connection.commit()
        time.sleep(0.2)
    connection.commit()


async def online() -> None:
    engine = create_async_engine(URL, poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


asyncio.run(online())
