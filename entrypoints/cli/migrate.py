"""`billow migrate`: every schema to its newest version."""

import click

from adapters.postgres.migrations import migrate
from adapters.postgres.privileges import grant
from entrypoints.cli.running import fail, run


@click.command("migrate")
@click.option(
    "--grants", is_flag=True, help="Also make each role's user (without password) and grant it the least it needs."
)
@click.option("--database", envvar="BILLOW_DATABASE_URL", required=True, help="URL of the owner. [BILLOW_DATABASE_URL]")
@click.option("--gateways", envvar="BILLOW_GATEWAYS", default="a,b", show_default=True)
def command(grants: bool, database: str, gateways: str) -> None:
    """Safe to start many times at once: they take turns."""
    from entrypoints.settings import schemas

    names = schemas(tuple(name.strip() for name in gateways.split(",") if name.strip()))
    run(_migrate(dict.fromkeys(names, database), grants))


async def _migrate(urls: dict[str, str], grants: bool) -> None:
    try:
        await migrate(urls)
        for schema, url in urls.items() if grants else ():
            await grant(url, schema)
    except OSError as error:
        fail(f"The database cannot be reached: {error}")
    click.echo(f"migrated: {', '.join(urls)}")
