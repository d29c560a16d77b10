"""A person ends a manual review, once."""

from typing import Literal

import pytest

from core.contracts.payment_responses import PaymentFailed, PaymentSucceeded
from core.gateway.accept_charge import AcceptCharge
from core.gateway.charge_through_provider import ChargeThroughProvider
from core.gateway.model import ChargeKey, JournalState
from core.gateway.resolve_charge import ResolveCharge
from core.kernel.outcomes import DeclineClass
from core.kernel.trouble import Conflict
from tests.fakes.gateway import ORDER, PAYMENT, Fate, FatefulProvider, InMemoryGatewayTx, until_settled

KEY = ChargeKey(PAYMENT, 1)


async def in_review() -> InMemoryGatewayTx:
    tx = InMemoryGatewayTx()
    await AcceptCharge()(ORDER, tx)
    await until_settled(ChargeThroughProvider(FatefulProvider(lambda: tx.now, [Fate.OVERCHARGED])), tx)  # type: ignore[arg-type]
    tx.outbox.drain()
    return tx


async def test_money_that_was_taken_succeeds_with_the_reference_that_was_found() -> None:
    tx = await in_review()
    await ResolveCharge()(KEY, "succeeded", "ch_7", "seen in the provider's books", tx)
    [told] = tx.outbox.drain()
    assert isinstance(told, PaymentSucceeded)
    assert told.provider_reference == "ch_7"


@pytest.mark.parametrize(
    ("verdict", "decline"),
    [("declined", DeclineClass.PROVIDER_REFUSED), ("not_attempted", DeclineClass.NOT_ATTEMPTED)],
)
async def test_money_that_was_not_taken_fails(
    verdict: Literal["declined", "not_attempted"], decline: DeclineClass
) -> None:
    tx = await in_review()
    await ResolveCharge()(KEY, verdict, "", "", tx)
    [told] = tx.outbox.drain()
    assert isinstance(told, PaymentFailed)
    assert told.decline is decline


async def test_saying_the_same_again_tells_nobody_again() -> None:
    tx = await in_review()
    for _ in range(2):
        await ResolveCharge()(KEY, "not_attempted", "", "", tx)
    assert len(tx.outbox.drain()) == 1


async def test_what_is_settled_is_not_settled_otherwise() -> None:
    tx = await in_review()
    await ResolveCharge()(KEY, "succeeded", "", "", tx)
    with pytest.raises(Conflict):
        await ResolveCharge()(KEY, "declined", "", "", tx)


async def test_what_is_still_on_its_way_is_not_for_a_person_to_settle() -> None:
    tx = InMemoryGatewayTx()
    await AcceptCharge()(ORDER, tx)
    with pytest.raises(Conflict):
        await ResolveCharge()(KEY, "succeeded", "", "", tx)
    assert tx.charges.things[KEY].progress.state is JournalState.ORDERED
