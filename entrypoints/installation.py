"""One process of Billow: some roles or all, wired, with what they run on opened before and closed after them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiohttp import web

import containers
from adapters.cloudevents.wire import CloudEventsWire
from adapters.documents.invoices import WeasyPrintInvoices
from adapters.inprocess.bus import PostgresBus
from adapters.postgres.database import Database, open_databases
from adapters.postgres.housekeeping import Housekeeping
from adapters.rabbitmq.bus import RabbitBus
from adapters.storage.bucket import ObstoreBucket
from core.auditing import Facts
from core.gateway.ports import Provider
from core.kernel.clock import Clock
from core.kernel.secret import Secret
from core.messaging.ports import Bus
from core.topology import Topology, consumers, contracts, topology
from entrypoints import outside
from entrypoints.auditing import facts
from entrypoints.http.files import files_routes
from entrypoints.http.kit import Tokens, application
from entrypoints.loops import Loop, Runner, all_idle, stop_all
from entrypoints.measuring import Measuring
from entrypoints.roles import Broker, Role, consume_loops, relay_loops, tickings
from entrypoints.settings import Settings
from entrypoints.ticking import Periodic, Scheduler

NOTHING_WAITS = """
SELECT NOT EXISTS (SELECT FROM outbox) AND NOT EXISTS (SELECT FROM retries WHERE available_at <= $1)
"""
SOON = timedelta(seconds=5)
"""A message put off for no longer than this still counts as under way."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Roles that are wired and not yet running."""

    settings: Settings
    roles: Mapping[str, Role]
    databases: Mapping[str, Database]
    broker: Broker
    tokens: Tokens
    outside: "Opened"
    _runners: list[Runner] = field(default_factory=list)

    def start(self, *, consume: bool = True, relay: bool = True) -> None:
        """Start the loops, each in a task of its own."""
        loops: list[Loop] = [self._measuring()]
        for role in self.roles.values():
            loops += consume_loops(role, self.broker) if consume else ()
            loops += relay_loops(role, self.broker) if relay else ()
        self._runners.extend(Runner(loop) for loop in loops)

    def _measuring(self) -> Measuring:
        ours = [queue.name for role in self.roles for queue in self.broker.topology.of(role) if not queue.perishable]
        letters, clock = self.broker.bus.dead_letters, self.broker.clock
        return Measuring(self.broker.metrics, self.databases, letters, ours, clock)

    async def stop(self) -> None:
        """End between two pieces of work."""
        await stop_all(self._runners)
        self._runners.clear()

    @property
    def tickings(self) -> list[Periodic]:
        """What each role looks at once in a period, and the tidying of its database."""
        clock = self.broker.clock
        tidying = [Housekeeping(schema, database, clock) for schema, database in self.databases.items()]
        return [*(ticking for role in self.roles.values() for ticking in tickings(role)), *tidying]

    def scheduler(self) -> Scheduler:
        return Scheduler(self.tickings, self.broker.metrics)

    def nudge(self) -> None:
        """Time was moved: whoever waits for a row to fall due looks now."""
        for role in self.roles.values():
            role.announcer()

    async def quiet(self) -> bool:
        """Nothing under way: no message waits or is handled, no row waits to be published, no errand is due."""
        if not (all_idle(self._runners) and await self.broker.bus.idle()):
            return False
        soon = self.broker.clock.now() + SOON
        for database in self.databases.values():
            async with database.reading() as connection:
                if not await connection.fetchval(NOTHING_WAITS, soon):
                    return False
        return all_idle(self._runners) and await self.broker.bus.idle()

    async def facts(self) -> Facts:
        """What every part says now, for the audit. All roles must be here."""
        must_block = not self.settings.grace
        assert self.outside.bucket is not None, "the notifier is here"
        return await facts(self.databases, self.outside.providers, self.outside.bucket, must_block)

    def application(self, title: str = "Billow") -> web.Application:
        """The HTTP API of these roles."""
        checks = {f"{name} {check}": run for name, role in self.roles.items() for check, run in role.checks.items()}
        apis = [role.api for role in self.roles.values()]
        app = application(
            apis,
            tokens=self.tokens,
            title=title,
            issuer=self.settings.issuer,
            checks=checks,
            registry=self.broker.metrics.registry,
        )
        app.add_routes(self.outside.routes)
        return app


@asynccontextmanager
async def installation(
    settings: Settings, clock: Clock, *, only: Sequence[str] = (), tokens: Tokens | None = None
) -> AsyncIterator[Installation]:
    """Open what the consumers in `only` (all of them, if none is named) run on, and wire them."""
    wanted = only or consumers(settings.gateways)
    async with AsyncExitStack() as stack:
        shape = topology(settings.gateways)
        bus: Bus = await stack.enter_async_context(bus_of(settings, shape, clock))
        urls = {consumer.replace("-", "_"): settings.database_urls[consumer.replace("-", "_")] for consumer in wanted}
        databases = await stack.enter_async_context(open_databases(urls))
        broker = Broker(bus, shape, CloudEventsWire(contracts()), clock)
        opening = _Opening(settings, databases, broker, stack)
        roles = {consumer: await opening.role(consumer) for consumer in wanted}
        found = tokens or await outside.tokens(settings, stack)
        yield Installation(settings, roles, databases, broker, found, opening.opened)


def bus_of(settings: Settings, shape: Topology, clock: Clock) -> RabbitBus | PostgresBus:
    """RabbitMQ when its URL is set, else the in-process bus."""
    if settings.amqp_url:
        return RabbitBus(settings.amqp_url, shape, clock)
    return PostgresBus(settings.bus_database_url, shape, clock)


@dataclass(slots=True)
class Opened:
    """What the roles of this process reach outside."""

    providers: dict[str, Provider] = field(default_factory=dict)
    bucket: ObstoreBucket | None = None
    routes: list[web.RouteDef] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Opening:
    """Opens what one role needs from outside, and wires it."""

    settings: Settings
    databases: Mapping[str, Database]
    broker: Broker
    stack: AsyncExitStack
    opened: Opened = field(default_factory=Opened)

    async def role(self, consumer: str) -> Role:
        name, _, gateway = consumer.partition("-")
        own = await getattr(self, f"_{name}", _nothing)(gateway)
        common = {
            "settings": self.settings,
            "consumer": consumer,
            "database": self.databases[consumer.replace("-", "_")],
            "bus": self.broker.bus,
            "wire": self.broker.wire,
            "clock": self.broker.clock,
        }
        return containers.role(containers.ROLES[name](**common, **own))

    async def _payment(self, _: str) -> dict[str, Any]:
        return {"sealer": outside.sealer(self.settings)}

    async def _gateway(self, name: str) -> dict[str, Any]:
        settings = self.settings.gateway[name]
        provider = self.opened.providers[name] = await outside.provider(settings, self.stack)
        return {"provider": provider, "opener": outside.opener(settings)}

    async def _notifier(self, _: str) -> dict[str, Any]:
        renderer = await self.stack.enter_async_context(WeasyPrintInvoices())
        bucket = self.opened.bucket = outside.bucket(self.settings)
        self.opened.routes += files_routes(bucket)
        secret = Secret(self.settings.bucket_secret.reveal().encode())
        mailer, texts = outside.mailer(self.settings, self.broker.clock), outside.texts(self.settings)
        return {"renderer": renderer, "bucket": bucket, "mailer": mailer, "texts": texts, "secret": secret}


async def _nothing(_: str) -> dict[str, Any]:
    return {}
