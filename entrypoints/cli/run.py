"""`billow run ROLE`: the way a role is deployed."""

from contextlib import AsyncExitStack

import click

from adapters.clocks import SystemClock
from adapters.postgres.migrations import heads, versions
from core.kernel.trouble import Refused
from entrypoints.cli.running import run, settings_of, stop_signal
from entrypoints.http.kit.server import serve
from entrypoints.installation import Installation, installation
from entrypoints.settings import ALL, Settings


@click.command("run")
@click.argument("role", type=click.Choice(ALL))
@click.option("--gateway", help="Which gateway, for the role gateway: a, b, …")
@click.option("--http", is_flag=True, help="Serve the role's HTTP API.")
@click.option("--consume", is_flag=True, help="Consume its queues and carry out its errands.")
@click.option("--relay", is_flag=True, help="Publish its outbox.")
@click.option("--schedule", is_flag=True, help="Look for what is due.")
def command(role: str, gateway: str | None, http: bool, consume: bool, relay: bool, schedule: bool) -> None:
    """Run one role: all its parts, or those that are named. Start as many as you like of each."""
    if (role == "gateway") != bool(gateway):
        raise click.UsageError("--gateway NAME goes with the role gateway, and only with it")
    consumer = f"gateway-{gateway}" if gateway else role
    settings = settings_of(consumer)
    if gateway and gateway not in settings.gateways:
        raise click.UsageError(f"BILLOW_GATEWAYS names {', '.join(settings.gateways)}")
    named = {"http": http, "consume": consume, "relay": relay, "schedule": schedule}
    parts = {name for name, wanted in named.items() if wanted} or set(named)
    run(_run(settings, consumer, parts))


async def _run(settings: Settings, consumer: str, parts: set[str]) -> None:
    stopped = stop_signal()
    async with AsyncExitStack() as stack:
        made = await stack.enter_async_context(installation(settings, SystemClock(), only=[consumer]))
        await _migrated(made)
        made.start(consume="consume" in parts, relay="relay" in parts)
        stack.push_async_callback(made.stop)
        if "schedule" in parts:
            scheduler = made.scheduler()
            scheduler.start()
            stack.push_async_callback(scheduler.stop)
        if "http" in parts:
            server = await serve(made.application(consumer), settings.http_host, settings.http_port)
            stack.push_async_callback(server.stop)
            click.echo(f"{consumer} listens on {server.url}", err=True)
        await stopped.wait()


async def _migrated(made: Installation) -> None:
    """Refuse to run on a schema that is behind or ahead of this code."""
    for schema, database in made.databases.items():
        async with database.reading() as connection:
            found = await versions(connection)
        if found != heads(schema):
            raise Refused(f"schema {schema} is at another version than this code; run: billow migrate")
