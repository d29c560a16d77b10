"""Each user of deploy/rabbitmq may do its own work, and nothing else."""

import asyncio
import importlib.util
import json
import subprocess
from pathlib import Path
from types import ModuleType

import aio_pika
import pytest
from aio_pika.exceptions import AMQPError

from adapters.cloudevents.wire import CloudEventsWire
from adapters.rabbitmq.bus import RabbitBus
from adapters.rabbitmq.topology import apply_topology
from core.contracts.payment_requests import PaymentRequested
from core.messaging.ports import Outgoing
from core.topology import contracts, topology
from entrypoints.rights import PRODUCT_QUEUE, definitions
from scripts.rabbitmq import Broker
from tests.conftest import ManualClock
from tests.contract.bus.stage import ids, take, wire

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy" / "rabbitmq"
SHAPE = topology(("a", "b"))
USERS = [user["name"] for user in definitions(("a", "b"))["users"]]
PASSWORDS = {f"RABBITMQ_PASSWORD_{user.upper().replace('-', '_')}": f"pw-of_{user}" for user in USERS}


def as_user(url: str, user: str) -> str:
    return url.replace("guest:guest", f"{user}:pw-of_{user}")


def filled_in(into: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(DEPLOY / "start.sh"), "echo", "started"]
    environment = {"PATH": "/usr/bin:/bin", "BILLOW_DEFINITIONS": str(into), **environment}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_definitions_are_those_of_the_table_of_reactions() -> None:
    kept = json.loads((DEPLOY / "definitions.json").read_text("utf-8"))
    assert kept == definitions(("a", "b")), "run python -m entrypoints.rights > deploy/rabbitmq/definitions.json"


@pytest.mark.parametrize("wrong", ["", "a/b", "a b", "a&b", "ä", 'a"b'])
def test_the_broker_does_not_start_with_a_password_missing_or_unsafe(tmp_path: Path, wrong: str) -> None:
    done = filled_in(tmp_path / "definitions.json", {**PASSWORDS, "RABBITMQ_PASSWORD_IDENTITY": wrong})
    assert done.returncode == 2
    assert "RABBITMQ_PASSWORD_IDENTITY" in done.stderr
    assert done.stdout == ""


@pytest.fixture(scope="module")
def broker(own_rabbitmq: Broker, tmp_path_factory: pytest.TempPathFactory) -> Broker:
    """Set up as it is deployed: users from the definitions, the rest by the user for it, through its own rights."""
    into = tmp_path_factory.mktemp("definitions") / "definitions.json"
    done = filled_in(into, PASSWORDS)
    assert (done.returncode, done.stdout) == (0, "started\n"), done.stderr
    assert (into.stat().st_mode & 0o777, "@" in into.read_text()) == (0o600, False)
    own_rabbitmq.ctl("import_definitions", str(into))
    url, api = as_user(own_rabbitmq.url, "billow-topology"), own_rabbitmq.management_url
    api = api.replace("//", "//billow-topology:pw-of_billow-topology@")
    applied = asyncio.run(apply_topology(url, SHAPE, api))
    assert not [line for line in applied.differs if PRODUCT_QUEUE in line or "billow.payment." in line]
    return own_rabbitmq


def bus_of(broker: Broker, user: str, clock: ManualClock) -> RabbitBus:
    return RabbitBus(as_user(broker.url, user), SHAPE, clock, publish_timeout=5)


async def test_a_role_receives_publishes_and_parks_what_is_its_own(broker: Broker, clock: ManualClock) -> None:
    sent = Outgoing("billow.payment-requests", "payment.requested.v1", wire("asked"))
    async with bus_of(broker, "billow-subscription", clock) as bus:
        assert await bus.publisher.publish([sent]) == [None]
    async with bus_of(broker, "billow-payment", clock) as bus:
        queue = bus.queue("billow.payment.payment-requests")
        taken = await take(queue, 1)
        assert ids(taken) == ["asked"]
        order = Outgoing("billow.gateway.a.charges", "charge.ordered.v1", wire("order"))
        assert await bus.publisher.publish([order]) == [None]
        await bus.dead_letters.park(queue.name, taken[0].wire, "malformed")
        await queue.ack(taken)
    async with bus_of(broker, "billow-operator", clock) as bus:
        assert [letter.wire.message_id for letter in await bus.dead_letters.list(queue.name)] == ["asked"]
        assert (await bus.dead_letters.depths())[queue.name] == 1
        assert await bus.dead_letters.replay(queue.name) == 1
    async with bus_of(broker, "billow-payment", clock) as bus:
        await bus.queue(queue.name).ack(await take(bus.queue(queue.name), 1))
    async with bus_of(broker, "billow-gateway-a", clock) as bus:
        await bus.queue("billow.gateway-a.charges").ack(await take(bus.queue("billow.gateway-a.charges"), 1))


