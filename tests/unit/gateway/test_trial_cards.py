"""Every test card of the sandbox, charged through the gateway: its books and ours agree in the end."""

from dataclasses import replace
from datetime import datetime

import pytest

from adapters.providers.memory import InMemoryProvider
from adapters.providers.trial_cards import TRIAL_CARDS, TrialCard
from core.contracts.payment_responses import PaymentFailed, PaymentSucceeded
from core.gateway.accept_charge import AcceptCharge
from core.gateway.charge_through_provider import ChargeThroughProvider
from core.gateway.model import JournalState
from core.gateway.ports import Accepted, NotAttempted, Unknown
from tests.fakes.gateway import ORDER, InMemoryGatewayTx, until_settled


class Following:
    """The provider's clock shows the transaction's time."""

    def __init__(self, tx: InMemoryGatewayTx) -> None:
        self._tx = tx

    def now(self) -> datetime:
        return self._tx.now


async def token_of(card: TrialCard, provider: InMemoryProvider) -> str | None:
    for _ in range(2):
        answer = await provider.validate("card-1", card.entry())
        if not isinstance(answer, NotAttempted | Unknown):
            return answer.card.token if isinstance(answer, Accepted) else None
    return None


CHARGEABLE = [card for card in TRIAL_CARDS.values() if card.behaviour.at_validation is None]


@pytest.mark.parametrize("card", CHARGEABLE, ids=lambda card: card.name)
async def test_a_trial_card_ends_where_the_providers_books_say(card: TrialCard) -> None:
    tx = InMemoryGatewayTx()
    provider = InMemoryProvider(Following(tx))
    token = await token_of(card, provider)
    assert token is not None
    await AcceptCharge()(replace(ORDER, card_token=token), tx)
    await until_settled(ChargeThroughProvider(provider), tx)
    [charge], ledger = tx.charges.all(), await provider.ledger()
    succeeded, failed = tx.outbox.of(PaymentSucceeded), tx.outbox.of(PaymentFailed)
    match charge.progress.state:
        case JournalState.SUCCEEDED:
            [entry] = ledger
            assert (entry.key, entry.amount) == (str(charge.key), charge.amount)
            assert entry.reference == succeeded[0].provider_reference
        case JournalState.MANUAL_REVIEW:
            assert card.behaviour.overcharge
            assert succeeded + failed == []
        case state:
            assert state is JournalState.DECLINED
            assert ledger == []
            assert failed[0].decline is charge.progress.decline


def test_most_trial_cards_can_be_charged() -> None:
    assert len(CHARGEABLE) > 30
