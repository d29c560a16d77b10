"""The sandbox's answers, read."""

from typing import Any

import pytest

from adapters.providers.exchange import Reply
from adapters.providers.sandbox.answers import read_card, read_entries, read_order, read_status
from core.gateway.ports import (
    Accepted,
    Captured,
    CardDeclined,
    Declined,
    LedgerEntry,
    Mismatch,
    NotAttempted,
    NotFound,
    Pending,
    Unknown,
)
from core.kernel.cards import Expiry, StoredCard
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass

PRICE = Money(999, "EUR")
ORDER = {"reference": "ch_1", "key": "k", "amount": 999, "currency": "EUR"}
CARD = {"token": "tok", "brand": "visa", "last4": "0018", "fingerprint": "f", "expiry": {"year": 2039, "month": 12}}


def test_captured_and_pending_carry_the_reference() -> None:
    assert read_order(Reply(200, {**ORDER, "status": "captured"}), PRICE) == Captured("ch_1")
    assert read_order(Reply(202, {**ORDER, "status": "pending"}), PRICE) == Pending("ch_1")
    assert read_status(Reply(200, {**ORDER, "status": "pending"}), PRICE) == Pending("ch_1")


def test_a_decline_carries_class_code_and_reference() -> None:
    body = {**ORDER, "status": "declined", "decline": "lost_or_stolen", "code": "43"}
    assert read_order(Reply(402, body), PRICE) == Declined(DeclineClass.LOST_OR_STOLEN, "43", "ch_1")


def test_a_reason_we_do_not_know_is_still_a_no() -> None:
    body = {**ORDER, "status": "declined", "decline": "mercury_retrograde", "code": "99"}
    assert read_order(Reply(402, body), PRICE) == Declined(DeclineClass.DO_NOT_HONOR, "99", "ch_1")


@pytest.mark.parametrize("other", [{"amount": 1000}, {"currency": "USD"}], ids=str)
@pytest.mark.parametrize("status", ["captured", "pending"])
def test_money_that_differs_from_ours_needs_a_person(status: str, other: dict[str, Any]) -> None:
    outcome = read_order(Reply(200, {**ORDER, "status": status, **other}), PRICE)
    assert isinstance(outcome, Mismatch)
    assert outcome.reference == "ch_1"


def test_not_found_counts_only_in_the_providers_own_words() -> None:
    assert read_status(Reply(404, {"error": "not_found"}), PRICE) == NotFound()
    assert isinstance(read_status(Reply(404, None), PRICE), Unknown)
    assert isinstance(read_order(Reply(404, {"error": "not_found"}), PRICE), Unknown)


def test_an_order_the_provider_cannot_read_is_refused_for_good() -> None:
    assert read_order(Reply(400, {"error": "malformed"}), PRICE) == Declined(DeclineClass.PROVIDER_REFUSED, "malformed")


def test_an_account_that_is_closed_to_us_attempts_nothing() -> None:
    assert isinstance(read_order(Reply(401, {"error": "unauthorized"}), PRICE), NotAttempted)
    assert isinstance(read_card(Reply(401, {"error": "unauthorized"})), NotAttempted)
    assert isinstance(read_order(Reply(401, None), PRICE), Unknown)


def test_a_kept_card_is_read_whole_or_not_at_all() -> None:
    assert read_card(Reply(200, CARD)) == Accepted(StoredCard("tok", "visa", "0018", Expiry(2039, 12), "f"))
    for missing in CARD:
        assert isinstance(read_card(Reply(200, {k: v for k, v in CARD.items() if k != missing})), Unknown)
    assert isinstance(read_card(Reply(200, {**CARD, "expiry": {"year": 2039, "month": 13}})), Unknown)


def test_a_refused_card_says_why() -> None:
    assert read_card(Reply(402, {"decline": "expired_card", "code": "54"})) == CardDeclined(
        DeclineClass.EXPIRED_CARD, "54"
    )


def test_books_are_read_whole_or_not_at_all() -> None:
    entry = {"n": 7, "kind": "charge", **ORDER}
    assert read_entries(Reply(200, {"entries": [entry]})) == [(7, LedgerEntry("charge", "k", "ch_1", PRICE))]
    assert read_entries(Reply(200, {"entries": []})) == []
    for broken in (Reply(500, {"entries": []}), Reply(200, None), Reply(200, {"entries": [entry, {}]})):
        assert read_entries(broken) is None
