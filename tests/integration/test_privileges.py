"""Each role's database user may do its role's work, and nothing else."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from adapters.postgres.privileges import user_of
from tests.conftest import Databases
from tests.integration.deployed import SCHEMAS, as_user, connected, granted

_FORGOTTEN = {"inbox", "outbox", "retries", "idempotency_keys"}
"""What is removed when its time is over; all else that a role writes stays."""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = $1 AND tablename <> 'alembic_version'"


@pytest.fixture(scope="module")
def owner(databases: Databases) -> str:
    """URL of the owner of a database with every schema, granted as it is deployed."""
    return asyncio.run(granted(databases))


@pytest.fixture
async def payment(owner: str) -> AsyncIterator[Any]:
    async with connected(as_user(owner, "payment")) as connection:
        yield connection


async def denied(connection: Any, *statements: str) -> list[str]:
    """Those of the statements that this user lacks the right for."""
    found = []
    for statement in statements:
        try:
            await connection.execute(statement)
        except asyncpg.InsufficientPrivilegeError:
            found.append(statement)
    return found


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_a_role_reads_and_writes_every_table_of_its_own(owner: str, schema: str) -> None:
    async with connected(as_user(owner, schema)) as connection:
        assert await connection.fetchval("SELECT current_user") == user_of(schema)
        tables = [row["tablename"] for row in await connection.fetch(_TABLES, schema)]
        assert {"inbox", "outbox"} < set(tables)
        assert not await denied(connection, *(f"SELECT * FROM {table}" for table in tables))
        assert not await denied(connection, *(f"INSERT INTO {table} SELECT * FROM {table}" for table in tables))
        assert not await denied(connection, "SELECT nextval('outbox_position_seq')", "SELECT * FROM alembic_version")


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_a_role_deletes_only_what_is_meant_to_be_forgotten(owner: str, schema: str) -> None:
    async with connected(as_user(owner, schema)) as connection:
        tables = {row["tablename"] for row in await connection.fetch(_TABLES, schema)}
        kept = sorted(f"DELETE FROM {table}" for table in tables - _FORGOTTEN)
        assert kept
        assert await denied(connection, *kept) == kept
        assert not await denied(connection, *(f"DELETE FROM {table}" for table in tables & _FORGOTTEN))


@pytest.mark.parametrize("own", SCHEMAS)
async def test_a_role_does_not_see_the_schema_of_another(owner: str, own: str) -> None:
    async with connected(as_user(owner, own)) as connection:
        for other in set(SCHEMAS) - {own}:
            tables = [row["tablename"] for row in await connection.fetch(_TABLES, other)]
            peeks = [f"SELECT 1 FROM {other}.{table}" for table in tables] + [f"DELETE FROM {other}.outbox"]
            assert len(peeks) > 4
            assert await denied(connection, *peeks) == peeks


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_a_role_changes_no_structure(owner: str, schema: str) -> None:
    statements = [
        f"CREATE TABLE {schema}.more (id int)",
        "CREATE TABLE public.more (id int)",
        "CREATE SCHEMA more",
        "ALTER TABLE outbox ADD COLUMN more int",
        "CREATE INDEX more ON outbox (id)",
        "DROP TABLE outbox",
        "TRUNCATE outbox",
        f"DROP SCHEMA {schema} CASCADE",
        "UPDATE alembic_version SET version_num = 'x'",
        "DELETE FROM alembic_version",
        "CREATE ROLE more",
        f"GRANT {user_of('payment' if schema != 'payment' else 'notifier')} TO {user_of(schema)}",
    ]
    async with connected(as_user(owner, schema)) as connection:
        assert await denied(connection, *statements) == statements


async def test_payment_only_adds_to_its_book(payment: Any) -> None:
    statements = [
        "UPDATE transactions SET amount_minor = 1",
        "DELETE FROM transactions",
        "TRUNCATE transactions",
        "ALTER TABLE transactions DISABLE TRIGGER ALL",
        "DROP TRIGGER transactions_are_kept ON transactions",
        "SET session_replication_role = replica",
    ]
    assert await denied(payment, *statements) == statements
    assert not await denied(payment, "INSERT INTO transactions SELECT * FROM transactions ON CONFLICT DO NOTHING")


async def test_the_book_stays_even_for_those_who_may_delete(owner: str) -> None:
    """The trigger stands behind the rights: an owner who deletes by mistake is stopped too."""
    async with connected(owner) as connection:
        await connection.execute("""
            SET search_path TO payment; SET session_replication_role = replica;
            INSERT INTO transactions VALUES ('k', gen_random_uuid(), 1, 'charge', 0, 5, 'EUR', 'a', 'r', now());
            SET session_replication_role = origin""")
        for statement in ("DELETE FROM transactions", "UPDATE transactions SET currency = 'USD'"):
            with pytest.raises(asyncpg.RaiseError, match="only ever added"):
                await connection.execute(statement)
