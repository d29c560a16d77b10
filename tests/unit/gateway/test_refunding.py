"""Money is given back at most once for each order."""

from dataclasses import replace

import pytest

from core.contracts.payment_responses import PaymentRefunded, RefundFailed, RefundUnresolved
from core.gateway.accept_refund import AcceptRefund
from core.gateway.model import JournalState, RefundKey
from core.gateway.policy import DAY
from core.gateway.refund_through_provider import RefundThroughProvider
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass
from core.kernel.trouble import Conflict
from tests.fakes.gateway import PAYMENT, REFUND, Fate, FatefulProvider, InMemoryGatewayTx, work_off
from tests.fakes.memory import NOON

KEY = RefundKey(PAYMENT, 1)


async def ordered(*fates: Fate) -> tuple[RefundThroughProvider, InMemoryGatewayTx]:
    tx = InMemoryGatewayTx()
    await AcceptRefund()(REFUND, tx)
    return RefundThroughProvider(FatefulProvider(lambda: tx.now, list(fates))), tx  # type: ignore[arg-type]


async def settle(errand: RefundThroughProvider, tx: InMemoryGatewayTx) -> JournalState:
    while due := tx.refunds.things[KEY].progress.available_at:
        tx.now = max(tx.now, due)
        await work_off(errand, tx)
    return tx.refunds.things[KEY].progress.state


async def test_a_refund_is_told_with_its_amount() -> None:
    errand, tx = await ordered()
    await settle(errand, tx)
    reference = f"ref {PAYMENT}:refund:1"
    expected = PaymentRefunded(PAYMENT, 1, 1, REFUND.user_id, Money(500, "EUR"), "a", reference, NOON)
    assert tx.outbox.drain() == [expected]


async def test_a_lost_answer_is_learnt_by_sending_the_same_key_again() -> None:
    errand, tx = await ordered(Fate.LOST_AFTER, Fate.NOT_REACHED, Fate.LOST_BEFORE)
    assert await settle(errand, tx) is JournalState.SUCCEEDED
    assert errand.provider.ledger == [str(KEY)]  # type: ignore[attr-defined]
    assert len(tx.outbox.of(PaymentRefunded)) == 1


async def test_a_crash_in_the_middle_refunds_once() -> None:
    errand, tx = await ordered()
    [task] = await errand.claim(tx, 1)
    await errand.perform(task)
    assert await settle(errand, tx) is JournalState.SUCCEEDED
    assert errand.provider.ledger == [str(KEY)]  # type: ignore[attr-defined]


async def test_a_refund_in_doubt_whose_key_has_died_is_left_to_a_person() -> None:
    errand, tx = await ordered(Fate.LOST_AFTER)
    await work_off(errand, tx)
    tx.now = NOON + DAY
    assert await settle(errand, tx) is JournalState.MANUAL_REVIEW
    assert errand.provider.ledger == [str(KEY)]  # type: ignore[attr-defined]
    assert [told.state for told in tx.outbox.of(RefundUnresolved)] == ["unknown", "manual_review"]
    assert not tx.outbox.of(RefundFailed), "it was given back: nothing may be given back again"


async def test_a_declined_refund_is_told_with_its_reason() -> None:
    errand, tx = await ordered(Fate.DECLINED)
    assert await settle(errand, tx) is JournalState.DECLINED
    reason = DeclineClass.INSUFFICIENT_FUNDS
    expected = RefundFailed(PAYMENT, 1, 1, REFUND.user_id, Money(500, "EUR"), "a", reason, "51", NOON)
    assert tx.outbox.drain() == [expected]


async def test_a_refund_whose_provider_is_never_reached_is_told_when_it_is_given_up() -> None:
    errand, tx = await ordered(*[Fate.NOT_REACHED] * 20)
    assert await settle(errand, tx) is JournalState.NOT_ATTEMPTED
    [told] = tx.outbox.drain()
    assert (told.reason, told.occurred_at) == (DeclineClass.NOT_ATTEMPTED, tx.now)
    assert not errand.provider.ledger  # type: ignore[attr-defined]


async def test_a_refund_in_doubt_is_told_once_and_then_what_became_of_it() -> None:
    errand, tx = await ordered(Fate.LOST_BEFORE, Fate.LOST_BEFORE, Fate.LOST_BEFORE)
    await settle(errand, tx)
    assert [type(told) for told in tx.outbox.drain()] == [RefundUnresolved, PaymentRefunded]


async def test_the_same_refund_again_changes_nothing_and_another_under_its_key_is_a_conflict() -> None:
    errand, tx = await ordered()
    await settle(errand, tx)
    known = tx.refunds.things[KEY]
    await AcceptRefund()(REFUND, tx)
    assert tx.refunds.things[KEY] == known
    with pytest.raises(Conflict):
        await AcceptRefund()(replace(REFUND, amount=Money(1, "EUR")), tx)
