"""A provider may answer what it likes: what we tell of it can always be read."""

from dataclasses import replace
from typing import Any

import pytest

from core.contracts.payment_responses import PaymentFailed, PaymentSucceeded, RefundFailed
from core.gateway.accept_charge import AcceptCharge
from core.gateway.accept_refund import AcceptRefund
from core.gateway.charge_through_provider import ChargeThroughProvider
from core.gateway.model import ChargeKey, JournalState
from core.gateway.ports import (
    Accepted,
    Captured,
    CardDeclined,
    Declined,
    Mismatch,
    NotAttempted,
    NotFound,
    Pending,
    StatusOutcome,
    Unknown,
)
from core.gateway.readable import readable, readable_card
from core.gateway.refund_through_provider import RefundThroughProvider
from core.kernel.cards import Expiry, StoredCard
from core.kernel.outcomes import DeclineClass
from tests.fakes.gateway import ORDER, PAYMENT, REFUND, InMemoryGatewayTx, work_off

CARD = StoredCard("tok_1", "visa", "4242", Expiry(2030, 4), "f1")
SOFT = DeclineClass.DO_NOT_HONOR


class Always:
    """A provider with one answer."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    async def charge(self, order: object) -> Any:
        return self.answer

    charge_status = refund = charge


@pytest.mark.parametrize("detail", ["51", "51 advice=24", "R1 advice=03", "insufficient_funds", ""])
@pytest.mark.parametrize("make", [lambda d: Declined(SOFT, d, "ch_1"), NotAttempted, Unknown, Mismatch])
def test_the_providers_code_stays_as_it_was_given(make: Any, detail: str) -> None:
    assert readable(make(detail)) == make(detail)


@pytest.mark.parametrize("outcome", [Captured("ch_1"), Pending("p" * 255), NotFound()])
def test_an_answer_that_can_be_kept_is_the_same(outcome: StatusOutcome) -> None:
    assert readable(outcome) == outcome


@pytest.mark.parametrize("reference", ["c" * 256, "ch\x00"])
def test_a_charge_nobody_could_ask_for_is_in_doubt(reference: str) -> None:
    assert isinstance(readable(Captured(reference)), Unknown)
    assert isinstance(readable(Pending(reference)), Unknown)
    assert readable(Declined(SOFT, "51", reference)) == Declined(SOFT, "51", None), "a no needs no name"


@pytest.mark.parametrize(
    "card", [replace(CARD, token="t" * 256), replace(CARD, token=""), replace(CARD, fingerprint="f\x00")]
)
def test_a_card_that_could_not_be_charged_is_not_accepted(card: StoredCard) -> None:
    assert isinstance(readable_card(Accepted(card)), Unknown)


def test_what_a_card_is_recognised_by_is_cut() -> None:
    assert readable_card(Accepted(CARD)) == Accepted(CARD)
    wordy = readable_card(Accepted(replace(CARD, brand="v\x00" + "i" * 99, last4="0000004242")))
    assert wordy == Accepted(replace(CARD, brand="v " + "i" * 38, last4="4242"))
    assert readable_card(CardDeclined(SOFT, "x" * 2000)) == CardDeclined(SOFT, "x" * 1000)


async def test_a_verbose_decline_is_told_all_the_same() -> None:
    tx = InMemoryGatewayTx()
    await AcceptCharge()(ORDER, tx)
    await AcceptRefund()(REFUND, tx)
    wordy = Always(Declined(SOFT, "no\x00" + "!" * 5000, "ch" * 500))
    await work_off(ChargeThroughProvider(wordy), tx)  # type: ignore[arg-type]
    await work_off(RefundThroughProvider(wordy), tx)  # type: ignore[arg-type]
    [charge], [refund] = tx.outbox.of(PaymentFailed), tx.outbox.of(RefundFailed)
    assert charge.detail == refund.detail == "no " + "!" * 997


async def test_a_capture_without_a_readable_name_ends_with_a_person() -> None:
    tx = InMemoryGatewayTx()
    await AcceptCharge()(ORDER, tx)
    errand = ChargeThroughProvider(Always(Captured("c" * 300)))  # type: ignore[arg-type]
    key = ChargeKey(PAYMENT, 1)
    while due := tx.charges.things[key].progress.available_at:
        tx.now = max(tx.now, due)
        await work_off(errand, tx)
    assert tx.charges.things[key].progress.state is JournalState.MANUAL_REVIEW
    assert not tx.outbox.of(PaymentSucceeded)
    assert not tx.outbox.of(PaymentFailed)
