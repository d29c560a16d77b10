"""A running Billow and the people around it: what journeys are told with."""

import asyncio
import email
import email.policy
import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import aio_pika
from aiohttp import ClientSession

from adapters.clocks import MovingClock
from adapters.postgres.privileges import grant, user_of
from adapters.providers.trial_cards import TRIAL_CARDS
from adapters.rabbitmq.names import dead
from core.kernel.identity import OPERATOR, PRODUCT, USER
from core.messaging.envelope import Wire
from core.messaging.ports import Bus, DeadLetter, Outgoing
from entrypoints.client import Client
from entrypoints.embedded import Embedded, Wishes, embedded, wait_until_quiet
from entrypoints.onboarding import card_json
from entrypoints.settings import schemas

FIRST_MORNING = datetime(2026, 1, 31, 6, tzinfo=UTC)
GATEWAYS = ("a", "b")
SECONDS = 60.0
A_MOMENT = timedelta(seconds=3)
PUT_OFF = "SELECT FROM retries WHERE available_at < $1 LIMIT 1"
Json = dict[str, Any]
_numbers = count(1)


@dataclass(frozen=True)
class Answer:
    """What came back over HTTP, whatever it was."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass(frozen=True)
class Mail:
    """An e-mail as it lies in the folder."""

    kind: str
    to: str
    subject: str
    text: str
    html: str
    attachments: Mapping[str, bytes]

    @classmethod
    def read(cls, file: Path) -> "Mail":
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
        files = {str(part.get_filename()): part.get_payload(decode=True) for part in mail.iter_attachments()}
        kind = file.name.partition("-")[0]
        return cls(kind, str(mail["To"]), str(mail["Subject"]), parts["text/plain"], parts["text/html"], files)


@dataclass(frozen=True)
class Text:
    """An SMS as it lies in the folder."""

    kind: str
    to: str
    body: str


class Caller(Client):
    """Somebody with a token. `ask` tells every answer as it is; the others raise for what is no success."""

    def __init__(self, http: ClientSession, url: str, token: str) -> None:
        super().__init__(http, url, token)
        self._http, self._at, self._bearer = http, url, {"Authorization": f"Bearer {token}"}

    async def ask(self, method: str, path: str, body: Any = None, *, key: str = "", **headers: str) -> Answer:
        given = self._bearer | headers | ({"Idempotency-Key": key} if key else {})
        url = path if path.startswith("http") else self._at + path
        sent = {} if body is None else {"json": body}
        async with self._http.request(method, url, headers=given, allow_redirects=False, **sent) as answer:
            return Answer(answer.status, dict(answer.headers), await answer.text())


@dataclass(frozen=True)
class Person:
    """A user: their id, addresses, and what they may call."""

    id: str
    email: str
    phone: str
    web: Caller
    world: "World"

    async def save_card(self, name: str = "visa", gateway: str = "a", *, default: bool = False) -> str:
        """Start to save one of the sandbox's cards; answers the card's id."""
        body = {"card": card_of(name), "gateway": gateway, "default": default}
        started: Json = await self.web.post("/v1/cards", body)
        return str(started["card"]["id"])

    async def card(self, card_id: str) -> Json:
        found: Json = await self.web.get(f"/v1/cards/{card_id}")
        return found

    async def payments(self, **query: str) -> list[Json]:
        """The newest first."""
        return [payment async for payment in self.web.every("/v1/payments", **query)]

    async def payment(self, payment_id: str) -> Json:
        found: Json = await self.web.get(f"/v1/payments/{payment_id}")
        return found

    async def access(self) -> Json:
        found: Json = await self.web.get(f"/v1/users/{self.id}/access")
        return found

    def mails(self, kind: str = "") -> list[Mail]:
        return [mail for mail in self.world.mails() if mail.to == self.email and kind in ("", mail.kind)]

    def texts(self, kind: str = "") -> list[Text]:
        return [text for text in self.world.texts() if text.to == self.phone and kind in ("", text.kind)]


@dataclass(frozen=True)
class World:
    """Everything runs. Many stories share one world, each with people of its own; time only goes forward."""

    billow: Embedded
    clock: MovingClock
    http: ClientSession
    amqp_url: str

    @property
    def home(self) -> Path:
        return self.billow.home

    def caller(self, user_id: str, *scopes: str) -> Caller:
        return Caller(self.http, self.billow.server.url, self.billow.token(user_id, *scopes))

    @property
    def staff(self) -> Caller:
        return self.caller("staff", OPERATOR)

    @property
    def product(self) -> Caller:
        return self.caller("shop", PRODUCT)

    def stranger(self, name: str = "person") -> Person:
        """Somebody with a token whom no role knows yet."""
        number = next(_numbers)
        user_id = f"{name}-{number}"
        web = self.caller(user_id, USER)
        return Person(user_id, f"{user_id}@example.org", f"+4915550{number:06}", web, self)

    async def person(self, called: str = "person", /, card: str = "", gateway: str = "a", **fields: Any) -> Person:
        """A known user, with a saved card if one is named."""
        person = self.stranger(called)
        await self.introduce(person, **fields)
        if card:
            await person.save_card(card, gateway)
            await self.settle()
        return person

    async def introduce(self, person: Person, **fields: Any) -> None:
        """Staff say who somebody is."""
        about = {"name": person.id.title(), "email": person.email, "phone": person.phone, "country": "DE"}
        await self.staff.put(f"/v1/users/{person.id}", about | {"address": ["Hauptstr. 1", "10115 Berlin"]} | fields)
        await self.settle()

    async def charge(self, person: Person, minor: int = 1000, currency: str = "EUR", what: str = "Things") -> str:
        """A product charges somebody over HTTP; answers the payment's id when all is quiet again."""
        amount = {"minor": minor, "currency": currency}
        body = {"user_id": person.id, "request_id": str(uuid4()), "amount": amount, "description": what}
        payment: Json = await self.product.post("/v1/payments", body)
        await self.settle()
        return str(payment["id"])

    async def settle(self) -> None:
        """Wait until nothing is under way, nor put off for a moment, as after a deadlock."""
        await wait_until_quiet(self.billow.installation, SECONDS)
        while await self._put_off_for_a_moment():
            await asyncio.sleep(0.1)
            await wait_until_quiet(self.billow.installation, SECONDS)

    async def _put_off_for_a_moment(self) -> bool:
        soon = self.clock.now() + A_MOMENT
        found = [await self.rows(name, PUT_OFF, soon) for name in self.billow.installation.databases]
        return any(found)

    async def look(self) -> None:
        """Everything the scheduler looks at, once."""
        for ticking in self.billow.installation.tickings:
            await ticking()

    async def tick(self) -> None:
        """The same, with all that comes of it."""
        await self.look()
        await self.settle()

    async def advance(self, **time: float) -> None:
        """Let time pass at once, then do what is due."""
        self.clock.advance(timedelta(**time))
        await self.settle()
        await self.tick()

    async def live(self, days: int) -> None:
        """Day by day."""
        for _ in range(days):
            await self.advance(days=1)

    def mails(self) -> Iterator[Mail]:
        return map(Mail.read, sorted((self.home / "mails").glob("*.eml")))

    def texts(self) -> Iterator[Text]:
        for file in sorted((self.home / "texts").glob("*.json")):
            sms = json.loads(file.read_text(encoding="utf-8"))
            yield Text(sms["kind"], sms["to"], sms["body"])

    async def provider_books(self, gateway: str, payment_id: str = "") -> list[Any]:
        """What the provider wrote down, of everything or of one payment."""
        entries = await self.billow.installation.outside.providers[gateway].ledger()
        return [entry for entry in entries if entry.key.startswith(payment_id)]

    async def rows(self, schema: str, query: str, *arguments: Any) -> Sequence[Any]:
        """What a role keeps, read as that role."""
        async with self.billow.installation.databases[schema].reading() as connection:
            return await connection.fetch(query, *arguments)

    async def publish(self, exchange: str, kind: str, message: aio_pika.Message) -> None:
        """As another system does: over its own connection to RabbitMQ, or into the tables of the in-process bus."""
        if self.amqp_url:
            async with await aio_pika.connect(self.amqp_url) as connection:
                channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
                topic = await channel.get_exchange(exchange, ensure=False)
                await topic.publish(message, kind, mandatory=True)
        else:
            headers = {name: str(value) for name, value in message.headers.items()}
            outgoing = Outgoing(exchange, kind, Wire(headers, message.body, message.content_type or ""))
            assert await self.bus.publisher.publish([outgoing]) == [None]
        await self.settle()

    @property
    def bus(self) -> Bus:
        return self.billow.installation.broker.bus

    @property
    def owner_url(self) -> str:
        """The database, for whom nothing is hidden."""
        return self.billow.installation.settings.bus_database_url

    async def dead_letters(self, queue: str) -> Sequence[DeadLetter]:
        return await self.bus.dead_letters.list(queue)


