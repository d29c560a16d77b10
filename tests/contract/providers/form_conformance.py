"""The quality bar for a provider whose own form in the browser makes tokens of cards."""

import asyncio
import logging
from dataclasses import replace

import pytest

from core.gateway.ports import Accepted, Captured, CardDeclined, NotAttempted, Order, Unknown
from core.kernel.cards import BrowserToken, Expiry
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass
from core.kernel.secret import Secret
from tests.contract.providers.situations import FormBench, Situation

A_QUARTER_OF_AN_HOUR = 15 * 60


async def good_token(bench: FormBench) -> BrowserToken:
    return await bench.browser_token(bench.card(Situation.GOOD))


async def refusal(bench: FormBench, key: str, token: BrowserToken) -> DeclineClass:
    answer = await bench.provider.validate(key, token)
    assert isinstance(answer, CardDeclined)
    return answer.decline


class BrowserFormConformance:
    """Subclass it beside `ProviderConformance`, with a `bench` fixture that makes browser tokens."""

    async def test_a_browser_token_becomes_the_same_card_as_the_typed_one(self, bench: FormBench) -> None:
        token = await good_token(bench)
        typed = await bench.provider.validate("typed", bench.card(Situation.GOOD))
        brought = await bench.provider.validate("brought", token)
        assert isinstance(typed, Accepted)
        assert isinstance(brought, Accepted)
        assert replace(brought.card, token=typed.card.token) == typed.card
        assert brought.card.token not in (typed.card.token, token.token.reveal())

    async def test_its_card_is_charged_like_any_other(self, bench: FormBench) -> None:
        accepted = await bench.provider.validate("k", await good_token(bench))
        assert isinstance(accepted, Accepted)
        order = Order("order-1", accepted.card.token, Money(999, "EUR"), "June")
        assert isinstance(await bench.provider.charge(order), Captured)

    async def test_a_browser_token_is_no_token_to_charge(self, bench: FormBench) -> None:
        token = await good_token(bench)
        outcome = await bench.provider.charge(Order("order-1", token.token.reveal(), Money(999, "EUR"), "June"))
        assert not isinstance(outcome, Captured)

    async def test_a_browser_token_is_good_once(self, bench: FormBench) -> None:
        token = await good_token(bench)
        assert isinstance(await bench.provider.validate("k1", token), Accepted)
        assert await refusal(bench, "k2", token) is DeclineClass.INVALID_CARD

    async def test_used_many_times_at_once_it_is_still_one_card(self, bench: FormBench) -> None:
        token = await good_token(bench)
        answers = await asyncio.gather(*(bench.provider.validate(f"k{n}", token) for n in range(20)))
        assert sum(isinstance(answer, Accepted) for answer in answers) == 1

    async def test_repeating_with_the_same_key_gives_the_same_card_even_after_its_time(self, bench: FormBench) -> None:
        token = await good_token(bench)
        first = await bench.provider.validate("k", token)
        bench.pass_time(A_QUARTER_OF_AN_HOUR)
        assert isinstance(first, Accepted)
        assert await bench.provider.validate("k", token) == first

    async def test_a_key_used_for_another_browser_token_or_card_is_refused(self, bench: FormBench) -> None:
        first, other = await good_token(bench), await good_token(bench)
        assert isinstance(await bench.provider.validate("k", first), Accepted)
        assert await refusal(bench, "k", other) is DeclineClass.PROVIDER_REFUSED
        answer = await bench.provider.validate("k", bench.card(Situation.GOOD))
        assert isinstance(answer, CardDeclined)
        assert isinstance(await bench.provider.validate("k2", other), Accepted)

    async def test_a_browser_token_lives_a_quarter_of_an_hour(self, bench: FormBench) -> None:
        in_time, late = await good_token(bench), await good_token(bench)
        bench.pass_time(A_QUARTER_OF_AN_HOUR - 1)
        assert isinstance(await bench.provider.validate("k1", in_time), Accepted)
        bench.pass_time(1)
        assert await refusal(bench, "k2", late) is DeclineClass.INVALID_CARD

    @pytest.mark.parametrize("unknown", ["btok_nobody", "t" * 1024, "';--"])
    async def test_a_browser_token_nobody_made_is_an_invalid_card(self, bench: FormBench, unknown: str) -> None:
        assert await refusal(bench, "k", BrowserToken(Secret(unknown))) is DeclineClass.INVALID_CARD

    async def test_a_browser_token_of_another_account_is_an_invalid_card(self, bench: FormBench) -> None:
        token = await bench.browser_token_of_another_account(bench.card(Situation.GOOD))
        assert await refusal(bench, "k", token) is DeclineClass.INVALID_CARD

    async def test_a_card_refused_at_once_says_why_however_often_it_is_asked(self, bench: FormBench) -> None:
        token = await bench.browser_token(replace(bench.card(Situation.GOOD), expiry=Expiry(2026, 3)))
        bench.pass_time(120)
        for _ in range(2):
            assert await refusal(bench, "k", token) is DeclineClass.EXPIRED_CARD

    async def test_a_lost_answer_is_unknown_and_the_same_key_finds_the_card(self, bench: FormBench) -> None:
        token = await bench.browser_token(bench.card(Situation.VALIDATION_LOST))
        assert isinstance(await bench.provider.validate("k", token), Unknown)
        assert isinstance(await bench.provider.validate("k", token), Accepted)
        assert await refusal(bench, "k2", token) is DeclineClass.INVALID_CARD

    async def test_being_told_to_slow_down_does_not_use_it_up(self, bench: FormBench) -> None:
        token = await bench.browser_token(bench.card(Situation.VALIDATION_RATE_LIMITED))
        assert isinstance(await bench.provider.validate("k", token), NotAttempted)
        assert isinstance(await bench.provider.validate("k", token), Accepted)

    async def test_nothing_of_it_is_logged(self, bench: FormBench, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        for situation in (Situation.GOOD, Situation.VALIDATION_LOST, Situation.REFUSED_AT_VALIDATION):
            token = await bench.browser_token(bench.card(situation))
            await bench.provider.validate(f"key of {situation}", token)
            assert token.token.reveal() not in caplog.text
            assert bench.card(situation).number.reveal() not in caplog.text