FOREIGN = [
    ("billow-payment", "billow.payment-requests", "payment.requested.v1"),
    ("billow-payment", "", "billow.gateway-a.charges"),
    ("billow-payment", "billow.dead", "billow.notifier.notices"),
    ("billow-payment", "billow.payment-responses", "payment.succeeded.v1"),
    ("billow-subscription", "billow.gateway.a.charges", "charge.ordered.v1"),
    ("billow-gateway-a", "billow.gateway.b.charges", "charge.ordered.v1"),
    ("billow-gateway-a", "billow.users", "user.changed.v1"),
    ("billow-notifier", "billow.payment-responses", "payment.succeeded.v1"),
    ("billow-activator", "billow.notices", "reminder.due.v1"),
    ("billow-operator", "billow.payment-requests", "payment.requested.v1"),
    ("identity", "billow.payment-requests", "payment.requested.v1"),
    ("product-shop", "billow.payment-requests", "payment.succeeded.v1"),
    ("product-shop", "billow.payment-responses", "payment.succeeded.v1"),
    ("product-shop", "billow.access", "access.restored.v1"),
    ("product-shop", "", "billow.payment.payment-requests"),
    ("product-shop", "", PRODUCT_QUEUE),
]


@pytest.mark.parametrize(("user", "exchange", "key"), FOREIGN, ids=[f"{u} {e or 'default'} {k}" for u, e, k in FOREIGN])
async def test_nobody_publishes_what_is_not_theirs(
    broker: Broker, clock: ManualClock, user: str, exchange: str, key: str
) -> None:
    bus = bus_of(broker, user, clock)
    (why_not,) = await bus.publisher.publish([Outgoing(exchange, key, wire("forged"))])
    await bus.__aexit__(None, None, None)
    assert "ACCESS_REFUSED" in str(why_not)


OTHERS_QUEUES = [
    ("billow-payment", "billow.notifier.notices"),
    ("billow-payment", "billow.payment.payment-requests.dead"),
    ("billow-gateway-a", "billow.gateway-b.charges"),
    ("billow-gateway-a", "billow.gateway-b.card-validations"),
    ("billow-notifier", "billow.gateway-a.card-validations"),
    ("billow-operator", "billow.payment.payment-requests"),
    ("identity", "billow.payment.users"),
    ("product-shop", "billow.activator.payment-responses"),
]


@pytest.mark.parametrize(("user", "name"), OTHERS_QUEUES, ids=[" ".join(row) for row in OTHERS_QUEUES])
async def test_nobody_reads_the_queue_of_another(broker: Broker, user: str, name: str) -> None:
    async with await aio_pika.connect(as_user(broker.url, user)) as connection:
        channel = await connection.channel()
        queue = await channel.get_queue(name, ensure=False)
        with pytest.raises(AMQPError, match="ACCESS_REFUSED"):
            await queue.consume(ignore)


async def ignore(_message: object) -> None:
    pass


@pytest.mark.parametrize("user", [user for user in USERS if user != "billow-topology"])
async def test_nobody_makes_or_binds_anything(broker: Broker, user: str) -> None:
    async with await aio_pika.connect(as_user(broker.url, user)) as connection:
        channel = await connection.channel()
        with pytest.raises(AMQPError, match="ACCESS_REFUSED"):
            await channel.declare_queue("billow.of-my-own", durable=True)
        channel = await connection.channel()
        queue = await channel.get_queue("billow.payment.payment-requests", ensure=False)
        with pytest.raises(AMQPError, match="ACCESS_REFUSED"):
            await queue.bind("billow.access", "#")


async def test_the_example_product_asks_for_a_charge_and_is_told_of_access(broker: Broker, clock: ManualClock) -> None:
    example, url = load_example(), as_user(broker.url, "product-shop")
    await example.publish(url, example.charge("ann", 1250, "EUR", "Gift card", "order-17"))
    async with bus_of(broker, "billow-payment", clock) as bus:
        queue = bus.queue("billow.payment.payment-requests")
        (delivery,) = taken = await take(queue, 1)
        request = CloudEventsWire(contracts()).read(delivery.wire).message
        await queue.ack(taken)
    assert isinstance(request, PaymentRequested)
    assert (request.source, request.request_id, str(request.amount)) == ("product/shop", "order-17", "12.50 EUR")
    async with bus_of(broker, "billow-activator", clock) as bus:
        told = Outgoing("billow.access", "access.blocked.v1", wire("blocked"))
        assert await bus.publisher.publish([told]) == [None]
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        message = await (await channel.get_queue(PRODUCT_QUEUE, ensure=False)).get(timeout=10)
        assert message.headers["ce-id"] == "blocked"
        await message.ack()


def load_example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("charge", ROOT / "examples" / "charge_from_a_product.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
