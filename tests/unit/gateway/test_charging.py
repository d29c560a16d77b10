"""Every row of the table of provider answers, and where each ends."""

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from core.contracts.payment_responses import PaymentFailed, PaymentSucceeded, PaymentUnresolved
from core.gateway.accept_charge import AcceptCharge
from core.gateway.charge_through_provider import ChargeThroughProvider
from core.gateway.model import ChargeKey, JournalState, Progress
from core.gateway.policy import DAY, HOUR, MINUTE, SECOND, ProviderPolicy
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass
from core.kernel.trouble import Conflict
from tests.fakes.gateway import ORDER, PAYMENT, Fate, FatefulProvider, InMemoryGatewayTx, until_settled, work_off
from tests.fakes.memory import NOON

KEY = ChargeKey(PAYMENT, 1)


async def ordered(
    *fates: Fate, policy: ProviderPolicy | None = None
) -> tuple[ChargeThroughProvider, InMemoryGatewayTx]:
    tx = InMemoryGatewayTx()
    await AcceptCharge()(ORDER, tx)
    return ChargeThroughProvider(FatefulProvider(lambda: tx.now, list(fates)), policy or ProviderPolicy()), tx  # type: ignore[arg-type]


def progress(tx: InMemoryGatewayTx) -> Progress:
    return tx.charges.things[KEY].progress


def calls(errand: ChargeThroughProvider) -> list[str]:
    return [call.split()[0] for call in errand.provider.calls]  # type: ignore[attr-defined]


async def test_a_captured_charge_succeeds_and_says_all_the_others_need() -> None:
    errand, tx = await ordered()
    await work_off(errand, tx)
    [told] = tx.outbox.drain()
    assert told == PaymentSucceeded(
        payment_id=PAYMENT,
        attempt_no=1,
        user_id=ORDER.user_id,
        amount=Money(999, "EUR"),
        description="Basic, monthly",
        gateway="a",
        provider_reference=f"ref {PAYMENT}:1",
        card_label="visa ···· 4242",
        occurred_at=NOON,
        source="subscription",
        request_id="r-1",
    )
    assert progress(tx).available_at is None


async def test_the_provider_key_is_payment_and_attempt() -> None:
    errand, tx = await ordered()
    await work_off(errand, tx)
    assert errand.provider.calls == [f"charge {PAYMENT}:1"]  # type: ignore[attr-defined]


async def test_submitting_is_committed_before_the_provider_is_called() -> None:
    errand, tx = await ordered()
    await errand.claim(tx, 10)
    assert progress(tx).state is JournalState.SUBMITTING
    assert progress(tx).available_at == NOON + errand.policy.lease
    assert errand.provider.calls == []  # type: ignore[attr-defined]


async def test_a_decline_fails_with_its_class_and_code() -> None:
    errand, tx = await ordered(Fate.DECLINED)
    await work_off(errand, tx)
    [told] = tx.outbox.of(PaymentFailed)
    assert (told.decline, told.detail, told.attempt_no) == (DeclineClass.INSUFFICIENT_FUNDS, "51", 1)
    assert progress(tx).state is JournalState.DECLINED


async def test_an_unreachable_provider_is_tried_eight_times_with_doubling_waits_then_nothing_was_attempted() -> None:
    errand, tx = await ordered(*(8 * [Fate.NOT_REACHED]))
    times = await until_settled(errand, tx)
    waits = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert waits == [timedelta(seconds=300 * 2**n) for n in range(7)]
    assert calls(errand) == 8 * ["charge"]
    [told] = tx.outbox.drain()
    assert isinstance(told, PaymentFailed)
    assert told.decline is DeclineClass.NOT_ATTEMPTED


async def test_an_unreachable_provider_that_comes_back_charges_under_the_same_key() -> None:
    errand, tx = await ordered(Fate.NOT_REACHED, Fate.NOT_REACHED)
    await until_settled(errand, tx)
    assert len(set(errand.provider.calls)) == 1  # type: ignore[attr-defined]
    assert progress(tx).state is JournalState.SUCCEEDED


async def test_a_pending_charge_is_told_once_and_polled_after_an_hour_and_then_daily() -> None:
    errand, tx = await ordered(Fate.PENDING, Fate.LOST_AFTER, Fate.LOST_AFTER)
    times = await until_settled(errand, tx)
    assert [time - NOON for time in times] == [0 * HOUR, HOUR, HOUR + DAY, HOUR + 2 * DAY]
    unresolved, succeeded = tx.outbox.drain()
    assert isinstance(unresolved, PaymentUnresolved)
    assert unresolved.state == "pending"
    assert isinstance(succeeded, PaymentSucceeded)


async def test_a_lost_answer_is_asked_for_and_found() -> None:
    errand, tx = await ordered(Fate.LOST_AFTER)
    times = await until_settled(errand, tx)
    assert [time - NOON for time in times] == [timedelta(0), 30 * SECOND]
    assert calls(errand) == ["charge", "status"]
    assert [type(told) for told in tx.outbox.drain()] == [PaymentUnresolved, PaymentSucceeded]


async def test_a_provider_that_never_answers_is_asked_by_the_whole_schedule_and_then_a_person_has_to_look() -> None:
    errand, tx = await ordered(*(20 * [Fate.LOST_BEFORE]))
    times = await until_settled(errand, tx)
    waits = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert waits == [30 * SECOND, 5 * MINUTE, HOUR, DAY, DAY, DAY, DAY, DAY]
    assert [told.state for told in tx.outbox.of(PaymentUnresolved)] == ["unknown", "manual_review"]
    assert calls(errand).count("charge") == 1
    assert tx.outbox.of(PaymentFailed) == []


