"""Configuration: read once from the environment into frozen values. docs/operations.md lists every variable."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, dataclass, field, fields
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.kernel.money import EXPONENTS
from core.kernel.secret import Secret
from core.notifier.document import Party


class BadSettings(Exception):
    """What is wrong with the environment: every fault, not just the first."""


ALL = ("payment", "subscription", "gateway", "notifier", "activator")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
ALGORITHMS = ("RS256", "ES256", "PS256")
MOST_DAYS = 36_500


def _setting(
    name: str, help: str, read: Callable[[str], Any] = str, default: Any = "", needed_by: tuple[str, ...] = ()
) -> Any:
    """One variable. A role it is `needed_by` does not start without it; for others it stays at its default."""
    metadata = {"name": f"BILLOW_{name}", "help": help, "read": read, "needed_by": needed_by}
    return field(default=default, metadata=metadata)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def gateway_names(text: str) -> tuple[str, ...]:
    """As they stand in a setting. Raises `ValueError`."""
    names = _words(text)
    if not names or not all(name.isascii() and name.isalnum() and name.islower() for name in names):
        raise ValueError("names of lower-case letters and digits, such as a,b")
    return names


def _currencies(text: str) -> frozenset[str]:
    codes = frozenset(_words(text))
    if unknown := codes - set(EXPONENTS):
        raise ValueError(f"no ISO 4217 currency: {', '.join(sorted(unknown))}")
    return codes


def _days(text: str) -> timedelta:
    return timedelta(days=_whole(text, MOST_DAYS))


def _whole(text: str, most: int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = -1
    if not 0 <= number <= most:
        raise ValueError(f"a whole number from 0 to {most}")
    return number


def _port(text: str) -> int:
    return _whole(text, 65_535)


def _level(text: str) -> str:
    if text not in LOG_LEVELS:
        raise ValueError(f"one of {', '.join(LOG_LEVELS)}")
    return text


def _algorithms(text: str) -> tuple[str, ...]:
    """Signatures of a public key only: a shared secret would let whoever checks tokens make them, too."""
    names = _words(text)
    if not names or set(names) - set(ALGORITHMS):
        raise ValueError(f"some of {', '.join(ALGORITHMS)}")
    return names


def _sender(text: str) -> str:
    local, _, host = parseaddr(text)[1].rpartition("@")
    if not local or not host or "\n" in text or "\r" in text:
        raise ValueError("an e-mail address, such as Billow <billing@example.com>")
    return text


def url_of(*schemes: str) -> Callable[[str], str]:
    """Reads a URL of one of these schemes, or nothing. It raises `ValueError`, without the URL: that may hold a key."""

    def read(text: str) -> str:
        try:
            parts = urlsplit(text)
            usable = parts.scheme in schemes and (parts.port is None or parts.port > 0)
        except ValueError:
            usable = False
        if text and not usable:
            raise ValueError(f"no URL such as {schemes[0]}://…")
        return text

    return read


amqp = url_of("amqp", "amqps")
http = url_of("http", "https")
postgresql = url_of("postgresql", "postgres")


def _all_days(text: str) -> tuple[timedelta, ...]:
    return tuple(_days(word) for word in _words(text))


def _paths(text: str) -> tuple[Path, ...]:
    return tuple(map(Path, _words(text)))


def _yes(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("true or false")
    return text == "true"


def _secret(text: str) -> Secret[str]:
    return Secret(text)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.split("|") if line.strip())


@dataclass(frozen=True, slots=True)
class GatewaySettings:
    """One gateway: BILLOW_GATEWAY_<NAME>_…"""

    provider_url: str = _setting("PROVIDER_URL", "base URL of the provider's API", needed_by=("gateway",))
    provider_key: Secret[str] = _setting(
        "PROVIDER_KEY", "API key of our account at the provider", _secret, Secret(""), needed_by=("gateway",)
    )
    sealing_key_files: tuple[Path, ...] = _setting(
        "SEALING_KEY_FILE", "private key that opens sealed cards; two, divided by a comma, while rotating",
        _paths, (), needed_by=("gateway",)
    )  # fmt: skip
    sealing_public_key_file: Path = _setting(
        "SEALING_PUBLIC_KEY_FILE", "public key that seals cards for this gateway", Path, Path(), needed_by=("payment",)
    )
    browser_form: bool = _setting(
        "BROWSER_FORM", "for payment: the provider has a form in the browser whose tokens are taken", _yes, False
    )


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation. Amounts of time are whole days unless said otherwise."""

    database_urls: Mapping[str, str]
    """By schema: BILLOW_DATABASE_URL, or BILLOW_<ROLE>_DATABASE_URL for a role with a server of its own."""
    gateway: Mapping[str, GatewaySettings]
    amqp_url: str = _setting("AMQP_URL", "RabbitMQ; empty for the in-process bus", amqp)
    bus_database_url: str = _setting(
        "BUS_DATABASE_URL", "database of the in-process bus; empty for RabbitMQ", postgresql
    )
    amqp_management_url: str = _setting("AMQP_MANAGEMENT_URL", "RabbitMQ's management API, for policies", http)
    bucket_url: str = _setting(
        "BUCKET_URL", "file:///folder or s3://bucket?endpoint=…&region=…", needed_by=("notifier",)
    )
    bucket_secret: Secret[str] = _setting(
        "BUCKET_SECRET", "signs file links and names objects", _secret, Secret(""), needed_by=("notifier",)
    )
    smtp_url: str = _setting(
        "SMTP_URL",
        "smtp://user:password@host:587, smtps://…, smtp+plain://…, or file:///folder",
        needed_by=("notifier",),
    )
    sms_url: str = _setting("SMS_URL", "https://sid:token@host?from=%2B49…, or file:///folder", needed_by=("notifier",))
    mail_from: str = _setting("MAIL_FROM", "sender of e-mail", _sender, default="Billow <billing@example.com>")
    issuer: str = _setting("ISSUER", "issuer of access tokens (RFC 9068)", needed_by=ALL)
    audience: str = _setting("AUDIENCE", "our name in access tokens", default="billow")
    algorithms: tuple[str, ...] = _setting("TOKEN_ALGORITHMS", "accepted signatures", _algorithms, ALGORITHMS)
    introspection_url: str = _setting(
        "INTROSPECTION_URL", "where the issuer tells whether a token is good (RFC 7662); empty for signed tokens", http
    )
    introspection_client_id: str = _setting("INTROSPECTION_CLIENT_ID", "who we are when we ask there")
    introspection_client_secret: Secret[str] = _setting(
        "INTROSPECTION_CLIENT_SECRET", "our secret when we ask there", _secret, Secret("")
    )
    public_url: str = _setting("PUBLIC_URL", "where users reach this API", default="http://127.0.0.1:8080")
    repay_url: str = _setting("REPAY_URL", "the company's page to fix a payment; {payment_id} is filled in", default="")
    gateways: tuple[str, ...] = _setting("GATEWAYS", "names of the gateways", gateway_names, ("a", "b"))
    currencies: frozenset[str] = _setting(
        "CURRENCIES", "accepted currencies", _currencies, frozenset({"USD", "EUR", "JPY"})
    )
    remind_every: timedelta = _setting("REMIND_EVERY_DAYS", "days between reminders", _days, timedelta(days=3))
    grace: timedelta = _setting("GRACE_DAYS", "days after a failure before a user is blocked", _days, timedelta(0))
    retry_after: tuple[timedelta, ...] = _setting(
        "RETRY_DAYS",
        "days between automatic tries after a soft decline; empty for none",
        _all_days,
        tuple(map(timedelta, (2, 5, 7, 7))),
    )
    invoice_series: str = _setting("INVOICE_SERIES", "prefix of invoice numbers", default="")
    seller_name: str = _setting("SELLER_NAME", "the company, as it stands on invoices", default="Example Company")
    seller_address: tuple[str, ...] = _setting("SELLER_ADDRESS", "address lines, divided by |", _lines, ())
    seller_country: str = _setting("SELLER_COUNTRY", "ISO 3166-1 alpha-2", default="")
    seller_email: str = _setting("SELLER_EMAIL", "where questions go", default="")
    seller_tax_id: str = _setting("SELLER_TAX_ID", "VAT or tax number", default="")
    http_host: str = _setting("HTTP_HOST", "address to listen on", default="127.0.0.1")
    http_port: int = _setting("HTTP_PORT", "port to listen on, 0 for any", _port, 8080)
    log_level: str = _setting("LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR", _level, "INFO")

    @property
    def seller(self) -> Party:
        """The company as a party of its invoices."""
        contact = {"email": self.seller_email, "tax_id": self.seller_tax_id}
        return Party(self.seller_name, self.seller_address, self.seller_country, **contact)

    @property
    def schemas(self) -> tuple[str, ...]:
        return schemas(self.gateways)


