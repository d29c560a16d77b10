"""The messages of a payment, in every order and twice, end in one state."""

import asyncio
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.activator.block_user import BlockUser
from core.activator.forgive_debt import ForgiveDebt
from core.activator.model import Access, PaymentFact
from core.activator.policy import BLOCK_AT_ONCE, OverduePolicy
from core.activator.restore_access import RestoreAccess
from core.contracts.access import AccessBlocked, AccessRestored
from core.contracts.payment_responses import PaymentFailed, PaymentSucceeded, PaymentWrittenOff
from core.kernel.ids import PaymentId
from tests.fakes.activator import ADA, InMemoryActivatorTx, failed, payment, succeeded, written_off
from tests.fakes.memory import NOON

HOUR = timedelta(hours=1)
Heard = PaymentFailed | PaymentSucceeded | PaymentWrittenOff
STORY: tuple[Heard, ...] = (
    failed(1, attempt=1, at=NOON),
    failed(1, attempt=2, at=NOON + HOUR),
    succeeded(1, attempt=3, at=NOON + 2 * HOUR),
    failed(2, attempt=0, at=NOON + 3 * HOUR),
    failed(3, attempt=1, at=NOON),
    written_off(3, attempt=1, at=NOON + 4 * HOUR),
)
State = tuple[Access, dict[PaymentId, PaymentFact], bool]


async def deliver(messages: tuple[Heard, ...], policy: OverduePolicy) -> InMemoryActivatorTx:
    tx = InMemoryActivatorTx(NOON + 24 * HOUR)
    for message in messages:
        if isinstance(message, PaymentFailed):
            await BlockUser(policy)(message, tx)
        elif isinstance(message, PaymentWrittenOff):
            await ForgiveDebt(policy)(message, tx)
        else:
            await RestoreAccess(policy)(message, tx)
    return tx


def state(tx: InMemoryActivatorTx) -> State:
    told = [message for message in tx.outbox.messages if isinstance(message, AccessBlocked | AccessRestored)]
    access = tx.accesses.things.get(ADA, Access(ADA))
    return access, dict(tx.payment_facts.things), bool(told) and isinstance(told[-1], AccessBlocked)


@pytest.mark.parametrize("policy", [BLOCK_AT_ONCE, OverduePolicy.blocking_after(25 * HOUR)], ids=["at once", "grace"])
async def test_every_order_twice_ends_in_one_state(policy: OverduePolicy) -> None:
    expected = state(await deliver(STORY, policy))
    for order in permutations(STORY):
        assert state(await deliver((*order, *order), policy)) == expected
        assert state(await deliver(tuple(message for message in order for _ in "12"), policy)) == expected


async def test_the_end_of_the_story_is_what_one_would_expect() -> None:
    access, facts, told = state(await deliver(STORY, BLOCK_AT_ONCE))
    assert (access.blocked, access.since, access.reasons) == (True, NOON + 3 * HOUR, (str(payment(2)),))
    assert told
    assert {fact.payment_id: fact.attempt_no for fact in facts.values()} == {
        payment(1): 3,
        payment(2): 0,
        payment(3): 1,
    }


messages = st.builds(
    lambda make, number, attempt, hour: make(number, max(attempt, make is succeeded), NOON + hour * HOUR),
    st.sampled_from([failed, succeeded, written_off]),
    st.integers(1, 3),
    st.integers(0, 4),
    st.integers(0, 48),
)


@given(st.lists(messages, max_size=10), st.randoms(use_true_random=False))
def test_any_messages_in_any_order_with_repeats_end_in_one_state(heard: list[Heard], chance: object) -> None:
    shuffled = heard + heard
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    first = asyncio.run(deliver(tuple(heard), BLOCK_AT_ONCE))
    second = asyncio.run(deliver(tuple(shuffled), BLOCK_AT_ONCE))
    assert state(first) == state(second)


@given(st.lists(messages, max_size=10))
def test_products_hear_blocked_and_restored_in_turns(heard: list[Heard]) -> None:
    tx = asyncio.run(deliver(tuple(heard), BLOCK_AT_ONCE))
    told = [type(message) for message in tx.outbox.messages]
    assert told == [(AccessBlocked, AccessRestored)[number % 2] for number in range(len(told))]
