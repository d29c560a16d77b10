"""Makes this machine ready:  python -m scripts.setup run|dev|test

run   what `billow` needs; dev: and the tools of its developers; test: and a RabbitMQ for the tests.
What the machine lacks is brought first. Whatever cannot be brought is named, all at once, before anything else is done.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from scripts import packages, pango, rabbitmq_packages
from scripts.machine import CannotInstall


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that must be on the machine; `command` is what a person would type to bring it."""

    name: str
    is_met: Callable[[], bool]
    bring: Callable[[], None]
    command: Callable[[], str]


MACHINE = (
    Need("Python's venv module", packages.can_be_made, packages.bring_pip, packages.command),
    Need("Pango and HarfBuzz, for the invoices", pango.load, pango.bring, pango.command),
)
BROKER = Need("RabbitMQ, for the tests", rabbitmq_packages.is_here, rabbitmq_packages.bring, rabbitmq_packages.command)
NEEDS = {"run": MACHINE, "dev": MACHINE, "test": (*MACHINE, BROKER)}


def main(kind: str) -> int:
    failed = [(need, why) for need in NEEDS[kind] if (why := attempt(need))]
    for need, why in failed:
        print(f"\nBillow needs {need.name}, and could not install it here:\n  {why}", file=sys.stderr)
        print(f"Please run:\n  {need.command()}", file=sys.stderr)
    if failed:
        print("\nThen start again. Nothing else was done.", file=sys.stderr)
        return 2
    try:
        packages.ensure("run" if kind == "run" else "dev")
    except CannotInstall as trouble:
        print(f"set-up failed: {trouble}", file=sys.stderr)
        return 1
    return 0


def attempt(need: Need) -> str:
    """Why the need cannot be met; empty when it is."""
    try:
        if not need.is_met():
            need.bring()
    except CannotInstall as trouble:
        return str(trouble).replace("\n", "\n  ")
    return ""


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in NEEDS:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
