"""`billow sandbox`: the sandbox payment provider as a process of its own."""

from pathlib import Path

import click

from adapters.clocks import SystemClock
from adapters.providers.sandbox.accounts import Account
from adapters.providers.sandbox.serve import SandboxConfig, serve
from adapters.providers.sandbox.server import SandboxSettings
from core.kernel.secret import Secret
from entrypoints.cli.running import run


@click.command("sandbox")
@click.option(
    "--account",
    "accounts",
    multiple=True,
    default=["a=sandbox-key-a", "b=sandbox-key-b"],
    help="NAME=API-KEY",
    show_default=True,
)
@click.option("--ledger", type=click.Path(path_type=Path), default=Path("sandbox.sqlite"), show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8090, show_default=True)
def command(accounts: tuple[str, ...], ledger: Path, host: str, port: int) -> None:
    """For trying out only: it takes test cards, listed in docs/sandbox.md, and moves no money."""
    pairs = [account.partition("=") for account in accounts]
    if not all(name and key for name, _, key in pairs):
        raise click.BadParameter("NAME=API-KEY", param_hint="--account")
    settings = SandboxSettings(tuple(Account(name, Secret(key)) for name, _, key in pairs))
    config = SandboxConfig(ledger, settings, SystemClock(), host, port)
    run(serve(config, lambda url: _tell(url, settings)))


def _tell(url: str, settings: SandboxSettings) -> None:
    click.echo(f"sandbox provider listens on {url}")
    for account in settings.accounts:
        click.echo(f"publishable key of account {account.name}: {account.publishable_key}")
