"""`billow topology`: what RabbitMQ must have, derived from the table of reactions."""

import shlex

import click

from adapters.rabbitmq.topology import Applied, apply_topology
from core.topology import topology
from entrypoints.cli.gateways import gateways_option
from entrypoints.cli.running import run
from entrypoints.cli.urls import AMQP, HTTP


@click.group("topology")
def command() -> None:
    """Exchanges, queues, bindings and policies."""


@command.command("show")
@gateways_option
def show(gateways: tuple[str, ...]) -> None:
    """Print queues and what is bound to them."""
    for queue in topology(gateways).queues:
        click.echo(f"{queue.name:<42} {queue.exchange:<38} {', '.join(queue.kinds)}")


@command.command("apply")
@click.option("--amqp", type=AMQP, envvar="BILLOW_AMQP_URL", required=True, help="URL of RabbitMQ. [BILLOW_AMQP_URL]")
@click.option(
    "--management", type=HTTP, envvar="BILLOW_AMQP_MANAGEMENT_URL", default="", help="URL of its management API."
)
@gateways_option
def apply(amqp: str, management: str, gateways: tuple[str, ...]) -> None:
    """Make what is missing, say what differs. Nothing is ever deleted; applying twice changes nothing more."""
    run(_apply(amqp, management, gateways))


async def _apply(amqp: str, management: str, gateways: tuple[str, ...]) -> None:
    _tell(await apply_topology(amqp, topology(gateways), management))


def _tell(applied: Applied) -> None:
    for made in applied.made:
        click.echo(f"made     {made}")
    for differs in applied.differs:
        click.echo(f"differs  {differs}")
    if applied.commands:
        click.echo("Without a management URL the policies are set by hand, on the broker:")
        for words in applied.commands:
            click.echo(f"  rabbitmqctl {shlex.join(words)}")
    if not applied.made and not applied.differs:
        click.echo("nothing to do")
