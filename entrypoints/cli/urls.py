"""URLs on the command line, held to the same rules as those of the settings."""

import click

from entrypoints.settings import amqp, http, postgresql

# click tells what such a reader refuses, and ends with exit code 2
AMQP = click.types.FuncParamType(amqp)
POSTGRESQL = click.types.FuncParamType(postgresql)
HTTP = click.types.FuncParamType(http)