async def test_not_found_is_believed_when_said_twice_after_settling_and_the_same_key_goes_again() -> None:
    errand, tx = await ordered(Fate.LOST_BEFORE)
    times = await until_settled(errand, tx)
    assert calls(errand) == ["charge", "status", "status", "status", "charge"]
    assert times[-1] - NOON == HOUR + 5 * MINUTE + 30 * SECOND
    assert len({call.split()[1] for call in errand.provider.calls}) == 1  # type: ignore[attr-defined]
    assert progress(tx).state is JournalState.SUCCEEDED


async def test_not_found_before_the_provider_has_settled_does_not_count() -> None:
    errand, tx = await ordered(Fate.LOST_BEFORE, policy=ProviderPolicy(settles_within=DAY, key_lives=9 * DAY))
    await until_settled(errand, tx)
    assert calls(errand) == ["charge", *(5 * ["status"]), "charge"]


async def test_a_resend_of_what_was_charged_unseen_charges_nothing_more() -> None:
    errand, tx = await ordered(Fate.LOST_AND_HIDDEN)
    await until_settled(errand, tx)
    assert calls(errand) == ["charge", "status", "status", "status", "charge"]
    assert errand.provider.ledger == [str(KEY)]  # type: ignore[attr-defined]


async def test_not_found_said_twice_too_quickly_does_not_count_twice() -> None:
    policy = ProviderPolicy(unknown=(2 * MINUTE, MINUTE, MINUTE, 10 * MINUTE))
    errand, tx = await ordered(Fate.LOST_BEFORE, policy=policy)
    await until_settled(errand, tx)
    assert calls(errand) == ["charge", "status", "status", "status", "status", "charge"]


async def test_an_order_whose_key_has_died_is_never_sent_again() -> None:
    errand, tx = await ordered(Fate.LOST_BEFORE, policy=ProviderPolicy(key_lives=HOUR))
    await until_settled(errand, tx)
    assert calls(errand).count("charge") == 1
    assert progress(tx).state is JournalState.MANUAL_REVIEW


async def test_a_resend_that_is_taken_up_after_the_key_has_died_is_not_sent() -> None:
    errand, tx = await ordered(Fate.LOST_BEFORE)
    while not progress(tx).resend:
        tx.now = progress(tx).available_at or tx.now
        await work_off(errand, tx)
    tx.now = NOON + errand.policy.key_lives
    await work_off(errand, tx)
    assert calls(errand).count("charge") == 1
    assert tx.outbox.of(PaymentUnresolved)[-1].state == "manual_review"


async def test_another_amount_than_ordered_goes_to_a_person() -> None:
    errand, tx = await ordered(Fate.OVERCHARGED)
    await until_settled(errand, tx)
    [told] = tx.outbox.drain()
    assert isinstance(told, PaymentUnresolved)
    assert (told.state, progress(tx).reference) == ("manual_review", "ch_odd")


async def test_a_crash_in_the_call_becomes_a_question_and_no_second_order() -> None:
    errand, tx = await ordered()
    [task] = await errand.claim(tx, 10)
    await errand.perform(task)
    tx.now = NOON + errand.policy.lease
    await work_off(errand, tx)
    assert calls(errand) == ["charge", "status"]
    assert progress(tx).state is JournalState.SUCCEEDED


async def test_a_crash_before_the_call_is_unknown_until_it_was_not_found_twice() -> None:
    errand, tx = await ordered()
    await errand.claim(tx, 10)
    tx.now = NOON + errand.policy.lease
    await work_off(errand, tx)
    assert tx.outbox.of(PaymentUnresolved)[0].state == "unknown"
    await until_settled(errand, tx)
    assert calls(errand)[-1] == "charge"
    assert progress(tx).state is JournalState.SUCCEEDED


async def test_a_question_that_does_not_reach_the_provider_says_nothing_about_the_order() -> None:
    errand, tx = await ordered(Fate.LOST_AFTER, *(9 * [Fate.NOT_REACHED]))
    await until_settled(errand, tx)
    assert progress(tx).state is JournalState.MANUAL_REVIEW
    assert tx.outbox.of(PaymentFailed) == []


async def test_a_leased_charge_is_not_taken_by_another() -> None:
    errand, tx = await ordered()
    assert len(await errand.claim(tx, 10)) == 1
    assert await errand.claim(tx, 10) == []


async def test_a_late_answer_of_a_stalled_process_still_counts_when_money_was_taken() -> None:
    errand, tx = await ordered(Fate.WELL)
    [stalled] = await errand.claim(tx, 10)
    tx.now = NOON + errand.policy.lease
    await work_off(errand, tx)
    assert progress(tx).state is JournalState.UNKNOWN
    await errand.record(stalled, await errand.perform(stalled), tx)
    assert progress(tx).state is JournalState.SUCCEEDED
    tx.outbox.drain()
    await errand.record(stalled, await errand.perform(stalled), tx)
    assert tx.outbox.drain() == []


async def test_the_same_order_again_changes_nothing() -> None:
    errand, tx = await ordered()
    await work_off(errand, tx)
    known = tx.charges.things[KEY]
    await AcceptCharge()(ORDER, tx)
    assert tx.charges.things[KEY] == known


async def test_another_order_under_the_same_key_is_a_conflict() -> None:
    _, tx = await ordered()
    with pytest.raises(Conflict):
        await AcceptCharge()(replace(ORDER, amount=Money(1, "EUR")), tx)


async def test_what_an_order_leads_to_belongs_to_its_chain_of_messages() -> None:
    errand, tx = await ordered()
    tx.correlation_id = "another"
    [task] = await errand.claim(tx, 10)
    assert task.correlation_id == "story-1"
    await AcceptCharge()(ORDER, tx)
    assert tx.charges.things[KEY].correlation_id == "story-1"
