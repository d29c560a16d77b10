"""`billow import FILE`: subscribers from a CSV file, over the HTTP API of a running Billow."""

from collections.abc import Sequence
from pathlib import Path

import click
from aiohttp import ClientSession

from core.kernel.identity import USER
from entrypoints.cli.gateways import gateways_option
from entrypoints.cli.running import fail, home, run
from entrypoints.cli.urls import HTTP
from entrypoints.client import Client
from entrypoints.importing import BadRow, Subscriber, read_file
from entrypoints.local import LIFETIME, local_issuer, running_url
from entrypoints.onboarding import Onboarding, Trouble


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--url", type=HTTP, help="A Billow elsewhere; without it, the one `billow up` runs here.")
@click.option("--token", envvar="BILLOW_TOKEN", help="An operator's token, for --url. [BILLOW_TOKEN]")
@gateways_option
def command(file: Path, url: str | None, token: str | None, gateways: tuple[str, ...]) -> None:
    """Bad rows are told with their line and reason; the good ones are imported. Doing it again adds nothing.

    Cards are saved only where `billow up` runs: elsewhere a card is brought by its owner."""
    if url and not token:
        raise click.UsageError("--url needs --token: of an operator")
    run(_import(file, gateways, url, token))


async def _import(file: Path, gateways: tuple[str, ...], url: str | None, token: str | None) -> None:
    rows = list(read_file(file, gateways))
    good = [row for row in rows if isinstance(row, Subscriber)]
    bad = [row for row in rows if isinstance(row, BadRow)]
    async with ClientSession() as http:
        troubles = await (_elsewhere(http, url, str(token)) if url else _here(http))(good)
    for row in bad:
        click.echo(f"line {row.line}: not imported: {'; '.join(row.reasons)}", err=True)
    _tell(good, bad, troubles)


def _elsewhere(http: ClientSession, url: str, token: str) -> Onboarding:
    return Onboarding(Client(http, url, token), None)


def _here(http: ClientSession) -> Onboarding:
    folder = home() / "up"
    url = running_url(folder)
    issuer = local_issuer(folder, url)

    def client(user_id: str, scope: str) -> Client:
        return Client(http, url, issuer.issue(user_id, "billow-import", [scope], LIFETIME))

    return Onboarding(client("staff", "billing.operator"), lambda user_id: client(user_id, USER))


def _tell(good: Sequence[Subscriber], bad: Sequence[BadRow], troubles: Sequence[Trouble]) -> None:
    for trouble in troubles:
        click.echo(f"line {trouble.line}: {trouble.user_id}: {trouble.reason}", err=True)
    click.echo(f"{len(good)} rows imported, {len(troubles)} of them with trouble; {len(bad)} rows were bad.")
    if good and len(troubles) >= len(good):
        fail("Nothing was imported.")
