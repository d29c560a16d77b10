"""`billow up`: every role in one process, one port, nothing to install."""

import os
from contextlib import AsyncExitStack

import click

from adapters.clocks import SystemClock
from entrypoints.cli.running import home, run, stop_signal
from entrypoints.cli.urls import AMQP, HTTP, POSTGRESQL
from entrypoints.embedded import Embedded, Wishes, embedded
from entrypoints.samples import samples
from entrypoints.settings import LOG_LEVELS
from entrypoints.telemetry import log_to_stderr


@click.command("up")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free one.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--broker", type=AMQP, default="", help="URL of RabbitMQ, in place of the in-process bus.")
@click.option("--management", type=HTTP, default="", help="URL of RabbitMQ's management API, to set its policies.")
@click.option("--database", type=POSTGRESQL, default="", help="URL of PostgreSQL, in place of the embedded one.")
@click.option("--log-level", default="WARNING", show_default=True, type=click.Choice(LOG_LEVELS))
def command(port: int, host: str, broker: str, management: str, database: str, log_level: str) -> None:
    """Serve until Ctrl-C. What is kept, in .billow/up or $BILLOW_HOME/up, is there again at the next start."""
    log_to_stderr(log_level, pretty=True)
    run(_up(Wishes(home() / "up", SystemClock(), host, port, broker, management, database, dict(os.environ))))


async def _up(wishes: Wishes) -> None:
    stopped = stop_signal()
    async with AsyncExitStack() as stack:
        billow = await stack.enter_async_context(embedded(wishes))
        billow.installation.start()
        scheduler = billow.installation.scheduler()
        scheduler.start()
        stack.push_async_callback(scheduler.stop)
        _tell(billow)
        await stopped.wait()
        click.echo("stopping …", err=True)


def _tell(billow: Embedded) -> None:
    click.echo(f"Billow listens on {billow.server.url} - open it in a browser. Everything is kept in {billow.home}.")
    click.echo("\nIn another terminal, in this folder:\n")
    for sample in samples(billow.server.url):
        click.echo(f"# {sample.what}\n{sample.line}\n")
