"""G18: keys rotate without outage or stampede."""

import asyncio

import pytest
from aiohttp import ClientSession
from authlib.oauth2.rfc6750 import InvalidTokenError

from adapters.identity import discovery, jwks
from adapters.identity.access_tokens import JwtAccessTokens
from adapters.identity.jwks import JwksCache
from core.kernel.trouble import Unavailable
from tests.contract.identity.conftest import HandClock
from tests.contract.identity.issuer import Issuer, ec_key, rsa_key

BROKEN = ["500", "garbage", "no keys", "redirect", "huge", "other issuer", "slow"]


@pytest.fixture(autouse=True)
def _short_fetches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "FETCH_SECONDS", 0.2)


async def test_many_tokens_ask_the_issuer_once(jwts: JwtAccessTokens, issuer: Issuer) -> None:
    await asyncio.gather(*(jwts.verify(issuer.token()) for _ in range(50)))
    assert issuer.fetches == 1


async def test_a_token_of_a_new_key_is_accepted_at_once(jwts: JwtAccessTokens, issuer: Issuer, hand: HandClock) -> None:
    await jwts.verify(issuer.token())
    issuer.keys = [rsa_key("next"), *issuer.keys]
    hand.seconds += 30
    answers = await asyncio.gather(*(jwts.verify(issuer.token()) for _ in range(50)))
    assert {caller.user_id for caller in answers} == {"ann"}
    assert issuer.fetches == 2


async def test_a_key_taken_back_is_refused_after_the_renewal(
    jwts: JwtAccessTokens, keys: JwksCache, issuer: Issuer, hand: HandClock
) -> None:
    old = issuer.token()
    await jwts.verify(old)
    issuer.keys = [ec_key("ec")]
    issuer.asked.clear()
    hand.seconds += jwks.TTL_SECONDS + 1
    await jwts.verify(old)  # starts the renewal in the background
    await asyncio.wait_for(issuer.asked.wait(), 1)
    await keys.keys_for_unknown_id()  # waits for the same one
    assert issuer.fetches == 2
    with pytest.raises(InvalidTokenError):
        await jwts.verify(old)


async def test_a_thousand_made_up_ids_ask_at_most_twice_a_minute(
    jwts: JwtAccessTokens, issuer: Issuer, hand: HandClock
) -> None:
    await jwts.verify(issuer.token())
    first = issuer.fetches
    stranger = rsa_key("stranger")
    for number in range(1000):
        hand.seconds += 0.06
        with pytest.raises(InvalidTokenError):
            await jwts.verify(issuer.token(stranger, header={"kid": f"kid-{number}"}))
    assert 1 <= issuer.fetches - first <= 2


@pytest.mark.parametrize("mode", BROKEN)
async def test_while_the_issuer_is_broken_the_known_keys_still_serve(
    jwts: JwtAccessTokens, keys: JwksCache, issuer: Issuer, hand: HandClock, mode: str
) -> None:
    await jwts.verify(issuer.token())
    issuer.mode = mode
    for _ in range(5):
        hand.seconds += jwks.TTL_SECONDS
        await asyncio.wait_for(jwts.verify(issuer.token()), 0.1)
    with pytest.raises(InvalidTokenError):
        await jwts.verify(issuer.token(rsa_key("next")))
    assert keys.age_seconds == 5 * jwks.TTL_SECONDS


@pytest.mark.parametrize("mode", BROKEN)
async def test_without_any_keys_we_are_unavailable_and_recover_by_ourselves(
    jwts: JwtAccessTokens, issuer: Issuer, hand: HandClock, mode: str
) -> None:
    issuer.mode = mode
    for _ in range(20):
        with pytest.raises(Unavailable):
            await asyncio.wait_for(jwts.verify(issuer.token()), 1)
    assert issuer.fetches <= 1
    issuer.mode = "well"
    hand.seconds += jwks.FIRST_RETRY_SECONDS
    await jwts.verify(issuer.token())


async def test_keys_nobody_renewed_for_a_day_are_no_longer_believed(
    jwts: JwtAccessTokens, issuer: Issuer, hand: HandClock
) -> None:
    await jwts.verify(issuer.token())
    issuer.mode = "500"
    hand.seconds += jwks.STALE_SECONDS + 1
    with pytest.raises(Unavailable):
        await jwts.verify(issuer.token())


async def test_one_who_gives_up_does_not_take_the_fetch_down(
    keys: JwksCache, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "FETCH_SECONDS", 5.0)
    issuer.mode = "slow"
    impatient, patient = asyncio.create_task(keys.keys()), asyncio.create_task(keys.keys())
    await issuer.asked.wait()
    impatient.cancel()
    issuer.go_on.set()
    assert await patient
    assert issuer.fetches == 1


async def test_a_fetch_that_takes_long_is_not_started_twice(
    keys: JwksCache, issuer: Issuer, hand: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "FETCH_SECONDS", 5.0)
    issuer.mode = "slow"
    first = asyncio.create_task(keys.keys())
    await issuer.asked.wait()
    hand.seconds += 2 * jwks.FIRST_RETRY_SECONDS
    second = asyncio.create_task(keys.keys())
    await asyncio.sleep(0.05)
    issuer.go_on.set()
    await asyncio.gather(first, second)
    assert issuer.fetches == 1


async def test_a_discovery_document_of_another_issuer_is_not_believed(issuer: Issuer, http: ClientSession) -> None:
    issuer.mode = "other issuer"
    with pytest.raises(Exception, match="another issuer"):
        await discovery.fetch_keys(http, issuer.url)