def card_of(name: str) -> Json:
    """A card of the sandbox as a user types it."""
    return card_json(TRIAL_CARDS[name].entry())


@asynccontextmanager
async def open_world(
    home: Path, owner: str, amqp_url: str, management_url: str, environ: dict[str, str]
) -> AsyncIterator[World]:
    """`owner`: URL of a migrated database. Each role works as a user of its own with the least it needs."""
    for schema in schemas(GATEWAYS):
        await grant(owner, schema)
    own = {f"BILLOW_{schema.upper()}_DATABASE_URL": as_user(owner, user_of(schema)) for schema in schemas(GATEWAYS)}
    clock = MovingClock(FIRST_MORNING)
    wishes = Wishes(home, clock, "127.0.0.1", 0, amqp_url, management_url, owner, own | environ)
    async with embedded(wishes) as billow, ClientSession() as http:
        await purge(billow, amqp_url)
        billow.installation.start()
        yield World(billow, clock, http, amqp_url)


def as_user(url: str, user: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=f"{user}@{parts.netloc.rpartition('@')[2]}").geturl()


async def purge(billow: Embedded, amqp_url: str) -> None:
    """What an earlier world left behind in the broker's queues is none of ours."""
    if not amqp_url:
        return
    async with await aio_pika.connect(amqp_url) as connection:
        channel = await connection.channel()
        for spec in billow.installation.broker.topology.queues:
            for name in (spec.name, *(() if spec.perishable else (dead(spec.name),))):
                await (await channel.get_queue(name, ensure=False)).purge()
