"""Migrations: each role's branch of versions, and the branch of the messaging tables, in the role's own schema."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from adapters.postgres.sql import Sql
from alembic import command

FOLDER = Path(__file__).resolve().parents[2] / "alembic"


def config(url: str, schema: str) -> Config:
    """The configuration Alembic would read from a file; `schema` is "payment", "gateway_a", …"""
    made = Config()
    versions = sorted(str(folder) for folder in (FOLDER / "versions").iterdir() if folder.is_dir())
    made.set_main_option("script_location", str(FOLDER))
    made.set_main_option("path_separator", "newline")
    made.set_main_option("version_locations", "\n".join(versions))
    made.attributes.update(url=_sqlalchemy(url), schema=schema)
    return made


def branches(schema: str) -> tuple[str, ...]:
    """Gateways a and b have a schema each, and one branch of versions together."""
    return tuple(dict.fromkeys(("messaging", schema.partition("_")[0])))


async def migrate(urls: Mapping[str, str]) -> None:
    """Bring each schema to its newest version. Safe to start many times at once."""
    for schema, url in urls.items():
        await asyncio.to_thread(upgrade, url, schema)


def upgrade(url: str, schema: str) -> None:
    for branch in branches(schema):
        command.upgrade(config(url, schema), f"{branch}@head")


def downgrade(url: str, schema: str) -> None:
    for branch in reversed(branches(schema)):
        command.downgrade(config(url, schema), f"{branch}@base")


def heads(schema: str) -> set[str]:
    """The revisions a schema is at when nothing is missing."""
    scripts = ScriptDirectory.from_config(config("", schema))
    return {scripts.get_revision(f"{branch}@head").revision for branch in branches(schema)}


async def versions(sql: Sql) -> set[str]:
    """The revisions that the schema of this connection is at; none where nothing was migrated."""
    if await sql.fetchval("SELECT to_regclass('alembic_version') IS NULL"):
        return set()
    return {row["version_num"] for row in await sql.fetch("SELECT version_num FROM alembic_version")}


def _sqlalchemy(url: str) -> str:
    return "postgresql+asyncpg://" + url.partition("://")[2]
