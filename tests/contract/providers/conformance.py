"""The quality bar for a provider: a list of scenarios each must pass, against the fake and against the real thing."""

import asyncio
import logging
from dataclasses import replace

import pytest

from core.gateway.ports import (
    Accepted,
    Captured,
    CardDeclined,
    Declined,
    LedgerEntry,
    Mismatch,
    NotAttempted,
    NotFound,
    Order,
    Pending,
    RefundOrder,
    Unknown,
)
from core.kernel.cards import Expiry
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass
from core.kernel.secret import Secret
from core.kernel.trouble import Unavailable
from tests.contract.providers.situations import DECLINES, LOST_AFTER, LOST_BEFORE, Bench, Situation

PRICE = Money(999, "EUR")


async def token_of(bench: Bench, situation: Situation = Situation.GOOD, key: str = "card-1") -> str:
    accepted = await bench.provider.validate(key, bench.card(situation))
    assert isinstance(accepted, Accepted)
    return accepted.card.token


async def ordered(bench: Bench, situation: Situation, key: str = "order-1", amount: Money = PRICE) -> Order:
    return Order(key, await token_of(bench, situation), amount, "June")


async def captured(bench: Bench, situation: Situation = Situation.GOOD) -> Order:
    order = await ordered(bench, situation)
    assert isinstance(await bench.provider.charge(order), Captured)
    return order


