"""Failures block, successes restore, and products hear of each change once."""

from datetime import timedelta

from core.activator.block_user import BlockUser
from core.activator.model import Access
from core.activator.policy import OverduePolicy, OverdueState
from core.activator.restore_access import RestoreAccess
from core.activator.review_access import ReviewAccess
from core.contracts.access import AccessBlocked, AccessRestored
from core.kernel.ids import UserId
from tests.fakes.activator import ADA, InMemoryActivatorTx, failed, payment, succeeded
from tests.fakes.memory import NOON

DAY = timedelta(days=1)
GRACE = OverduePolicy.blocking_after(3 * DAY)


async def test_the_first_failure_blocks_and_is_told_once() -> None:
    tx = InMemoryActivatorTx()
    await BlockUser()(failed(), tx)
    await BlockUser()(failed(), tx)
    assert tx.outbox.messages == [AccessBlocked(ADA, NOON, (str(payment(1)),))]


async def test_a_success_restores() -> None:
    tx = InMemoryActivatorTx()
    await BlockUser()(failed(), tx)
    tx.now += DAY
    await RestoreAccess()(succeeded(attempt=2, at=tx.now), tx)
    assert tx.outbox.messages[1:] == [AccessRestored(ADA, tx.now)]
    assert await tx.accesses.find(ADA) == Access(ADA)


async def test_late_failure_of_an_older_attempt_does_not_block() -> None:
    tx = InMemoryActivatorTx()
    await RestoreAccess()(succeeded(attempt=2), tx)
    await BlockUser()(failed(attempt=1), tx)
    assert tx.outbox.messages == []


async def test_success_is_final_whatever_is_said_later() -> None:
    tx = InMemoryActivatorTx()
    await RestoreAccess()(succeeded(attempt=1), tx)
    await BlockUser()(failed(attempt=2), tx)
    assert tx.outbox.messages == []


async def test_paying_one_of_two_debts_does_not_restore() -> None:
    tx = InMemoryActivatorTx(NOON + DAY)
    await BlockUser()(failed(1), tx)
    await BlockUser()(failed(2, at=NOON + DAY), tx)
    await RestoreAccess()(succeeded(1, attempt=2), tx)
    access = await tx.accesses.get(ADA)
    assert (access.blocked, access.reasons, access.since) == (True, (str(payment(2)),), NOON + DAY)
    await RestoreAccess()(succeeded(2, attempt=2), tx)
    assert [type(message) for message in tx.outbox.messages] == [AccessBlocked, AccessRestored]


async def test_within_the_grace_nobody_is_blocked_and_a_wake_up_is_set() -> None:
    tx = InMemoryActivatorTx()
    await BlockUser(GRACE)(failed(), tx)
    assert tx.outbox.messages == []
    assert (await tx.accesses.get(ADA)).available_at == NOON + 3 * DAY


async def test_when_the_grace_is_over_the_review_blocks_once() -> None:
    tx = InMemoryActivatorTx()
    await BlockUser(GRACE)(failed(), tx)
    for _ in range(5):
        tx.now += DAY
        await ReviewAccess(GRACE)(tx)
    assert tx.outbox.messages == [AccessBlocked(ADA, NOON + 3 * DAY, (str(payment(1)),))]


async def test_a_further_failure_within_the_grace_does_not_prolong_it() -> None:
    tx = InMemoryActivatorTx()
    await BlockUser(GRACE)(failed(), tx)
    tx.now += 2 * DAY
    await BlockUser(GRACE)(failed(attempt=2, at=tx.now), tx)
    tx.now += DAY
    await ReviewAccess(GRACE)(tx)
    assert (await tx.accesses.get(ADA)).blocked


async def test_who_paid_within_the_grace_is_never_blocked() -> None:
    tx = InMemoryActivatorTx()
    await BlockUser(GRACE)(failed(), tx)
    await RestoreAccess(GRACE)(succeeded(attempt=2), tx)
    tx.now += 10 * DAY
    assert not await ReviewAccess(GRACE)(tx)
    assert tx.outbox.messages == []


async def test_thresholds_crossed_in_one_go_end_in_the_severest_state_with_one_message() -> None:
    steps = ((OverdueState.WARNED, DAY), (OverdueState.BLOCKED, 2 * DAY), (OverdueState.CANCELLED, 3 * DAY))
    policy = OverduePolicy(steps)
    tx = InMemoryActivatorTx()
    await BlockUser(policy)(failed(), tx)
    tx.now += 30 * DAY
    await ReviewAccess(policy)(tx)
    assert (await tx.accesses.get(ADA)).state is OverdueState.CANCELLED
    assert tx.outbox.messages == [AccessBlocked(ADA, NOON + 2 * DAY, (str(payment(1)),))]


async def test_the_review_works_in_batches_and_says_when_there_is_more() -> None:
    tx = InMemoryActivatorTx()
    for number in range(501):
        await BlockUser(GRACE)(failed(number, user=UserId(f"user-{number}")), tx)
    tx.now += 3 * DAY
    assert await ReviewAccess(GRACE)(tx)
    assert not await ReviewAccess(GRACE)(tx)
    assert len(tx.outbox.of(AccessBlocked)) == 501


async def test_users_do_not_answer_for_each_other() -> None:
    tx = InMemoryActivatorTx()
    await BlockUser()(failed(1), tx)
    await BlockUser()(failed(2, user=UserId("bob")), tx)
    await RestoreAccess()(succeeded(2, attempt=2, user=UserId("bob")), tx)
    assert (await tx.accesses.get(ADA)).blocked
    assert not (await tx.accesses.get(UserId("bob"))).blocked


async def test_no_more_than_fifty_reasons_are_named() -> None:
    tx = InMemoryActivatorTx(NOON + 60 * DAY)
    for number in range(60):
        await BlockUser()(failed(number, at=NOON + number * DAY), tx)
    assert (await tx.accesses.get(ADA)).reasons == tuple(str(payment(number)) for number in range(50))
