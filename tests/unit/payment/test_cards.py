"""Saving cards: validated by a gateway, answered within two minutes or told, and the first one is the default."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest

from core.contracts.card_responses import CardAccepted, CardRefused
from core.contracts.card_validations import CardValidationOrdered
from core.contracts.charges import ChargeOrdered
from core.contracts.notices import CardNotSaved
from core.kernel.cards import BrowserToken
from core.kernel.ids import CardId
from core.kernel.outcomes import DeclineClass
from core.kernel.secret import Secret
from core.kernel.trouble import NotFound, Refused
from core.payment.cards import VALIDATION_TIME, User
from core.payment.choose_default_card import ChooseDefaultCard
from core.payment.expire_validations import ExpireValidations
from core.payment.forget_card import ForgetCard
from core.payment.mark_unpaid import MarkUnpaid
from core.payment.refuse_card import RefuseCard
from core.payment.routing import Route, RoutingPolicy
from core.payment.save_card import SaveCard
from core.payment.start_charge import StartCharge
from core.payment.states import CARD_MOVES, CardState
from core.payment.store_card import StoreCard
from tests.fakes.memory import NOON
from tests.fakes.payment import ADA, BOB, ENTRY, InMemoryPaymentTx, OpenSealer, card, failed, ready, requested

NEW = CardId(UUID(int=77))
save = SaveCard(OpenSealer(), RoutingPolicy((Route("a"), Route("b", ("42",))), browser_forms=frozenset({"a"})))


def accepted(card_id: CardId = NEW, fingerprint: str = "f77", gateway: str = "b", user_id=ADA) -> CardAccepted:
    return CardAccepted(gateway, card_id, user_id, f"tok_{card_id.int}", "Visa", "4242", 2030, 4, fingerprint, NOON)


def refused(card_id: CardId = NEW) -> CardRefused:
    return CardRefused("b", card_id, ADA, DeclineClass.INVALID_CARD, NOON)


async def validating(default: bool = False) -> InMemoryPaymentTx:
    tx = ready()
    await save(tx, card_id=NEW, user_id=ADA, entry=ENTRY, make_default=default)
    return tx


async def test_a_new_card_goes_sealed_to_its_gateway_and_has_two_minutes():
    tx = await validating()
    [ordered] = tx.outbox.of(CardValidationOrdered)
    assert (ordered.gateway, ordered.sealed_card, ordered.expires_at) == ("b", "sealed for b", NOON + VALIDATION_TIME)
    assert tx.cards.things[NEW].state is CardState.VALIDATING
    assert tx.cards.things[NEW].stored is None


async def test_the_caller_may_name_the_gateway():
    tx = ready()
    await save(tx, card_id=NEW, user_id=ADA, entry=ENTRY, gateway="a")
    assert tx.outbox.of(CardValidationOrdered)[0].gateway == "a"
    with pytest.raises(Refused):
        await save(tx, card_id=NEW, user_id=ADA, entry=ENTRY, gateway="c")


async def test_a_browser_token_is_taken_only_where_its_form_is():
    tx, token = ready(), BrowserToken(Secret("tok"))
    await save(tx, card_id=NEW, user_id=ADA, entry=token, gateway="a")
    for gateway in ("", "b"):
        with pytest.raises(Refused):
            await save(tx, card_id=NEW, user_id=ADA, entry=token, gateway=gateway)


async def test_an_accepted_card_keeps_what_a_user_recognises_and_no_number():
    tx = await validating()
    await StoreCard()(accepted(), tx)
    kept = tx.cards.things[NEW]
    assert (kept.state, kept.label, kept.stored.fingerprint) == (CardState.ACTIVE, "Visa ···· 4242", "f77")
    assert tx.users.things[ADA].default_card_id == card().id, "only the first card becomes the default by itself"


async def test_the_first_card_is_the_default_card():
    tx = InMemoryPaymentTx()
    await StoreCard()(accepted(), tx)
    assert tx.users.things[ADA].default_card_id == NEW


async def test_a_card_meant_as_default_becomes_it_and_pays_what_is_owed():
    tx = await validating(default=True)
    await StartCharge()(requested(), tx)
    await MarkUnpaid()(failed(requested(), DeclineClass.EXPIRED_CARD), tx)
    await StoreCard()(accepted(), tx)
    assert tx.users.things[ADA].default_card_id == NEW
    assert [(order.attempt_no, order.card_token) for order in tx.outbox.of(ChargeOrdered)] == [
        (1, "tok_1"),
        (2, "tok_77"),
    ]


async def test_accepting_twice_is_accepting_once():
    tx = await validating(default=True)
    await StoreCard()(accepted(), tx)
    tx.users.save(tx.users.things[ADA].with_default(card().id))
    await StoreCard()(accepted(), tx)
    assert tx.users.things[ADA].default_card_id == card().id


async def test_the_same_card_saved_again_replaces_the_older_one_and_stays_the_default():
    tx = InMemoryPaymentTx()
    tx.cards.save(card(1, gateway="b"))
    tx.users.save(User(ADA, NOON, card(1).id))
    await StoreCard()(accepted(fingerprint="f1"), tx)
    assert tx.cards.things[card(1).id].state is CardState.REPLACED
    assert tx.cards.things[card(1).id].token == ""
    assert tx.users.things[ADA].default_card_id == NEW


@pytest.mark.parametrize("other", [{"gateway": "a"}, {"user_id": BOB}])
async def test_the_same_number_elsewhere_is_another_card(other):
    tx = InMemoryPaymentTx()
    tx.cards.save(replace(card(1, gateway="b"), **other))
    await StoreCard()(accepted(fingerprint="f1"), tx)
    assert tx.cards.things[card(1).id].active


async def test_of_two_savings_of_one_card_the_newer_stays_whoever_is_answered_first():
    newer = CardId(UUID(int=78))
    for order in permutations([accepted(NEW, "f"), accepted(newer, "f")]):
        tx = InMemoryPaymentTx()
        await save(tx, card_id=NEW, user_id=ADA, entry=ENTRY)
        tx.now += timedelta(seconds=1)
        await save(tx, card_id=newer, user_id=ADA, entry=ENTRY)
        for answer in order:
            await StoreCard()(answer, tx)
        assert (tx.cards.things[NEW].state, tx.cards.things[newer].state) == (CardState.REPLACED, CardState.ACTIVE)
        assert tx.users.things[ADA].default_card_id == newer


async def test_a_refused_card_shows_why_and_its_owner_is_told():
    tx = await validating()
    await RefuseCard()(refused(), tx)
    await RefuseCard()(refused(), tx)
    assert tx.cards.things[NEW].decline is DeclineClass.INVALID_CARD
    [told] = tx.outbox.of(CardNotSaved)
    assert (told.card_id, told.decline) == (NEW, DeclineClass.INVALID_CARD)


async def test_a_card_nobody_answered_for_expires_after_two_minutes_and_its_owner_is_told():
    tx = await validating()
    tx.now = NOON + VALIDATION_TIME - timedelta(seconds=1)
    await ExpireValidations()(tx)
    assert tx.cards.things[NEW].state is CardState.VALIDATING
    tx.now = NOON + VALIDATION_TIME
    assert not await ExpireValidations()(tx)
    await ExpireValidations()(tx)
    assert tx.cards.things[NEW].state is CardState.EXPIRED
    [told] = tx.outbox.of(CardNotSaved)
    assert told.decline is None


async def test_a_late_yes_makes_an_expired_card_usable():
    tx = await validating()
    tx.now = NOON + VALIDATION_TIME
    await ExpireValidations()(tx)
    await StoreCard()(accepted(), tx)
    assert tx.cards.things[NEW].active


async def test_a_yes_for_a_card_its_owner_removed_changes_nothing():
    tx = await validating()
    await ForgetCard()(tx, card_id=NEW, owner=ADA)
    await StoreCard()(accepted(), tx)
    assert (tx.cards.things[NEW].state, tx.cards.things[NEW].stored) == (CardState.FORGOTTEN, None)


async def test_removing_a_card_forgets_its_token_and_chooses_no_other():
    tx = ready()
    tx.cards.save(card(2))
    await ForgetCard()(tx, card_id=card(1).id, owner=ADA)
    gone = tx.cards.things[card(1).id]
    assert (gone.state, gone.token, gone.label) == (CardState.FORGOTTEN, "", "Visa ···· 4242")
    assert tx.users.things[ADA].default_card_id is None


async def test_cards_of_others_are_not_there():
    tx = ready()
    with pytest.raises(NotFound):
        await ForgetCard()(tx, card_id=card().id, owner=BOB)
    with pytest.raises(NotFound):
        await ChooseDefaultCard()(tx, card_id=card().id, owner=BOB)


async def test_only_an_accepted_card_becomes_the_default():
    tx = await validating()
    with pytest.raises(Refused):
        await ChooseDefaultCard()(tx, card_id=NEW, owner=ADA)


def test_the_longest_prefix_decides_the_gateway():
    policy = RoutingPolicy((Route("a"), Route("b", ("4",)), Route("c", ("4242", "5"))))
    chosen = [policy.choose(NEW, number) for number in ("4242", "4111", "5555", "3714")]
    assert chosen == ["c", "b", "c", "a"]


def test_equal_routes_share_cards_by_weight_and_always_the_same_way():
    policy = RoutingPolicy((Route("a", weight=3), Route("b", weight=1)))
    shares = [policy.choose(CardId(UUID(int=number)), "4242") for number in range(400)]
    assert (shares.count("a"), shares.count("b")) == (300, 100)


def test_a_card_no_gateway_takes_is_refused():
    with pytest.raises(Refused):
        RoutingPolicy((Route("a", ("5",)),)).choose(NEW, "4242")


def test_a_forgotten_card_is_forgotten_for_ever():
    assert not CARD_MOVES[CardState.FORGOTTEN]
    assert set(CARD_MOVES) == set(CardState)
