"""The command line: `billow --help` lists what there is. Each command is a module, imported when it is called."""

from importlib import import_module

import click

COMMANDS = {
    "demo": "One whole billing story on this machine: 200 subscribers, 60 days.",
    "up": "Run every role in one process until Ctrl-C.",
    "run": "Run one role, all or some of its parts, against RabbitMQ and PostgreSQL.",
    "migrate": "Bring every schema to its newest version.",
    "topology": "Exchanges, queues and policies of RabbitMQ.",
    "import": "Import subscribers from a CSV file.",
    "token": "Issue an access token of the local issuer (embedded mode only).",
    "audit": "Compare the provider's books, payments, invoices and files.",
    "dead": "Look at parked messages and put them back.",
    "sandbox": "Run the sandbox payment provider.",
    "sealing-key": "Make a gateway's key pair for sealed cards.",
}


class Lazy(click.Group):
    """Knows its commands by name; the modules behind them, and all they import, wait until they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"entrypoints.cli.{cmd_name.replace('-', '_').replace('import', 'importing')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="billow")
def main() -> None:
    """Billow charges subscribers on time, once, and can prove it."""
