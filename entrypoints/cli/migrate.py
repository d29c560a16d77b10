"""`billow migrate`: every schema to its newest version."""

import click

from adapters.postgres.migrations import migrate
from adapters.postgres.privileges import grant
from entrypoints.cli.gateways import gateways_option
from entrypoints.cli.running import fail, run
from entrypoints.cli.urls import POSTGRESQL
from entrypoints.settings import schemas


@click.command("migrate")
@click.option(
    "--grants", is_flag=True, help="Also make each role's user (without password) and grant it the least it needs."
)
@click.option(
    "--database",
    type=POSTGRESQL,
    envvar="BILLOW_DATABASE_URL",
    required=True,
    help="URL of the owner. [BILLOW_DATABASE_URL]",
)
@gateways_option
def command(grants: bool, database: str, gateways: tuple[str, ...]) -> None:
    """Safe to start many times at once: they take turns."""
    run(_migrate(dict.fromkeys(schemas(gateways), database), grants))


async def _migrate(urls: dict[str, str], grants: bool) -> None:
    try:
        await migrate(urls)
        for schema, url in urls.items() if grants else ():
            await grant(url, schema)
    except OSError as error:
        fail(f"The database cannot be reached: {error}")
    click.echo(f"migrated: {', '.join(urls)}")
