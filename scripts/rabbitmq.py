"""A RabbitMQ for tests, on free ports of the loopback:  python -m scripts.rabbitmq FOLDER  holds one until Ctrl-C.

It is taken from, in this order: BILLOW_TEST_AMQP_URL, a rabbitmq-server of this machine, Docker, the packages that
`make setup-test` unpacked. It ends with the process that started it, however that ends.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Protocol

from scripts import rabbitmq_packages as packages
from scripts.rabbitmq_docker import DockerBroker
from scripts.rabbitmq_node import NodeBroker


class NoBroker(Exception):
    """No RabbitMQ can be had; the text says what to run."""


class Broker(Protocol):
    """A running RabbitMQ. `is_private`: it is ours alone, so it may be stopped, killed and reconfigured."""

    url: str
    management_url: str
    is_private: bool

    def ctl(self, *words: str, seconds: float = 60) -> str:
        """What rabbitmqctl prints."""

    def stop(self) -> None:
        """Ends it in good order; the data stays in its folder."""

    def kill(self) -> None:
        """Ends it at once, as a crash would; the data stays. A quorum queue younger than a second may be lost."""

    def restart(self) -> None:
        """Starts it again with the same URL, after a stop, a kill, or neither."""


class GivenBroker:
    """Somebody else's RabbitMQ, named by its URL: used, never touched."""

    is_private = False
    management_url = ""

    def __init__(self, url: str) -> None:
        self.url = url

    def ctl(self, *words: str, seconds: float = 60) -> str:  # noqa: ARG002 - the others' signature
        raise NoBroker(f"rabbitmqctl {words[0]} needs a broker of our own: unset {packages.URL}")

    def stop(self) -> None:
        """It was there before us and stays."""

    def kill(self) -> None:
        self.ctl("kill")

    def restart(self) -> None:
        self.ctl("restart")


def start(folder: Path, *, plugins: tuple[str, ...] = (), conf: str = "", private: bool = False) -> Broker:
    """A running broker with its data in `folder`. `conf`: more lines of rabbitmq.conf. `private`: never a given URL."""
    if (url := os.environ.get(packages.URL)) and not private:
        return GivenBroker(url)
    if here := packages.installed():
        return NodeBroker(here, folder, plugins, conf)
    if packages.docker_is_ready():
        return DockerBroker(folder, plugins, conf)
    if here := packages.unpacked():
        return NodeBroker(here, folder, plugins, conf)
    raise NoBroker(f"no RabbitMQ for the tests: run `make setup-test`, or {packages.command()}")


def main() -> None:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="billow-rabbitmq-") as spare:
        broker = start(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(spare), plugins=("rabbitmq_management",))
        print(broker.url, broker.management_url, flush=True)
        try:
            signal.pause()
        except KeyboardInterrupt:
            broker.stop()


if __name__ == "__main__":
    main()
