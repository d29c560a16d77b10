"""A plan is a promise: it does not change under those who took it."""

from dataclasses import replace

import pytest

from core.kernel.money import Money
from core.kernel.trouble import Conflict, Malformed
from core.subscription.offer_plan import OfferPlan
from tests.fakes.subscription import InMemorySubscriptionTx, plan

MONTHLY = plan()


async def test_an_offered_plan_can_be_taken() -> None:
    tx = InMemorySubscriptionTx()
    await OfferPlan()(MONTHLY, tx)
    assert await tx.plans.get(MONTHLY.id) == MONTHLY


async def test_offering_the_same_again_changes_nothing() -> None:
    tx = InMemorySubscriptionTx()
    assert await OfferPlan()(MONTHLY, tx) == await OfferPlan()(MONTHLY, tx)


async def test_an_id_stands_for_one_plan() -> None:
    tx = InMemorySubscriptionTx()
    await OfferPlan()(MONTHLY, tx)
    with pytest.raises(Conflict):
        await OfferPlan()(replace(MONTHLY, amount=Money(1099, "EUR")), tx)


@pytest.mark.parametrize("minor", [0, -1])
def test_a_plan_costs_something(minor: int) -> None:
    with pytest.raises(Malformed):
        replace(MONTHLY, amount=Money(minor, "EUR"))
