"""`billow sealing-key`: the key pair of a gateway's sealed cards."""

from pathlib import Path

import click

from adapters.sealing.keys import make_key, public_jwk
from entrypoints.cli.running import fail


@click.command("sealing-key")
@click.argument("file", type=click.Path(path_type=Path))
def command(file: Path) -> None:
    """Write the private key to FILE (for the gateway) and the public one to FILE.pub (for payment)."""
    try:
        key = make_key(file)
    except FileExistsError:
        fail(f"{file} is there already; a key is never written over")
    file.with_name(file.name + ".pub").write_text(public_jwk(key), encoding="utf-8")
    click.echo(f"{file} is private: for the gateway only. {file}.pub is for the payment role.")
