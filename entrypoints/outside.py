"""URLs of the settings to what stands behind them: bucket, mail, SMS, provider, tokens, broker."""

from contextlib import AsyncExitStack
from email.utils import parseaddr
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from aiohttp import ClientSession

from adapters.clocks import SystemClock
from adapters.identity.access_tokens import JwtAccessTokens
from adapters.identity.discovery import fetch_keys
from adapters.identity.introspection import IntrospectedTokens
from adapters.identity.jwks import JwksCache
from adapters.notices.files import FileMailer, FileTexts
from adapters.notices.mail import Sender
from adapters.notices.smtp import Security, SmtpMailer, SmtpServer
from adapters.notices.twilio import TwilioAccount, TwilioTexts
from adapters.providers.sandbox.client import SandboxAccess, SandboxProvider
from adapters.sealing.jwe import JweOpener, JweSealer
from adapters.sealing.keys import read_key
from adapters.storage.bucket import ObstoreBucket
from core.gateway.ports import Provider
from core.kernel.clock import Clock
from core.kernel.secret import Secret
from core.notifier.ports import Mailer, Texts
from entrypoints.http.kit import Tokens
from entrypoints.settings import BadSettings, GatewaySettings, Settings


def mailer(settings: Settings, clock: Clock) -> Mailer:
    """`smtp://` with STARTTLS, `smtps://` with TLS, `smtp+plain://` for a mail catcher, `file://` for a folder."""
    name, address = parseaddr(settings.mail_from)
    sender, url = Sender(name or settings.seller_name, address), urlsplit(settings.smtp_url)
    if url.scheme == "file":
        return FileMailer(Path(unquote(url.path)), sender, clock)
    security = {"smtp": Security.STARTTLS, "smtps": Security.TLS, "smtp+plain": Security.NONE}.get(url.scheme)
    if security is None or not url.hostname:
        raise BadSettings("BILLOW_SMTP_URL: smtp://, smtps://, smtp+plain:// or file:///")
    password = Secret(unquote(url.password)) if url.password else None
    usual = 465 if security is Security.TLS else 587
    server = SmtpServer(url.hostname, url.port or usual, security, unquote(url.username or ""), password)
    return SmtpMailer(server, sender, clock)


def texts(settings: Settings) -> Texts:
    """`https://sid:token@host?from=+49…` for an API of Twilio's shape, `file://` for a folder."""
    url = urlsplit(settings.sms_url)
    if url.scheme == "file":
        return FileTexts(Path(unquote(url.path)), settings.seller_name)
    sender = parse_qs(url.query).get("from", [""])[0]
    if url.scheme not in ("https", "http") or not (url.hostname and url.username and url.password and sender):
        raise BadSettings("BILLOW_SMS_URL: https://sid:token@host?from=%2B49… or file:///")
    base = f"{url.scheme}://{url.hostname}" + (f":{url.port}" if url.port else "")
    account = TwilioAccount(unquote(url.username), Secret(unquote(url.password)), sender, base)
    return TwilioTexts(account, settings.seller_name)


def bucket(settings: Settings) -> ObstoreBucket:
    """A folder whose files this API serves through signed links, or S3."""
    try:
        return ObstoreBucket.open(settings.bucket_url, settings.bucket_secret, f"{settings.public_url}/v1/files")
    except ValueError as error:
        raise BadSettings(f"BILLOW_BUCKET_URL: {error}") from error


async def provider(settings: GatewaySettings, stack: AsyncExitStack) -> Provider:
    found = SandboxProvider(SandboxAccess(settings.provider_url, settings.provider_key))
    stack.push_async_callback(found.close)
    return found


async def tokens(settings: Settings, stack: AsyncExitStack) -> Tokens:
    """Access tokens of the configured issuer. They live in real time, whatever the roles' clock says.

    Raises `BadSettings` when the issuer is to be asked and we have no name or secret for that."""
    http = await stack.enter_async_context(ClientSession())
    if settings.introspection_url:
        _check_introspection(settings)
        return _introspected(settings, http)
    keys = JwksCache(partial(fetch_keys, http, settings.issuer))
    names = {"issuer": settings.issuer, "audience": settings.audience}
    return JwtAccessTokens(keys, clock=SystemClock(), algorithms=settings.algorithms, **names)


def _check_introspection(settings: Settings) -> None:
    given = {
        "CLIENT_ID": settings.introspection_client_id,
        "CLIENT_SECRET": settings.introspection_client_secret.reveal(),
    }
    if missing := [f"BILLOW_INTROSPECTION_{name}: missing" for name, text in given.items() if not text]:
        raise BadSettings("\n".join(missing))


def _introspected(settings: Settings, http: ClientSession) -> IntrospectedTokens:
    return IntrospectedTokens(
        http,
        url=settings.introspection_url,
        client_id=settings.introspection_client_id,
        client_secret=settings.introspection_client_secret,
        issuer=settings.issuer,
        audience=settings.audience,
        clock=SystemClock(),
    )


def sealer(settings: Settings) -> JweSealer:
    """Seals for each gateway with its public key. Raises `BadSettings` for a key that cannot be read."""
    try:
        files = {name: gateway.sealing_public_key_file for name, gateway in settings.gateway.items()}
        return JweSealer({name: file.read_text(encoding="utf-8") for name, file in files.items()})
    except OSError as error:
        raise BadSettings(f"BILLOW_GATEWAY_…_SEALING_PUBLIC_KEY_FILE: {error}") from error


def opener(settings: GatewaySettings) -> JweOpener:
    """Opens what was sealed for this gateway: with the present key, and the one before while it is rotated."""
    try:
        return JweOpener(*map(read_key, settings.sealing_key_files))
    except OSError as error:
        raise BadSettings(f"BILLOW_GATEWAY_…_SEALING_KEY_FILE: {error}") from error
