"""`billow dead`: messages that were parked, with the reason; and putting them back."""

import click

from adapters.clocks import SystemClock
from adapters.inprocess.bus import PostgresBus
from adapters.rabbitmq.bus import RabbitBus
from core.topology import Topology, topology
from entrypoints.cli.gateways import gateways_option
from entrypoints.cli.running import run, settings_here
from entrypoints.cli.urls import AMQP
from entrypoints.installation import bus_of

AnyBus = RabbitBus | PostgresBus

amqp_option = click.option(
    "--amqp",
    type=AMQP,
    envvar="BILLOW_AMQP_URL",
    default="",
    help="URL of RabbitMQ; without it, `billow up` here. [BILLOW_AMQP_URL]",
)


@click.group("dead")
def command() -> None:
    """Parked messages wait until somebody replays them. On RabbitMQ, or on the bus that `billow up` runs here."""


@command.command("list")
@click.argument("queue", required=False)
@click.option("--most", default=100, show_default=True, type=click.IntRange(1, 10_000))
@amqp_option
@gateways_option
def list_letters(queue: str | None, most: int, amqp: str, gateways: tuple[str, ...]) -> None:
    """How many lie in each queue; with QUEUE, each one of it."""
    run(_list(_bus(amqp, gateways, queue), queue, most))


async def _list(opening: AnyBus, queue: str | None, most: int) -> None:
    async with opening as bus:
        if queue is None:
            for name, depth in (await bus.dead_letters.depths()).items():
                click.echo(f"{depth:>7}  {name}")
            return
        for letter in await bus.dead_letters.list(queue, most):
            kind = letter.wire.headers.get("ce-type", "?")
            click.echo(f"{letter.id}  {letter.parked_at:%Y-%m-%d %H:%M:%S}  {kind}  {letter.reason}")


@command.command("replay")
@click.argument("queue")
@click.argument("ids", nargs=-1)
@amqp_option
@gateways_option
def replay(queue: str, ids: tuple[str, ...], amqp: str, gateways: tuple[str, ...]) -> None:
    """Put all parked messages of QUEUE back once, or those with these IDS."""
    run(_replay(_bus(amqp, gateways, queue), queue, ids))


async def _replay(opening: AnyBus, queue: str, ids: tuple[str, ...]) -> None:
    async with opening as bus:
        click.echo(f"put back: {await bus.dead_letters.replay(queue, ids or None)}")


def _bus(amqp: str, gateways: tuple[str, ...], queue: str | None) -> AnyBus:
    """An operator has RabbitMQ's address and no role's settings."""
    if amqp:
        return RabbitBus(amqp, _with(queue, topology(gateways)), SystemClock(), name="billow dead")
    settings = settings_here()
    return bus_of(settings, _with(queue, topology(settings.gateways)), SystemClock())


def _with(queue: str | None, queues: Topology) -> Topology:
    """Raises click's `BadParameter` for a queue there is none of: a slip of the pen is no empty queue."""
    names = [found.name for found in queues.queues if not found.perishable]
    if queue is not None and queue not in names:
        raise click.BadParameter(f"no such queue; there are {', '.join(names)}", param_hint="QUEUE")
    return queues
