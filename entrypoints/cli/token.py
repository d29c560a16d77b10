"""`billow token`: an access token of the local issuer. Embedded mode only: deployed, your identity system does that."""

from datetime import timedelta

import click

from core.kernel.identity import OPERATOR, PRODUCT, USER
from core.kernel.trouble import Refused
from entrypoints.cli.running import fail, home
from entrypoints.local import local_issuer, running_url

SCOPES = {"user": USER, "product": PRODUCT, "operator": OPERATOR}


@click.command("token")
@click.option("--user", default="staff", show_default=True, help="User id: the token's `sub`.")
@click.option("--as", "kinds", type=click.Choice(list(SCOPES)), multiple=True, default=["operator"], show_default=True)
@click.option("--client", default="billow-cli", show_default=True, help="`client_id`: which product or program asks.")
@click.option("--hours", default=12, show_default=True, type=click.IntRange(1, 24 * 30))
def command(user: str, kinds: tuple[str, ...], client: str, hours: int) -> None:
    """Print a token for `curl -H "Authorization: Bearer $(billow token)" …`."""
    folder = home() / "up"
    try:
        issuer = local_issuer(folder, running_url(folder))
    except Refused as refused:
        fail(str(refused))
    click.echo(issuer.issue(user, client, [SCOPES[kind] for kind in kinds], timedelta(hours=hours)))