def schemas(gateways: tuple[str, ...]) -> tuple[str, ...]:
    """The schema of each role, and of each gateway."""
    return ("payment", "subscription", *(f"gateway_{name}" for name in gateways), "notifier", "activator")


def read_settings(environ: Mapping[str, str], *consumers: str) -> Settings:
    """What these consumers ("payment", "gateway-a", …; all of them if none is named) need to start.

    Raises `BadSettings`, naming every variable that is missing, ill-typed or unknown."""
    faults: list[str] = []
    given = {name: text for name, text in environ.items() if name.startswith("BILLOW_") and name not in FOREIGN}
    roles = {consumer.partition("-")[0] for consumer in consumers} or set(ALL)
    values = _read(Settings, "BILLOW_", given, roles, faults)
    gateways = values.get("gateways", ("a", "b"))
    values["gateway"] = {name: _gateway(name, given, consumers, faults) for name in gateways}
    wanted = [consumer.replace("-", "_") for consumer in consumers] or schemas(gateways)
    values["database_urls"] = _database_urls(wanted, given, faults)
    if not (given.get("BILLOW_AMQP_URL") or given.get("BILLOW_BUS_DATABASE_URL")):
        faults.append("BILLOW_AMQP_URL: missing: RabbitMQ, or BILLOW_BUS_DATABASE_URL for the in-process bus")
    faults.extend(f"{name}: unknown" for name in sorted(set(given) - known(gateways)))
    if faults:
        raise BadSettings("\n".join(faults))
    return Settings(**values)


