"""A RabbitMQ for the tests of a session."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import rabbitmq as brokers


@pytest.fixture(scope="session")
def rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[brokers.Broker]:
    """The broker that `BILLOW_TEST_AMQP_URL` names, else one of our own with its management API."""
    broker = brokers.start(Path(tmp_path_factory.mktemp("rabbitmq")), plugins=("rabbitmq_management",))
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def own_rabbitmq(rabbitmq: brokers.Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[brokers.Broker]:
    """One that may be killed and reconfigured."""
    if rabbitmq.is_private:
        yield rabbitmq
        return
    folder = Path(tmp_path_factory.mktemp("own-rabbitmq"))
    broker = brokers.start(folder, plugins=("rabbitmq_management",), private=True)
    yield broker
    broker.stop()
