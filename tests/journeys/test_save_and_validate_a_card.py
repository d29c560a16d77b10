"""A user saves a card: the gateway's provider validates it, and its number is nowhere afterwards."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
import structlog

from adapters.providers.trial_cards import TRIAL_CARDS
from core.messaging.ports import Outgoing
from entrypoints.telemetry import log_to_stderr
from tests.conftest import eventually
from tests.journeys.canaries import Canary, seen_in_database, seen_in_files, seen_in_texts, seen_in_write_ahead_log
from tests.journeys.world import Person, World, card_of

NOBODY_LISTENS = "http://127.0.0.1:9"
ENVIRON = {"BILLOW_GATEWAY_B_PROVIDER_URL": NOBODY_LISTENS, "BILLOW_GATEWAY_B_BROWSER_FORM": "false"}
"""The provider of gateway b cannot be reached in this world, and has no form in the browser."""


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Every line that is logged with BILLOW_LOG_LEVEL=DEBUG."""
    root, lines = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    for handler in handlers:
        root.removeHandler(handler)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stderr", lines)
        log_to_stderr("DEBUG")
    yield lines
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


async def test_saving_answers_at_once_that_the_process_has_started(world: World) -> None:
    ada = await world.person("ada")
    answer = await ada.web.ask("POST", "/v1/cards", {"card": card_of("visa"), "gateway": "a"})
    assert (answer.status, answer.json["message"]) == (202, "Process started.")
    assert answer.json["card"]["state"] == "validating"
    assert answer.json["card"]["last4"] is None
    await world.settle()


async def test_an_accepted_card_is_kept_as_token_brand_last_digits_expiry_and_fingerprint(world: World) -> None:
    ada = await world.person("ada")
    card_id = await ada.save_card("mastercard")
    await world.settle()
    card = await ada.card(card_id)
    assert (card["state"], card["brand"], card["last4"], card["default"]) == ("active", "mastercard", "0014", True)
    assert (card["expiry_year"], card["expiry_month"], card["reason"]) == (2039, 12, None)
    [row] = await world.rows("payment", "SELECT * FROM cards WHERE id = $1", card_id)
    assert row["token"]
    assert row["fingerprint"]
    assert "0014" not in row["token"] + row["fingerprint"]
    assert "token" not in card
    assert ada.mails() == []


async def test_the_card_goes_sealed_on_the_validation_topic_of_its_gateway(
    world: World, published: list[Outgoing]
) -> None:
    ada = await world.person("ada")
    await ada.save_card("visa", "a")
    await world.settle()
    [order] = [sent for sent in published if sent.routing_key == "card.validation-ordered.v1"]
    assert order.exchange == "billow.gateway.a.card-validations"
    assert json.loads(order.wire.body)["sealed_card"].count(".") == 4, "a compact JWE"
    [answer] = [sent for sent in published if sent.routing_key == "card.accepted.v1"]
    assert answer.exchange == "billow.card-responses"


async def test_a_refused_card_says_why_and_its_owner_is_told(world: World) -> None:
    ada = await world.person("ada")
    card_id = await ada.save_card("refused_expired_card")
    await world.settle()
    card = await ada.card(card_id)
    assert (card["state"], card["reason"], card["last4"]) == ("refused", "expired_card", None)
    [mail], [sms] = ada.mails(), ada.texts()
    assert mail.subject == "Your card could not be saved"
    assert "The card has expired." in mail.text
    assert "could not be saved" in sms.body


async def test_a_card_nobody_answers_for_is_expired_after_two_minutes_and_its_owner_is_told(world: World) -> None:
    ada = await world.person("ada")
    card_id = await ada.save_card("visa", "b")
    world.clock.advance(timedelta(seconds=110))
    await world.look()
    assert (await ada.card(card_id))["state"] == "validating"
    await world.advance(seconds=11)
    card = await ada.card(card_id)
    assert (card["state"], card["reason"]) == ("expired", None)
    [mail], [sms] = ada.mails(), ada.texts()
    assert mail.subject == "Please enter your card again"
    assert "took too long" in sms.body
    await world.advance(minutes=10)
    assert len(ada.mails()) == 1


async def test_what_is_no_card_is_refused_at_the_door_without_repeating_it(world: World) -> None:
    ada = await world.person("ada")
    answer = await ada.web.ask("POST", "/v1/cards", {"card": card_of("visa") | {"number": "4000100000000019"}})
    assert answer.status == 422
    assert "4000100000000019" not in answer.text
    assert (await ada.web.get("/v1/cards"))["items"] == []


async def test_the_same_card_saved_again_replaces_the_older_one(world: World) -> None:
    ada = await world.person("ada")
    first = await ada.save_card("visa")
    await world.settle()
    second = await ada.save_card("visa")
    await world.settle()
    assert [(await ada.card(card))["state"] for card in (first, second)] == ["replaced", "active"]
    assert (await ada.card(second))["default"]


async def test_a_forgotten_cards_token_is_gone(world: World) -> None:
    ada = await world.person("ada", card="visa")
    [card] = (await ada.web.get("/v1/cards"))["items"]
    assert (await ada.web.ask("DELETE", f"/v1/cards/{card['id']}")).status == 204
    assert (await ada.card(card["id"]))["state"] == "forgotten"
    [row] = await world.rows("payment", "SELECT token FROM cards WHERE id = $1", card["id"])
    assert not row["token"]


async def test_nobody_reads_the_card_of_somebody_else(world: World) -> None:
    ada, eve = await world.person("ada"), await world.person("eve")
    card_id = await ada.save_card("visa")
    await world.settle()
    assert (await eve.web.ask("GET", f"/v1/cards/{card_id}")).status == 404
    assert (await eve.web.ask("DELETE", f"/v1/cards/{card_id}")).status == 404
    assert (await ada.card(card_id))["state"] == "active"


