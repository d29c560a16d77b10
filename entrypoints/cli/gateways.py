"""`--gateways`, for commands that need to know which gateways there are and no other setting."""

import click

from entrypoints.settings import gateway_names


def _names(_ctx: click.Context, _option: click.Parameter, text: str) -> tuple[str, ...]:
    try:
        return gateway_names(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


gateways_option = click.option(
    "--gateways",
    envvar="BILLOW_GATEWAYS",
    default="a,b",
    show_default=True,
    callback=_names,
    help="Names of the gateways. [BILLOW_GATEWAYS]",
)
