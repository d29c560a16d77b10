"""`billow token`: an access token of the local issuer. Embedded mode only: deployed, your identity system issues them."""

from datetime import timedelta
from pathlib import Path

import click

from core.kernel.identity import OPERATOR, PRODUCT, USER
from entrypoints.cli.running import fail, home
from entrypoints.embedded import local_issuer

SCOPES = {"user": USER, "product": PRODUCT, "operator": OPERATOR}


def running_url(folder: Path) -> str:
    """Where the Billow of this folder listens. Ends with a clear word when none was ever started there."""
    try:
        return (folder / "url").read_text(encoding="utf-8")
    except FileNotFoundError:
        fail("No Billow was started here yet; run: billow up")


@click.command("token")
@click.option("--user", default="staff", show_default=True, help="User id: the token's `sub`.")
@click.option("--as", "kinds", type=click.Choice(list(SCOPES)), multiple=True, default=["operator"], show_default=True)
@click.option("--client", default="billow-cli", show_default=True, help="`client_id`: which product or program asks.")
@click.option("--hours", default=12, show_default=True, type=click.IntRange(1, 24 * 30))
def command(user: str, kinds: tuple[str, ...], client: str, hours: int) -> None:
    """Print a token for `curl -H "Authorization: Bearer $(billow token)" …`."""
    folder = home() / "up"
    issuer = local_issuer(folder, running_url(folder))
    click.echo(issuer.issue(user, client, [SCOPES[kind] for kind in kinds], timedelta(hours=hours)))
