"""Roles as the real containers wire them, on a real database and its bus, with stand-ins for what is outside."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import containers
from adapters.cloudevents.wire import CloudEventsWire
from adapters.inprocess.bus import PostgresBus
from adapters.postgres.database import Database, open_databases
from adapters.providers.memory import InMemoryProvider
from core.contracts.message import Message
from core.kernel.secret import Secret
from core.messaging.envelope import Envelope, Trace, Wire, exchange_of
from core.messaging.ports import Outgoing
from core.topology import consumers, contracts, topology
from entrypoints.loops import Loop, Runner, stop_all
from entrypoints.roles import Broker, Role, consume_loops, relay_loops
from entrypoints.settings import Settings, read_settings
from tests.conftest import ManualClock
from tests.fakes.notifier import Carrier, InMemoryBucket, PlainRenderer
from tests.fakes.payment import OpenSealer
from tests.integration.deployed import as_user, connected

GATEWAYS = ("a", "b")
CHAIN = "chain-of-this-test"


class CheckedRenderer(PlainRenderer):
    """A renderer with its health check."""

    async def check(self) -> None: ...


@dataclass
class Outside:
    """What the roles reach outside; tests look into it."""

    clock: ManualClock
    bucket: InMemoryBucket = field(default_factory=InMemoryBucket)
    mailer: Carrier = field(default_factory=Carrier)
    texts: Carrier = field(default_factory=Carrier)
    providers: dict[str, InMemoryProvider] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.providers = {name: InMemoryProvider(self.clock) for name in GATEWAYS}

    def of(self, consumer: str) -> dict[str, Any]:
        role, _, gateway = consumer.partition("-")
        return {
            "payment": {"sealer": OpenSealer()},
            "gateway": {"provider": self.providers.get(gateway), "opener": object()},
            "notifier": {
                "renderer": CheckedRenderer(),
                "bucket": self.bucket,
                "mailer": self.mailer,
                "texts": self.texts,
                "secret": Secret(b"secret"),
            },
        }.get(role, {})


def settings_for(url: str, **more: str) -> Settings:
    """Settings as they are read from an environment; each role with a database user of its own."""
    environ = {
        "BILLOW_BUS_DATABASE_URL": url,
        "BILLOW_ISSUER": "https://id.example.com",
        "BILLOW_BUCKET_URL": "file:///invoices",
        "BILLOW_BUCKET_SECRET": "secret",
        "BILLOW_SMTP_URL": "file:///mails",
        "BILLOW_SMS_URL": "file:///texts",
    }
    for name in GATEWAYS:
        prefix = f"BILLOW_GATEWAY_{name.upper()}_"
        environ[prefix + "PROVIDER_URL"] = "https://provider.example.com"
        environ |= {prefix + key: name for key in ("PROVIDER_KEY", "SEALING_KEY_FILE", "SEALING_PUBLIC_KEY_FILE")}
    for consumer in consumers(GATEWAYS):
        schema = consumer.replace("-", "_")
        environ[f"BILLOW_{schema.upper()}_DATABASE_URL"] = as_user(url, schema)
    return read_settings(environ | more)


def container(consumer: str, settings: Settings, outside: Outside, broker: Broker, database: Any) -> Any:
    """The role's container, filled as an installation fills it."""
    common = {"settings": settings, "consumer": consumer, "database": database, "wire": broker.wire}
    made = containers.ROLES[consumer.partition("-")[0]]
    return made(**common, bus=broker.bus, clock=broker.clock, **outside.of(consumer))


@dataclass
class Stand:
    """Some roles, wired. Nothing runs by itself but what a test starts."""

    url: str
    outside: Outside
    broker: Broker
    databases: Mapping[str, Database]
    roles: Mapping[str, Role]
    runners: list[Runner] = field(default_factory=list)

    def start(self, *named: str, relay: bool = False) -> None:
        """The loops of these roles, or of all."""
        for name in named or self.roles:
            self.run(self.loops(name))
            self.run(relay_loops(self.roles[name], self.broker) if relay else ())

    def loops(self, name: str) -> Sequence[Loop]:
        return [*consume_loops(self.roles[name], self.broker)]

    def run(self, loops: Iterable[Loop]) -> None:
        self.runners += map(Runner, loops)

    async def publish(self, *messages: Message, times: int = 1) -> Sequence[str]:
        """Messages of one chain, each `times` times under one id; answers the ids."""
        envelopes = [Envelope(uuid4(), "/test", self.broker.clock.now(), 1, Trace(CHAIN, "c"), m) for m in messages]
        wires: list[Wire] = [self.broker.wire.write(envelope) for envelope in envelopes]
        batch = [Outgoing(exchange_of(m), m.kind, wire) for m, wire in zip(messages, wires, strict=True)]
        assert not any(await self.broker.bus.publisher.publish(batch * times))
        return [str(envelope.id) for envelope in envelopes]

    async def waiting(self, consumer: str) -> int:
        """Messages in the role's queues, those in somebody's hands included."""
        names = [queue.name for queue in self.broker.topology.of(consumer)]
        async with connected(self.url) as connection:
            query = "SELECT count(*) FROM bus.deliveries WHERE queue = ANY($1)"
            return int(await connection.fetchval(query, names))

    async def value(self, consumer: str, query: str, *arguments: Any) -> Any:
        async with self.databases[consumer.replace("-", "_")].reading() as sql:
            return await sql.fetchval(query, *arguments)

    async def outbox(self, consumer: str) -> list[tuple[str, str]]:
        """Kind and correlation id of each row that waits to be published."""
        query = "SELECT routing_key, headers ->> 'ce-correlationid' FROM outbox ORDER BY position"
        async with self.databases[consumer.replace("-", "_")].reading() as sql:
            return [tuple(row) for row in await sql.fetch(query)]


@asynccontextmanager
async def stand(url: str, clock: ManualClock, *named: str, settings: Settings | None = None) -> AsyncIterator[Stand]:
    """Open the named roles (all, if none is named) on this database."""
    wanted, settings = named or consumers(GATEWAYS), settings or settings_for(url)
    async with AsyncExitStack() as stack:
        shape = topology(GATEWAYS)
        bus = await stack.enter_async_context(PostgresBus(url, shape, clock))
        schemas = [consumer.replace("-", "_") for consumer in wanted]
        databases = await stack.enter_async_context(open_databases({s: settings.database_urls[s] for s in schemas}))
        broker, outside = Broker(bus, shape, CloudEventsWire(contracts()), clock), Outside(clock)
        roles = {
            consumer: containers.role(container(consumer, settings, outside, broker, databases[schema]))
            for consumer, schema in zip(wanted, schemas, strict=True)
        }
        made = Stand(url, outside, broker, databases, roles)
        try:
            yield made
        finally:
            await stop_all(made.runners)
