"""`billow dead`: messages that were parked, with the reason; and putting them back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import click

from adapters.clocks import SystemClock
from adapters.rabbitmq.bus import RabbitBus
from core.messaging.ports import DeadLetters
from core.topology import topology
from entrypoints.cli.running import run


@click.group("dead")
def command() -> None:
    """Parked messages wait here until somebody replays them. Needs BILLOW_AMQP_URL."""


@asynccontextmanager
async def _letters(amqp: str, gateways: str) -> AsyncIterator[DeadLetters]:
    names = tuple(name.strip() for name in gateways.split(",") if name.strip())
    async with RabbitBus(amqp, topology(names), SystemClock(), name="billow dead") as bus:
        yield bus.dead_letters


@command.command("list")
@click.argument("queue", required=False)
@click.option("--amqp", envvar="BILLOW_AMQP_URL", required=True)
@click.option("--gateways", envvar="BILLOW_GATEWAYS", default="a,b", show_default=True)
@click.option("--most", default=100, show_default=True)
def list_letters(queue: str | None, amqp: str, gateways: str, most: int) -> None:
    """How many lie in each queue; with QUEUE, each one of it."""
    run(_list(queue, amqp, gateways, most))


async def _list(queue: str | None, amqp: str, gateways: str, most: int) -> None:
    async with _letters(amqp, gateways) as letters:
        if queue is None:
            for name, depth in (await letters.depths()).items():
                click.echo(f"{depth:>7}  {name}")
            return
        for letter in await letters.list(queue, most):
            kind = letter.wire.headers.get("ce-type", "?")
            click.echo(f"{letter.id}  {letter.parked_at:%Y-%m-%d %H:%M:%S}  {kind}  {letter.reason}")


@command.command("replay")
@click.argument("queue")
@click.argument("ids", nargs=-1)
@click.option("--amqp", envvar="BILLOW_AMQP_URL", required=True)
@click.option("--gateways", envvar="BILLOW_GATEWAYS", default="a,b", show_default=True)
def replay(queue: str, ids: tuple[str, ...], amqp: str, gateways: str) -> None:
    """Put all parked messages of QUEUE back once, or those with these IDS."""
    run(_replay(queue, ids, amqp, gateways))


async def _replay(queue: str, ids: tuple[str, ...], amqp: str, gateways: str) -> None:
    async with _letters(amqp, gateways) as letters:
        click.echo(f"put back: {await letters.replay(queue, ids or None)}")