FOREIGN = frozenset({"BILLOW_TEST_AMQP_URL", "BILLOW_HOME", "BILLOW_TOKEN"})
"""Variables that are not read here."""


def known(gateways: tuple[str, ...]) -> set[str]:
    """Every variable there is, for these gateways."""
    own = {setting.metadata["name"] for setting in _settings_of(Settings)}
    prefixes = (f"BILLOW_GATEWAY_{name.upper()}_" for name in gateways)
    of_gateways = {
        p + setting.metadata["name"].removeprefix("BILLOW_")
        for p in prefixes
        for setting in _settings_of(GatewaySettings)
    }
    databases = {f"BILLOW_{schema.upper()}_DATABASE_URL" for schema in schemas(gateways)}
    return own | of_gateways | databases | {"BILLOW_DATABASE_URL"}


def _gateway(name: str, given: Mapping[str, str], consumers: Sequence[str], faults: list[str]) -> GatewaySettings:
    both = {"gateway": f"gateway-{name}", "payment": "payment"}
    roles = {role for role, consumer in both.items() if not consumers or consumer in consumers}
    return GatewaySettings(**_read(GatewaySettings, f"BILLOW_GATEWAY_{name.upper()}_", given, roles, faults))


def _database_urls(wanted: Sequence[str], given: Mapping[str, str], faults: list[str]) -> dict[str, str]:
    common = given.get("BILLOW_DATABASE_URL", "")
    urls = {schema: given.get(f"BILLOW_{schema.upper()}_DATABASE_URL", common) for schema in wanted}
    for name in (f"BILLOW_{word}DATABASE_URL" for word in ("", *(f"{schema.upper()}_" for schema in wanted))):
        try:
            postgresql(given.get(name, ""))
        except ValueError as error:
            faults.append(f"{name}: {error}")
    if not all(urls.values()):
        faults.append("BILLOW_DATABASE_URL: missing: postgresql://user:password@host/database")
    return urls


def _settings_of(kind: type[Any]) -> list[Field[Any]]:
    return [setting for setting in fields(kind) if "name" in setting.metadata]


def _read(kind: type[Any], prefix: str, given: Mapping[str, str], roles: set[str], faults: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for setting in _settings_of(kind):
        name = prefix + setting.metadata["name"].removeprefix("BILLOW_")
        if name in given:
            try:
                values[setting.name] = setting.metadata["read"](given[name])
            except (ValueError, OSError) as error:
                faults.append(f"{name}: {error}")
        elif roles & set(setting.metadata["needed_by"]):
            faults.append(f"{name}: missing: {setting.metadata['help']}")
    return values