class Validation:
    async def test_a_good_card_is_kept_under_a_token(self, bench: Bench) -> None:
        entry = bench.card(Situation.GOOD)
        accepted = await bench.provider.validate("k", entry)
        assert isinstance(accepted, Accepted)
        assert (accepted.card.last4, accepted.card.expiry) == (entry.number.reveal()[-4:], entry.expiry)
        assert accepted.card.brand
        assert entry.number.reveal() not in repr(accepted)

    async def test_validating_again_with_the_same_key_gives_the_same_token(self, bench: Bench) -> None:
        assert await token_of(bench) == await token_of(bench)

    async def test_a_key_used_for_another_card_is_refused(self, bench: Bench) -> None:
        await token_of(bench)
        answer = await bench.provider.validate("card-1", bench.card(Situation.ANOTHER_GOOD))
        assert isinstance(answer, CardDeclined)
        assert answer.decline is DeclineClass.PROVIDER_REFUSED

    async def test_a_fingerprint_tells_numbers_apart_and_nothing_else(self, bench: Bench) -> None:
        entry = bench.card(Situation.GOOD)
        first = await bench.provider.validate("k1", entry)
        later = await bench.provider.validate("k2", replace(entry, expiry=Expiry(2040, 1)))
        other = await bench.provider.validate("k3", bench.card(Situation.ANOTHER_GOOD))
        assert isinstance(first, Accepted)
        assert isinstance(later, Accepted)
        assert isinstance(other, Accepted)
        assert first.card.fingerprint == later.card.fingerprint != other.card.fingerprint

    async def test_a_card_may_be_refused_at_once(self, bench: Bench) -> None:
        answer = await bench.provider.validate("k", bench.card(Situation.REFUSED_AT_VALIDATION))
        assert isinstance(answer, CardDeclined)
        assert answer.decline is DeclineClass.INVALID_CARD

    async def test_a_card_past_its_month_is_refused(self, bench: Bench) -> None:
        answer = await bench.provider.validate("k", replace(bench.card(Situation.GOOD), expiry=Expiry(2026, 2)))
        assert isinstance(answer, CardDeclined)
        assert answer.decline is DeclineClass.EXPIRED_CARD

    async def test_a_card_is_good_until_its_month_is_over(self, bench: Bench) -> None:
        answer = await bench.provider.validate("k", replace(bench.card(Situation.GOOD), expiry=Expiry(2026, 3)))
        assert isinstance(answer, Accepted)

    async def test_a_lost_answer_is_unknown_and_the_same_key_finds_the_card(self, bench: Bench) -> None:
        entry = bench.card(Situation.VALIDATION_LOST)
        assert isinstance(await bench.provider.validate("k", entry), Unknown)
        assert isinstance(await bench.provider.validate("k", entry), Accepted)

    async def test_being_told_to_slow_down_is_not_an_attempt(self, bench: Bench) -> None:
        entry = bench.card(Situation.VALIDATION_RATE_LIMITED)
        assert isinstance(await bench.provider.validate("k", entry), NotAttempted)
        assert isinstance(await bench.provider.validate("k", entry), Accepted)

    async def test_card_data_is_never_logged(self, bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        for situation in (Situation.GOOD, Situation.VALIDATION_LOST, Situation.REFUSED_AT_VALIDATION):
            entry = replace(bench.card(situation), cvc=Secret("739"))
            await bench.provider.validate(f"key of {situation}", entry)
            assert entry.number.reveal() not in caplog.text
            assert entry.cvc.reveal() not in caplog.text


class Charging:
    async def test_a_charge_is_captured_and_in_the_books(self, bench: Bench) -> None:
        order = await ordered(bench, Situation.GOOD)
        outcome = await bench.provider.charge(order)
        assert isinstance(outcome, Captured)
        assert await bench.provider.ledger() == [LedgerEntry("charge", "order-1", outcome.reference, PRICE)]

    async def test_repeating_a_charge_takes_nothing_more(self, bench: Bench) -> None:
        order = await captured(bench)
        assert await bench.provider.charge(order) == await bench.provider.charge(order)
        assert len(await bench.provider.ledger()) == 1

    async def test_twenty_charges_at_once_under_one_key_are_one(self, bench: Bench) -> None:
        order = await ordered(bench, Situation.GOOD)
        outcomes = await asyncio.gather(*(bench.provider.charge(order) for _ in range(20)))
        assert {type(outcome) for outcome in outcomes} <= {Captured, Unknown}
        assert len(await bench.provider.ledger()) == 1

    async def test_two_keys_are_two_charges(self, bench: Bench) -> None:
        order = await captured(bench)
        await bench.provider.charge(replace(order, key="order-2"))
        assert [entry.key for entry in await bench.provider.ledger()] == ["order-1", "order-2"]

    @pytest.mark.parametrize("other", [Money(998, "EUR"), Money(999, "USD")], ids=str)
    async def test_a_key_used_for_another_order_needs_a_person(self, bench: Bench, other: Money) -> None:
        order = await captured(bench)
        assert isinstance(await bench.provider.charge(replace(order, amount=other)), Mismatch)
        assert [entry.amount for entry in await bench.provider.ledger()] == [PRICE]

    @pytest.mark.parametrize(
        "amount", [Money(1, "EUR"), Money(500, "JPY"), Money(1234, "KWD"), Money(10**12, "USD")], ids=str
    )
    async def test_minor_units_arrive_untouched(self, bench: Bench, amount: Money) -> None:
        order = await ordered(bench, Situation.GOOD, amount=amount)
        assert isinstance(await bench.provider.charge(order), Captured)
        assert [entry.amount for entry in await bench.provider.ledger()] == [amount]

    @pytest.mark.parametrize("key", ["k" * 255, "Zürich 東京/№1:2", "a\r\nX-Other: b", "50%2F", "?&=#+"])
    async def test_any_key_keeps_its_meaning(self, bench: Bench, key: str) -> None:
        order = await ordered(bench, Situation.GOOD, key=key)
        outcome = await bench.provider.charge(order)
        assert isinstance(outcome, Captured)
        assert await bench.provider.charge_status(order) == outcome
        assert [entry.key for entry in await bench.provider.ledger()] == [key]

    async def test_a_description_as_long_as_any_request_may_have_is_charged(self, bench: Bench) -> None:
        order = replace(await ordered(bench, Situation.GOOD), description="Ü" * 1000)
        outcome = await bench.provider.charge(order)
        assert isinstance(outcome, Captured)
        assert await bench.provider.charge(order) == outcome

    async def test_a_token_nobody_knows_is_an_invalid_card(self, bench: Bench) -> None:
        outcome = await bench.provider.charge(Order("k", "tok_nobody", PRICE, ""))
        assert isinstance(outcome, Declined)
        assert outcome.decline is DeclineClass.INVALID_CARD


class Declining:
    @pytest.mark.parametrize("decline", DECLINES)
    async def test_each_reason_comes_through(self, bench: Bench, decline: DeclineClass) -> None:
        accepted = await bench.provider.validate("k", bench.declining(decline))
        assert isinstance(accepted, Accepted)
        order = Order("order-1", accepted.card.token, PRICE, "")
        outcome = await bench.provider.charge(order)
        assert isinstance(outcome, Declined)
        assert (outcome.decline, outcome.decline.hard) == (decline, DECLINES[decline])
        assert outcome.detail
        assert await bench.provider.charge_status(order) == outcome
        assert await bench.provider.ledger() == []

    async def test_a_decline_is_final_for_its_key_and_not_for_the_card(self, bench: Bench) -> None:
        order = await ordered(bench, Situation.RECOVERS_AFTER_TWO)
        tries = [order, order, order, replace(order, key="order-2"), replace(order, key="order-3")]
        outcomes = [type(await bench.provider.charge(one)) for one in tries]
        assert outcomes == [Declined, Declined, Declined, Declined, Captured]
        assert [entry.key for entry in await bench.provider.ledger()] == ["order-3"]


class Waiting:
    async def test_a_pending_charge_is_captured_later(self, bench: Bench) -> None:
        order = await ordered(bench, Situation.PENDING)
        assert isinstance(await bench.provider.charge(order), Pending)
        assert await bench.provider.ledger() == []
        assert isinstance(await bench.provider.charge_status(order), Captured)
        assert isinstance(await bench.provider.charge_status(order), Captured)
        assert len(await bench.provider.ledger()) == 1

    async def test_a_pending_charge_may_be_declined_later(self, bench: Bench) -> None:
        order = await ordered(bench, Situation.PENDING_THEN_DECLINED)
        assert isinstance(await bench.provider.charge(order), Pending)
        assert isinstance(await bench.provider.charge_status(order), Declined)
        assert await bench.provider.ledger() == []


class LosingAnswers:
    @pytest.mark.parametrize("situation", LOST_BEFORE)
    async def test_lost_before_charging_is_unknown_and_may_be_sent_again(
        self, bench: Bench, situation: Situation
    ) -> None:
        order = await ordered(bench, situation)
        assert isinstance(await bench.provider.charge(order), Unknown)
        assert await bench.provider.charge_status(order) == NotFound()
        assert isinstance(await bench.provider.charge(order), Captured)
        assert len(await bench.provider.ledger()) == 1

    @pytest.mark.parametrize("situation", LOST_AFTER)
    async def test_lost_after_charging_is_unknown_and_the_status_query_finds_it(
        self, bench: Bench, situation: Situation
    ) -> None:
        order = await ordered(bench, situation)
        assert isinstance(await bench.provider.charge(order), Unknown)
        found = await bench.provider.charge_status(order)
        assert isinstance(found, Captured)
        assert await bench.provider.charge(order) == found
        assert len(await bench.provider.ledger()) == 1

    async def test_a_charge_may_be_denied_for_a_while_and_is_still_one(self, bench: Bench) -> None:
        order = await ordered(bench, Situation.HIDDEN)
        assert isinstance(await bench.provider.charge(order), Unknown)
        assert await bench.provider.charge_status(order) == NotFound()
        bench.pass_time(31)
        assert isinstance(await bench.provider.charge_status(order), Captured)
        assert isinstance(await bench.provider.charge(order), Captured)
        assert len(await bench.provider.ledger()) == 1

    async def test_another_amount_than_ordered_needs_a_person(self, bench: Bench) -> None:
        order = await ordered(bench, Situation.OVERCHARGE)
        outcome = await bench.provider.charge(order)
        assert isinstance(outcome, Mismatch)
        assert outcome.reference
        assert await bench.provider.charge_status(order) == outcome
        assert [entry.amount for entry in await bench.provider.ledger()] == [Money(1000, "EUR")]

    async def test_being_told_to_slow_down_is_not_an_attempt(self, bench: Bench) -> None:
        order = await ordered(bench, Situation.RATE_LIMITED)
        assert isinstance(await bench.provider.charge(order), NotAttempted)
        assert await bench.provider.charge_status(order) == NotFound()
        assert isinstance(await bench.provider.charge(order), Captured)

    async def test_a_key_never_sent_is_not_found(self, bench: Bench) -> None:
        assert await bench.provider.charge_status(Order("never", "tok", PRICE, "")) == NotFound()


class Refunding:
    async def test_refunds_may_be_partial_and_never_exceed_the_charge(self, bench: Bench) -> None:
        await captured(bench)
        refunds = [RefundOrder(f"re-{n}", "order-1", Money(minor, "EUR")) for n, minor in enumerate((500, 500, 499))]
        outcomes = [type(await bench.provider.refund(refund)) for refund in refunds]
        assert outcomes == [Captured, Declined, Captured]
        amounts = [(entry.kind, entry.amount.minor) for entry in await bench.provider.ledger()]
        assert amounts == [("charge", 999), ("refund", 500), ("refund", 499)]

    async def test_repeating_a_refund_gives_nothing_more(self, bench: Bench) -> None:
        await captured(bench)
        refund = RefundOrder("re-1", "order-1", Money(100, "EUR"))
        outcomes = await asyncio.gather(*(bench.provider.refund(refund) for _ in range(5)))
        assert len(set(outcomes)) == 1
        assert len(await bench.provider.ledger()) == 2

    async def test_a_key_used_for_another_refund_needs_a_person(self, bench: Bench) -> None:
        await captured(bench)
        refund = RefundOrder("re-1", "order-1", Money(100, "EUR"))
        await bench.provider.refund(refund)
        assert isinstance(await bench.provider.refund(replace(refund, amount=Money(200, "EUR"))), Mismatch)

    async def test_another_currency_is_not_refunded(self, bench: Bench) -> None:
        await captured(bench)
        assert isinstance(await bench.provider.refund(RefundOrder("re-1", "order-1", Money(1, "USD"))), Declined)

    async def test_what_was_never_charged_is_not_refunded(self, bench: Bench) -> None:
        assert isinstance(await bench.provider.refund(RefundOrder("re-1", "order-1", PRICE)), Declined)
        assert await bench.provider.ledger() == []

    async def test_a_lost_answer_is_unknown_and_the_same_key_refunds_once(self, bench: Bench) -> None:
        await captured(bench, Situation.REFUND_LOST)
        refund = RefundOrder("re-1", "order-1", PRICE)
        assert isinstance(await bench.provider.refund(refund), Unknown)
        assert isinstance(await bench.provider.refund(refund), Captured)
        assert len(await bench.provider.ledger()) == 2


class BeingAway:
    async def test_a_provider_that_is_there_is_healthy(self, bench: Bench) -> None:
        await bench.provider.check()

    async def test_nothing_is_attempted_while_nobody_is_there(self, bench: Bench) -> None:
        order = await captured(bench)
        await bench.switch_off()
        assert isinstance(await bench.provider.validate("k", bench.card(Situation.GOOD)), NotAttempted)
        assert isinstance(await bench.provider.charge(order), NotAttempted)
        assert isinstance(await bench.provider.charge_status(order), NotAttempted)
        assert isinstance(await bench.provider.refund(RefundOrder("re-1", "order-1", PRICE)), NotAttempted)

    async def test_books_and_health_cannot_be_told_while_nobody_is_there(self, bench: Bench) -> None:
        await bench.switch_off()
        with pytest.raises(Unavailable):
            await bench.provider.ledger()
        with pytest.raises(Unavailable):
            await bench.provider.check()


class ProviderConformance(Validation, Charging, Declining, Waiting, LosingAnswers, Refunding, BeingAway):
    """Subclass it as `Test…`, give it a `bench` fixture, and the provider is as good as the others."""
