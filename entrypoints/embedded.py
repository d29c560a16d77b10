"""The embedded default: everything Billow runs on, started in this process below one folder. Nothing to install."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from secrets import token_urlsafe

from adapters.clocks import SystemClock
from adapters.identity.access_tokens import JwtAccessTokens
from adapters.identity.jwks import JwksCache
from adapters.identity.local_issuer import LocalIssuer
from adapters.postgres.embedded import embedded_postgres_at
from adapters.postgres.migrations import migrate
from adapters.postgres.privileges import grant, user_of
from adapters.providers.sandbox.accounts import Account
from adapters.providers.sandbox.serve import SandboxConfig, running
from adapters.providers.sandbox.server import SandboxSettings
from adapters.rabbitmq.topology import apply_topology
from adapters.sealing.keys import key_at, public_jwk
from core.kernel.clock import Clock
from core.kernel.identity import OPERATOR, PRODUCT
from core.kernel.secret import Secret
from core.topology import topology
from entrypoints.http.kit.server import RunningServer, serve
from entrypoints.http.start_page import start_page
from entrypoints.installation import Installation, installation
from entrypoints.local import AUDIENCE, LIFETIME, alone, local_issuer, note_environ, note_url
from entrypoints.settings import Settings, read_settings, schemas


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the embedded default is to run. Empty URLs: our own PostgreSQL, the in-process bus. Port 0: any free one."""

    home: Path
    clock: Clock
    host: str = "127.0.0.1"
    port: int = 0
    amqp_url: str = ""
    amqp_management_url: str = ""
    database_url: str = ""
    environ: Mapping[str, str] | None = None
    """Settings of the user's own; they go before ours."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A running Billow with its HTTP API. The loops are started by whoever opened it."""

    installation: Installation
    server: RunningServer
    issuer: LocalIssuer
    sandbox_url: str
    publishable_keys: Mapping[str, str]
    """Of each gateway's account at the sandbox: they open its browser form."""
    home: Path

    def token(self, user_id: str, *scopes: str) -> str:
        return self.issuer.issue(user_id, "billow-cli", scopes or (OPERATOR, PRODUCT), LIFETIME)


@asynccontextmanager
async def embedded(wishes: Wishes) -> AsyncIterator[Embedded]:
    """Start everything, in order: database, provider, keys, migrations, broker, roles, HTTP."""
    async with AsyncExitStack() as stack:
        stack.enter_context(alone(wishes.home))
        owner = wishes.database_url or stack.enter_context(embedded_postgres_at(wishes.home / "postgres"))
        port = wishes.port or free_port(wishes.host)
        accounts = _accounts(wishes.home)
        sandbox_url = await stack.enter_async_context(_sandbox(wishes, accounts))
        environ = _environ(wishes, owner, f"http://{wishes.host}:{port}", sandbox_url)
        settings = read_settings(environ)
        await _prepare(owner, settings, wishes)
        issuer = local_issuer(wishes.home, settings.issuer)
        tokens = JwtAccessTokens(
            JwksCache(issuer.fetch_keys), issuer=settings.issuer, audience=AUDIENCE, clock=SystemClock()
        )
        made = await stack.enter_async_context(installation(settings, wishes.clock, tokens=tokens))
        stack.push_async_callback(made.stop)
        app = made.application()
        keys = {account.name: account.publishable_key for account in accounts}
        what_runs = _what_runs(made, sandbox_url, keys)
        app.add_routes([*issuer.routes(), start_page(settings.public_url, wishes.home, what_runs)])
        server = await serve(app, wishes.host, port)
        stack.push_async_callback(server.stop)
        note_environ(wishes.home, environ)
        note_url(wishes.home, server.url)
        yield Embedded(made, server, issuer, sandbox_url, keys, wishes.home)


def _what_runs(made: Installation, sandbox_url: str, keys: Mapping[str, str]) -> list[tuple[str, str]]:
    """Each role in its own words, the provider with its publishable keys, and the broker."""
    roles = [(name, str(import_module(f"core.{role.name}").__doc__)) for name, role in made.roles.items()]
    bus = "RabbitMQ" if made.settings.amqp_url else "in-process, on PostgreSQL"
    return [
        *((name, words.partition(": ")[2]) for name, words in roles),
        ("provider", f"sandbox at {sandbox_url}"),
        *((f"browser form of {name}", f"publishable key {key}") for name, key in keys.items()),
        ("bus", bus),
    ]


