"""The environment is read once, strictly, and every fault is told at once."""

from datetime import timedelta

import pytest

from entrypoints.settings import BadSettings, known, read_settings

GOOD = {
    "BILLOW_DATABASE_URL": "postgresql://db/billow",
    "BILLOW_PAYMENT_DATABASE_URL": "postgresql://pay/billow",
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
    only = {"BILLOW_ACTIVATOR_DATABASE_URL": "postgresql://db/a", "BILLOW_ISSUER": "https://id.example.com"}
    assert dict(read_settings(only, "activator").database_urls) == {"activator": "postgresql://db/a"}
    with pytest.raises(BadSettings, match="BILLOW_BUCKET_URL: missing"):
        read_settings(only | {"BILLOW_DATABASE_URL": "postgresql://db/n"}, "notifier")


def test_payment_needs_the_keys_of_every_gateway_but_no_provider() -> None:
    only = {"BILLOW_DATABASE_URL": "postgresql://db/p", "BILLOW_ISSUER": "i", "BILLOW_GATEWAYS": "a,b"}
    with pytest.raises(BadSettings) as told:
        read_settings(only, "payment")
    assert [fault.partition(":")[0] for fault in str(told.value).splitlines()] == [
        "BILLOW_GATEWAY_A_SEALING_PUBLIC_KEY_FILE",
        "BILLOW_GATEWAY_B_SEALING_PUBLIC_KEY_FILE",
    ]


def test_secrets_do_not_show() -> None:
    assert "BILLOW_GATEWAY_A_PROVIDER_KEY" in known(("a",))
    assert "key" not in repr(read_settings(GOOD).gateway["a"].provider_key)
