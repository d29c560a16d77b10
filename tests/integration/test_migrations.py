"""The migrations and the models of the object mapper say the same, up and down, alone and at once."""

import asyncio

import pytest
from tortoise.utils import get_schema_sql

from adapters.postgres.database import open_databases
from adapters.postgres.migrations import downgrade, heads, migrate, upgrade
from tests.conftest import Databases
from tests.integration.deployed import SCHEMAS, connected
from tests.integration.processes import billow

DISTINCT = tuple(schema for schema in SCHEMAS if schema != "gateway_b")
"""Gateways a and b share their branch and their models."""

_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (c.oid, a.attnum)
WHERE c.relnamespace = $1::text::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND c.relname <> 'alembic_version'
"""
_INDEXES = """
SELECT c.relname, CASE WHEN k.oid IS NULL THEN i.relname ELSE k.contype::text END AS name,
  array(SELECT pg_get_indexdef(x.indexrelid, n, true) FROM generate_series(1, x.indnatts) n) AS columns
FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.conrelid = c.oid
WHERE c.relnamespace = $1::text::regnamespace AND c.relname <> 'alembic_version'
"""
_EVERYTHING = """
SELECT 'relation', relname::text, relkind::text FROM pg_class WHERE relnamespace = $1::text::regnamespace
UNION ALL SELECT 'function', proname, prosrc FROM pg_proc WHERE pronamespace = $1::text::regnamespace
UNION ALL SELECT 'constraint', conname, pg_get_constraintdef(oid) FROM pg_constraint
  WHERE connamespace = $1::text::regnamespace
UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = $1::text
UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
  WHERE c.relnamespace = $1::text::regnamespace AND NOT tgisinternal
UNION ALL SELECT 'column', table_name || '.' || column_name, data_type || is_nullable || ordinal_position
  FROM information_schema.columns WHERE table_schema = $1::text
"""


Rows = set[tuple[str, ...]]


async def rows(url: str, query: str, schema: str) -> Rows:
    """As text, without the name of the schema, so that two schemas can be compared."""
    async with connected(url) as connection:
        found = await connection.fetch(query, schema)
    assert found, "there is something to compare"
    return {tuple(str(value).replace(f"{schema}.", "") for value in row) for row in found}


async def models_made_real(url: str, schema: str) -> None:
    """The tables as the object mapper would make them, beside the migrated ones, in a schema "models"."""
    async with open_databases({schema: url}) as databases:
        statements = get_schema_sql(databases[schema]._client, safe=False)
    async with connected(url) as connection:
        await connection.execute(f"CREATE SCHEMA models; SET search_path TO models; {statements}")


@pytest.mark.parametrize("schema", DISTINCT)
async def test_models_have_the_columns_of_the_migrations(databases: Databases, schema: str) -> None:
    url = await databases.fresh(schema)
    await models_made_real(url, schema)
    assert await rows(url, _COLUMNS, schema) == await rows(url, _COLUMNS, "models")


@pytest.mark.parametrize("schema", DISTINCT)
async def test_models_name_the_indexes_of_the_migrations(databases: Databases, schema: str) -> None:
    """Keys go by what they are. Conditions of partial indexes are not the mapper's business."""
    url = await databases.fresh(schema)
    await models_made_real(url, schema)
    assert await rows(url, _INDEXES, schema) == await rows(url, _INDEXES, "models")


@pytest.mark.parametrize("schema", SCHEMAS)
async def test_down_leaves_nothing_behind_and_up_again_is_the_same(databases: Databases, schema: str) -> None:
    url = await databases.fresh(schema)
    before = await rows(url, _EVERYTHING, schema)
    await asyncio.to_thread(downgrade, url, schema)
    left = {name for kind, name, *_ in await rows(url, _EVERYTHING, schema) if kind == "relation"}
    assert left == {"alembic_version", "alembic_version_pkc"}
    assert not {row for row in await rows(url, _EVERYTHING, schema) if row[0] in ("function", "trigger")}
    await asyncio.to_thread(upgrade, url, schema)
    assert await rows(url, _EVERYTHING, schema) == before


async def test_migrating_again_changes_nothing(databases: Databases) -> None:
    url = await databases.fresh("activator")
    before = await rows(url, _EVERYTHING, "activator")
    await migrate({"activator": url})
    assert await rows(url, _EVERYTHING, "activator") == before


async def test_several_migrators_at_once_take_turns(databases: Databases) -> None:
    url = await databases.fresh()
    ended = await asyncio.gather(*(billow("migrate", environ={"BILLOW_DATABASE_URL": url}) for _ in range(3)))
    assert [(one.code, one.errors) for one in ended] == [(0, "")] * 3
    for schema in SCHEMAS:
        versions = await rows(url, f"SELECT version_num FROM {schema}.alembic_version WHERE $1 <> ''", schema)
        assert versions == {(head,) for head in heads(schema)}


@pytest.mark.parametrize("how", ["behind", "ahead", "empty"])
async def test_a_role_refuses_a_schema_of_another_version(databases: Databases, how: str) -> None:
    url = await databases.fresh("activator")
    change = {
        "behind": "DELETE FROM activator.alembic_version WHERE version_num LIKE 'activator%'",
        "ahead": "INSERT INTO activator.alembic_version VALUES ('activator_9999')",
        "empty": "DROP SCHEMA activator CASCADE",
    }[how]
    async with connected(url) as connection:
        await connection.execute(change)
    environ = {"BILLOW_DATABASE_URL": url, "BILLOW_BUS_DATABASE_URL": url, "BILLOW_ISSUER": "https://id.example.com"}
    ended = await billow("run", "activator", environ=environ)
    assert (ended.code, "run: billow migrate" in ended.errors) == (1, True), ended.errors
    assert "Traceback" not in ended.errors