def free_port(host: str) -> int:
    with socket.socket() as probe:
        probe.bind((host, 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def _sandbox(wishes: Wishes, accounts: tuple[Account, ...]) -> AsyncIterator[str]:
    config = SandboxConfig(wishes.home / "sandbox.sqlite", SandboxSettings(accounts), wishes.clock)
    async with running(config) as url:
        yield url


def _accounts(home: Path) -> tuple[Account, ...]:
    return tuple(Account(name, Secret(_account_key(home, name))) for name in ("a", "b"))


def _account_key(home: Path, name: str) -> str:
    return _kept(home / "keys" / f"sandbox-{name}")


def _kept(path: Path) -> str:
    """A random secret, made once and kept in a private file."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(token_urlsafe(32), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def _environ(wishes: Wishes, owner: str, url: str, sandbox_url: str) -> dict[str, str]:
    home, host, port = wishes.home, wishes.host, url.rpartition(":")[2]
    ours = {
        "BILLOW_AMQP_URL": wishes.amqp_url,
        "BILLOW_AMQP_MANAGEMENT_URL": wishes.amqp_management_url,
        "BILLOW_BUS_DATABASE_URL": owner,
        "BILLOW_BUCKET_URL": (home / "bucket").as_uri(),
        "BILLOW_BUCKET_SECRET": _kept(home / "keys" / "bucket"),
        "BILLOW_SMTP_URL": (home / "mails").as_uri(),
        "BILLOW_SMS_URL": (home / "texts").as_uri(),
        "BILLOW_ISSUER": url,
        "BILLOW_PUBLIC_URL": url,
        "BILLOW_HTTP_HOST": host,
        "BILLOW_HTTP_PORT": port,
        "BILLOW_REPAY_URL": url + "/v1/payments/{payment_id}",
        "BILLOW_SELLER_NAME": "Billow Example Ltd",
        "BILLOW_SELLER_ADDRESS": "1 Wave Street|10115 Berlin",
        "BILLOW_SELLER_COUNTRY": "DE",
        "BILLOW_SELLER_EMAIL": "billing@billow.example",
        "BILLOW_SELLER_TAX_ID": "DE 123 456 789",
    }
    for schema in schemas(("a", "b")):
        own = wishes.database_url or _as_user(owner, user_of(schema))
        ours[f"BILLOW_{schema.upper()}_DATABASE_URL"] = own
    for name in ("a", "b"):
        ours |= _gateway_environ(wishes, name, sandbox_url)
    given = {name: text for name, text in (wishes.environ or {}).items() if name.startswith("BILLOW_")}
    return {name: text for name, text in ours.items() if text} | given


def _gateway_environ(wishes: Wishes, name: str, sandbox_url: str) -> dict[str, str]:
    prefix, key_file = f"BILLOW_GATEWAY_{name.upper()}_", wishes.home / "keys" / f"sealing-{name}.pem"
    public = key_file.with_suffix(".jwk")
    public.write_text(public_jwk(key_at(key_file)), encoding="utf-8")
    return {
        prefix + "PROVIDER_URL": sandbox_url,
        prefix + "PROVIDER_KEY": _account_key(wishes.home, name),
        prefix + "SEALING_KEY_FILE": str(key_file),
        prefix + "SEALING_PUBLIC_KEY_FILE": str(public),
        prefix + "BROWSER_FORM": "true",
    }


def _as_user(url: str, user: str) -> str:
    """The same database for another user. Our own server trusts its socket, and only its owner can reach that."""
    scheme, _, rest = url.partition("://")
    authority, slash, path = rest.partition("/")
    return f"{scheme}://{user}@{authority.rpartition('@')[2]}{slash}{path}"


async def _prepare(owner: str, settings: Settings, wishes: Wishes) -> None:
    """Migrations as the owner, then (on our own server) each role's own user; and the broker's exchanges and queues."""
    await migrate(dict.fromkeys(settings.schemas, owner))
    for schema in () if wishes.database_url else settings.schemas:
        await grant(owner, schema)
    if wishes.amqp_url:
        await apply_topology(wishes.amqp_url, topology(settings.gateways), wishes.amqp_management_url)


async def wait_until_quiet(made: Installation, seconds: float = 120.0) -> None:
    """Return when nothing is under way any more. Raises `TimeoutError`."""
    made.nudge()
    async with asyncio.timeout(seconds):
        while not await made.quiet():
            await asyncio.sleep(0.01)
