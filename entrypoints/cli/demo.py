"""`billow demo`: one whole billing story on the embedded default."""

import json
import shutil
import time
from collections.abc import Sequence
from pathlib import Path

import click
from aiohttp import ClientSession
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from adapters.clocks import MovingClock
from core.auditing import audit
from core.kernel.identity import USER
from core.topology import topology
from entrypoints.cli.running import fail, home, run
from entrypoints.client import Client
from entrypoints.demo.invoices import link_by_number
from entrypoints.demo.people import people
from entrypoints.demo.report import Outcome, as_json, show
from entrypoints.demo.story import FIRST_DAY, Story
from entrypoints.embedded import Embedded, Wishes, embedded
from entrypoints.importing import BadRow, Subscriber, read_file
from entrypoints.local import alone
from entrypoints.onboarding import Onboarding
from entrypoints.telemetry import log_to_stderr

SUBSCRIBERS = Path(__file__).resolve().parents[2] / "examples" / "subscribers.csv"
GATEWAYS = ("a", "b")


@click.command("demo")
@click.option("--days", default=60, show_default=True, type=click.IntRange(1, 400))
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path, dir_okay=False), help="Write the summary for machines."
)
@click.option(
    "--subscribers", type=click.Path(path_type=Path, exists=True, dir_okay=False), default=SUBSCRIBERS, help="CSV file."
)
def command(days: int, json_file: Path | None, subscribers: Path) -> None:
    """Two months of billing of 200 subscribers: cards, renewals, declines, reminders, repayments, invoices."""
    log_to_stderr("ERROR", pretty=True)
    run(_demo(days, json_file, subscribers))


async def _demo(days: int, json_file: Path | None, file: Path) -> None:
    console, started = Console(), time.monotonic()
    _writable(json_file)
    good, bad = _read(file)
    folder = home() / "demo"
    with alone(folder):
        pass  # a demo under way keeps its folder
    shutil.rmtree(folder, ignore_errors=True)
    clock = MovingClock(FIRST_DAY)
    async with embedded(Wishes(folder, clock)) as billow, ClientSession() as http:
        billow.installation.start()
        with _progress(console) as progress:
            refused = await _bring_in(billow, http, good, progress)
            story = Story(billow, clock, http, people([subscriber.user_id for subscriber in good]), days)
            bar, reports = progress.add_task("days", total=days), []
            async for report in story():
                reports.append(report)
                progress.update(bar, advance=1, description=f"{report.day:%d %b %Y}")
        _tell_bad_rows(console, file, bad)
        checks = audit(await billow.installation.facts())
        outcome = Outcome(
            len(good), reports, checks, await link_by_number(billow, folder / "invoices"), time.monotonic() - started
        )
        _tell(console, outcome, refused, json_file)
    if not outcome.ok:
        fail("The audit found a disagreement.")


def _writable(file: Path | None) -> None:
    """Raises `OSError` before the run, not at its end."""
    if file:
        file.open("a", encoding="utf-8").close()


def _read(file: Path) -> tuple[list[Subscriber], list[BadRow]]:
    rows = list(read_file(file, GATEWAYS))
    return [row for row in rows if isinstance(row, Subscriber)], [row for row in rows if isinstance(row, BadRow)]


async def _bring_in(billow: Embedded, http: ClientSession, good: Sequence[Subscriber], progress: Progress) -> list[str]:
    bars = {step: progress.add_task(step, total=len(good)) for step in ("users", "cards", "subscriptions")}

    def owner(user_id: str) -> Client:
        return Client(http, billow.server.url, billow.token(user_id, USER))

    staff = Client(http, billow.server.url, billow.token("staff"))
    onboarding = Onboarding(staff, owner, lambda step, count: progress.advance(bars[step], count))
    return [f"line {trouble.line}: {trouble.reason}" for trouble in await onboarding(good)]


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:<14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=console
    )


def _tell_bad_rows(console: Console, file: Path, bad: Sequence[BadRow]) -> None:
    console.print(f"\n{len(bad)} rows of {file.name} were not imported:")
    for row in bad:
        console.print(f"  line {row.line}: {'; '.join(row.reasons)}", highlight=False, markup=False)


def _tell(console: Console, outcome: Outcome, refused: Sequence[str], json_file: Path | None) -> None:
    if refused:
        console.print(
            f"\n{len(refused)} cards were refused when they were saved, such as {refused[0]}", highlight=False
        )
    console.print(
        f"\n{len(topology(GATEWAYS).queues)} queues, 6 roles, two gateways, one PostgreSQL: all stopped again.\n"
    )
    show(outcome, console)
    if json_file:
        json_file.write_text(json.dumps(as_json(outcome), indent=2) + "\n", encoding="utf-8")
