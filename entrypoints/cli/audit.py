"""`billow audit`: do the provider's books, the payments, the invoices and the files agree?"""

import click
from rich.console import Console

from adapters.clocks import SystemClock
from core.auditing import audit
from entrypoints.cli.running import run, settings_here
from entrypoints.demo.report import show_audit
from entrypoints.installation import installation
from entrypoints.settings import Settings


@click.command("audit")
def command() -> None:
    """With the settings of every role, or of the Billow that `billow up` runs here. Exits with 1 on a disagreement."""
    run(_audit(settings_here()))


async def _audit(settings: Settings) -> None:
    async with installation(settings, SystemClock()) as made:
        checks = audit(await made.facts())
    show_audit(checks, Console())
    if not all(check.ok for check in checks):
        raise SystemExit(1)
