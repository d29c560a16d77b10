"""The least-privilege scripts of deploy/postgres, run for users that we make: the embedded default has them too."""

from pathlib import Path

import asyncpg

SCRIPTS = Path(__file__).resolve().parents[2] / "deploy" / "postgres"

_CREATE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{user}') THEN CREATE ROLE {user} LOGIN; END IF;
END $$
"""


def user_of(schema: str) -> str:
    return f"billow_{schema}"


def script(schema: str) -> str:
    """The statements for one schema, with psql's variables filled in."""
    text = (SCRIPTS / f"{schema.partition('_')[0]}.sql").read_text(encoding="utf-8")
    return text.replace(':"schema"', schema).replace(':"user"', user_of(schema))


async def grant(url: str, schema: str) -> None:
    """Make the role's user, without a password, and give it what it needs. `url` is the database's owner."""
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock(hashtext('billow grants'))")
            await connection.execute(_CREATE.format(user=user_of(schema)))
            await connection.execute(script(schema))
    finally:
        await connection.close()
