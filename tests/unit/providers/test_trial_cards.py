"""The table of test cards is right, complete, and the one people read."""

from pathlib import Path

import pytest

from adapters.providers.behaviour import RESPONSE_CODES, Behaviour, Lapse, Loss, Step
from adapters.providers.trial_cards import GROUPS, TRIAL_CARDS, TrialCard, as_markdown, trial_card_of
from core.kernel.cards import luhn_valid
from core.kernel.outcomes import DeclineClass

DOC = Path(__file__).parents[3] / "docs" / "sandbox.md"
OUR_OWN_REASONS = {
    DeclineClass.NO_CARD,
    DeclineClass.UNKNOWN_USER,
    DeclineClass.CURRENCY_NOT_SUPPORTED,
    DeclineClass.NOT_ATTEMPTED,
}


@pytest.mark.parametrize("card", TRIAL_CARDS.values(), ids=lambda card: card.name)
def test_every_number_can_be_typed(card: TrialCard) -> None:
    assert luhn_valid(card.digits)
    assert trial_card_of(card.entry().number.reveal()) is card
    assert len(card.entry().cvc.reveal()) == card.cvc_length


def test_no_two_cards_share_a_name_or_a_number() -> None:
    cards = [card for group in GROUPS.values() for card in group]
    assert len({card.name for card in cards}) == len({card.digits for card in cards}) == len(cards)


def test_every_reason_a_provider_may_give_has_a_card_and_a_code() -> None:
    declines = {behaviour.at_charge.decline for behaviour in _behaviours() if behaviour.at_charge}
    assert declines == set(RESPONSE_CODES) == set(DeclineClass) - OUR_OWN_REASONS


def test_every_way_to_lose_an_answer_to_a_charge_has_a_card() -> None:
    lapses = {behaviour.lapse for behaviour in _behaviours() if behaviour.lapse}
    assert {lapse.loss for lapse in lapses} == set(Loss)
    assert {Lapse(loss, done) for loss in (Loss.TIMEOUT, Loss.ERROR, Loss.RESET) for done in (True, False)} <= lapses
    assert {lapse.step for lapse in lapses} == set(Step)


def test_the_document_shows_this_table() -> None:
    shown = DOC.read_text().split("<!-- cards -->\n")[1].split("<!-- /cards -->")[0]
    assert shown.strip() == as_markdown().strip(), "run python -m adapters.providers.trial_cards and paste it"


def _behaviours() -> list[Behaviour]:
    return [card.behaviour for card in TRIAL_CARDS.values()]