@pytest.mark.parametrize(
    ("name", "cvc", "gateway", "state"),
    [
        ("amex", "7391", "a", "active"),
        ("refused_fraud_suspected", "739", "a", "refused"),
        ("jcb", "739", "b", "expired"),
    ],
)
async def test_neither_number_nor_cvc_is_left_anywhere(
    world: World, published: list[Outgoing], logged: io.StringIO, name: str, cvc: str, gateway: str, state: str
) -> None:
    canary, ada = Canary(TRIAL_CARDS[name].digits, cvc), await world.person("ada")
    card_id = await save(ada, canary, gateway)
    await eventually(lambda: any(sent.routing_key == "card.validation-ordered.v1" for sent in published))
    if state == "expired":
        world.clock.advance(timedelta(seconds=121))
    await world.tick()
    assert (await ada.card(card_id))["state"] == state
    assert "http_request" in logged.getvalue()
    assert await places(world, published, logged, canary) == NOWHERE


async def test_a_token_of_the_providers_own_form_becomes_a_card_that_is_charged_and_no_number_ever_enters(
    world: World, published: list[Outgoing], logged: io.StringIO
) -> None:
    canary, ada = Canary(TRIAL_CARDS["discover"].digits, "738"), await world.person("ada")
    token = await type_into_the_form(world, canary)
    card_id = await save_by(ada, token)
    await world.settle()
    card = await ada.card(card_id)
    assert (card["state"], card["brand"], card["last4"], card["default"]) == ("active", "discover", "0002", True)
    payment_id = await world.charge(ada, 999)
    assert (await ada.payment(payment_id))["state"] == "succeeded"
    [entry] = await world.provider_books("a", payment_id)
    assert entry.amount.minor == 999
    assert "http_request" in logged.getvalue()
    assert token not in logged.getvalue()
    assert await places(world, published, logged, canary) == NOWHERE


async def test_a_token_used_twice_is_refused_and_its_first_card_stays(world: World) -> None:
    ada = await world.person("ada")
    token = await type_into_the_form(world, Canary(TRIAL_CARDS["visa"].digits, "123"))
    first = await save_by(ada, token)
    await world.settle()
    second = await save_by(ada, token)
    await world.settle()
    told = [(await ada.card(card_id)) for card_id in (first, second)]
    assert [(card["state"], card["reason"]) for card in told] == [("active", None), ("refused", "invalid_card")]
    [mail] = ada.mails()
    assert mail.subject == "Your card could not be saved"


async def test_a_token_of_a_form_is_taken_only_where_the_provider_has_one(world: World) -> None:
    ada = await world.person("ada")
    for gateway in ("b", ""):
        answer = await ada.web.ask("POST", "/v1/cards", {"browser_token": "btok_x", "gateway": gateway})
        assert answer.status == 422
    assert (await ada.web.get("/v1/cards"))["items"] == []


async def test_the_start_page_shows_the_key_that_opens_the_form(world: World) -> None:
    page = await world.stranger().web.ask("GET", "/")
    assert world.billow.publishable_keys["a"] in page.text


async def test_the_search_finds_a_number_wherever_and_however_it_was_left(world: World) -> None:
    canary = Canary("6799100000000000000", "7392")
    left = (b"67991000000000000", b"x6799 1000 0000 0000 000", canary.number.encode().hex().encode(), b'{"cvc":"7392"}')
    assert len(seen_in_texts(left, canary)) == 3
    (world.home / "left").write_text("k6799100000000000000")
    assert seen_in_files(world.home, canary) == ["left"]
    connection = await asyncpg.connect(world.owner_url)
    try:
        await connection.execute("CREATE TABLE public.left AS SELECT '\\x'::bytea || $1::bytea AS body", b'"7392"')
        assert await seen_in_database(world.owner_url, canary) == ['"public"."left"']
        await connection.execute("DROP TABLE public.left")
    finally:
        await connection.close()
    assert await seen_in_write_ahead_log(world.owner_url, canary)


NOWHERE: dict[str, list[str]] = {"tables": [], "written to tables": [], "log": [], "messages": [], "files": []}


async def places(world: World, published: list[Outgoing], logged: io.StringIO, canary: Canary) -> dict[str, list[str]]:
    """Where something of the card was left."""
    return {
        "tables": await seen_in_database(world.owner_url, canary),
        "written to tables": await seen_in_write_ahead_log(world.owner_url, canary),
        "log": seen_in_texts(logged.getvalue().splitlines(), canary),
        "messages": seen_in_texts([repr(sent.wire.headers).encode() + sent.wire.body for sent in published], canary),
        "files": seen_in_files(world.home, canary),
    }


async def type_into_the_form(world: World, canary: Canary) -> str:
    """As the page in the browser does: straight to the provider."""
    billow = world.billow
    typed = {"number": canary.number, "cvc": canary.cvc, "expiry": {"year": 2039, "month": 12}}
    opened = {"Authorization": f"Bearer {billow.publishable_keys['a']}"}
    async with world.http.post(f"{billow.sandbox_url}/v1/browser-tokens", json=typed, headers=opened) as made:
        assert made.status == 200
        return str((await made.json())["browser_token"])


async def save_by(person: Person, token: str) -> str:
    started = await person.web.post("/v1/cards", {"browser_token": token, "gateway": "a"})
    return str(started["card"]["id"])


async def save(person: Person, canary: Canary, gateway: str) -> str:
    card: dict[str, Any] = card_of("visa") | {"number": canary.number, "cvc": canary.cvc}
    started = await person.web.post("/v1/cards", {"card": card, "gateway": gateway})
    return str(started["card"]["id"])
