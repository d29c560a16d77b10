"""The environment is read once, strictly, and every fault is told at once."""

from datetime import timedelta

import pytest

from adapters.identity import access_tokens
from entrypoints.settings import ALGORITHMS, BadSettings, known, read_settings

GOOD = {
    "BILLOW_DATABASE_URL": "postgresql://db/billow",
    "BILLOW_PAYMENT_DATABASE_URL": "postgresql://pay/billow",
    "BILLOW_AMQP_URL": "amqp://broker",
    "BILLOW_ISSUER": "https://id.example.com",
    "BILLOW_BUCKET_URL": "file:///bucket",
    "BILLOW_BUCKET_SECRET": "s",
    "BILLOW_SMTP_URL": "file:///mails",
    "BILLOW_SMS_URL": "file:///texts",
    "BILLOW_GATEWAYS": "a",
    "BILLOW_GATEWAY_A_PROVIDER_URL": "https://provider.example.com",
    "BILLOW_GATEWAY_A_PROVIDER_KEY": "key",
    "BILLOW_GATEWAY_A_SEALING_KEY_FILE": "a.pem",
    "BILLOW_GATEWAY_A_SEALING_PUBLIC_KEY_FILE": "a.jwk",
    "HOME": "ignored",
}
FORM = "BILLOW_GATEWAY_A_BROWSER_FORM"
FOR_ALL = ("BILLOW_AMQP_URL", "BILLOW_ISSUER")


def test_a_role_with_a_server_of_its_own_goes_there() -> None:
    urls = read_settings(GOOD).database_urls
    assert (urls["payment"], urls["gateway_a"]) == ("postgresql://pay/billow", "postgresql://db/billow")


def test_policies_are_read_as_days() -> None:
    settings = read_settings(GOOD | {"BILLOW_GRACE_DAYS": "5", "BILLOW_RETRY_DAYS": ""})
    assert (settings.grace, settings.retry_after) == (timedelta(days=5), ())


def test_every_fault_is_told_at_once() -> None:
    bad = GOOD | {"BILLOW_GRACE_DAYS": "-1", "BILLOW_CURRENCIES": "EUR,ZZZ", "BILLOW_TYPO": "x"}
    del bad["BILLOW_ISSUER"]
    with pytest.raises(BadSettings) as told:
        read_settings(bad)
    faults = str(told.value).splitlines()
    assert [fault.partition(":")[0] for fault in faults] == [
        "BILLOW_ISSUER",
        "BILLOW_CURRENCIES",
        "BILLOW_GRACE_DAYS",
        "BILLOW_TYPO",
    ]


def test_a_role_needs_only_its_own() -> None:
    only = {"BILLOW_ACTIVATOR_DATABASE_URL": "postgresql://db/a"} | {name: GOOD[name] for name in FOR_ALL}
    assert dict(read_settings(only, "activator").database_urls) == {"activator": "postgresql://db/a"}
    with pytest.raises(BadSettings, match="BILLOW_BUCKET_URL: missing"):
        read_settings(only | {"BILLOW_DATABASE_URL": "postgresql://db/n"}, "notifier")


def test_payment_needs_the_keys_of_every_gateway_but_no_provider() -> None:
    for_all = {name: GOOD[name] for name in FOR_ALL}
    only = {"BILLOW_DATABASE_URL": "postgresql://db/p", "BILLOW_GATEWAYS": "a,b"} | for_all
    with pytest.raises(BadSettings) as told:
        read_settings(only, "payment")
    assert [fault.partition(":")[0] for fault in str(told.value).splitlines()] == [
        "BILLOW_GATEWAY_A_SEALING_PUBLIC_KEY_FILE",
        "BILLOW_GATEWAY_B_SEALING_PUBLIC_KEY_FILE",
    ]


def test_there_is_a_broker_or_the_in_process_bus() -> None:
    neither = {name: text for name, text in GOOD.items() if name != "BILLOW_AMQP_URL"}
    with pytest.raises(BadSettings, match=r"^BILLOW_AMQP_URL: missing"):
        read_settings(neither)
    assert read_settings(neither | {"BILLOW_BUS_DATABASE_URL": "postgresql://db/bus"})


@pytest.mark.parametrize(("given", "read"), [({}, False), ({FORM: "true"}, True), ({FORM: "false"}, False)])
def test_a_browser_form_is_there_when_it_is_said(given: dict[str, str], read: bool) -> None:
    assert read_settings(GOOD | given).gateway["a"].browser_form is read
    with pytest.raises(BadSettings, match=f"^{FORM}: true or false$"):
        read_settings(GOOD | {FORM: "True"})


def test_secrets_do_not_show() -> None:
    assert "BILLOW_GATEWAY_A_PROVIDER_KEY" in known(("a",))
    assert "key" not in repr(read_settings(GOOD).gateway["a"].provider_key)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("BILLOW_AMQP_URL", "http://broker"),
        ("BILLOW_AMQP_URL", "amqp://broker:port"),
        ("BILLOW_DATABASE_URL", "mysql://db/billow"),
        ("BILLOW_PAYMENT_DATABASE_URL", "db"),
        ("BILLOW_BUS_DATABASE_URL", "db"),
        ("BILLOW_GRACE_DAYS", "36501"),
        ("BILLOW_GRACE_DAYS", "9999999999999"),
        ("BILLOW_HTTP_PORT", "65536"),
        ("BILLOW_LOG_LEVEL", "LOUD"),
        ("BILLOW_TOKEN_ALGORITHMS", "HS256"),
        ("BILLOW_TOKEN_ALGORITHMS", "none,RS256"),
        ("BILLOW_TOKEN_ALGORITHMS", ""),
        ("BILLOW_MAIL_FROM", "nobody"),
        ("BILLOW_MAIL_FROM", "Billow <billing@>"),
    ],
)
def test_what_makes_no_sense_is_told_before_anything_starts(name: str, text: str) -> None:
    with pytest.raises(BadSettings, match=f"^{name}: "):
        read_settings(GOOD | {name: text})


def test_a_fault_does_not_show_the_password_of_a_url() -> None:
    with pytest.raises(BadSettings) as told:
        read_settings(GOOD | {"BILLOW_DATABASE_URL": "mysql://billow:hunter2@db/billow"})
    assert "hunter2" not in str(told.value)


def test_a_token_for_the_command_line_is_no_setting() -> None:
    assert read_settings(GOOD | {"BILLOW_TOKEN": "ey…"}).issuer == GOOD["BILLOW_ISSUER"]


def test_the_accepted_signatures_are_those_that_can_be_checked() -> None:
    assert access_tokens.ALGORITHMS == ALGORITHMS
