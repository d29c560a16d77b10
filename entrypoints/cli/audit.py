"""`billow audit`: do the provider's books, the payments, the invoices and the files agree?"""

import click
from rich.console import Console

from adapters.clocks import SystemClock
from core.auditing import audit
from entrypoints.cli.running import run, settings_of
from entrypoints.demo.report import show_audit
from entrypoints.installation import installation
from entrypoints.settings import Settings


@click.command("audit")
def command() -> None:
    """Needs the settings of every role, read access suffices. Exits with 1 when something disagrees."""
    run(_audit(settings_of()))


async def _audit(settings: Settings) -> None:
    async with installation(settings, SystemClock()) as made:
        checks = audit(await made.facts())
    show_audit(checks, Console())
    if not all(check.ok for check in checks):
        raise SystemExit(1)
