"""Facts are kept, and the answer is one question away: in memory as on PostgreSQL."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from core.activator.model import Access, Outcome, PaymentFact, User
from core.activator.policy import OverdueState
from core.activator.ports import Answer
from core.kernel.ids import PaymentId, UserId
from tests.contract.postgres.roles import Role

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ADA, BOB = UserId("ada"), UserId("bob")


def fact(number: int, user: UserId = ADA, outcome: Outcome = Outcome.FAILED) -> PaymentFact:
    unpaid_since = NOON if outcome is Outcome.FAILED else None
    return PaymentFact(PaymentId(UUID(int=number)), user, number, outcome, NOON, unpaid_since)


async def test_everything_comes_back_as_it_was_saved(role: Role) -> None:
    user = User(ADA, NOON)
    access = Access(ADA, OverdueState.BLOCKED, NOON, ("one", "two"), NOON + HOUR)
    async with role.open() as tx:
        tx.users.save(user)
        tx.accesses.save(access)
        tx.payment_facts.save(fact(1))
    async with role.open() as tx:
        assert await tx.users.get(ADA) == user
        assert await tx.accesses.get(ADA) == access
        assert await tx.payment_facts.get(PaymentId(UUID(int=1))) == fact(1)


@pytest.mark.parametrize("state", OverdueState)
async def test_an_access_can_be_kept_in_each_state(role: Role, state: OverdueState) -> None:
    access = Access(ADA, state, NOON if state.blocks else None)
    async with role.open() as tx:
        tx.accesses.save(access)
    async with role.open() as tx:
        assert await tx.accesses.get(ADA) == access


async def test_the_unpaid_of_a_user_are_theirs_alone_and_no_success(role: Role) -> None:
    async with role.open() as tx:
        for thing in (fact(1), fact(2, outcome=Outcome.SUCCEEDED), fact(3, BOB), fact(4)):
            tx.payment_facts.save(thing)
    async with role.open() as tx:
        assert sorted(thing.attempt_no for thing in await tx.payment_facts.unpaid_of(ADA)) == [1, 4]


async def test_what_this_transaction_changed_counts_at_once(role: Role) -> None:
    async with role.open() as tx:
        tx.payment_facts.save(fact(1))
        tx.payment_facts.save(fact(2))
    async with role.open() as tx:
        tx.payment_facts.save(fact(3))
        tx.payment_facts.save(fact(9, BOB))
        await tx.payment_facts.find(PaymentId(UUID(int=1)))
        tx.payment_facts.save(fact(1, outcome=Outcome.SUCCEEDED))
        assert sorted(thing.attempt_no for thing in await tx.payment_facts.unpaid_of(ADA)) == [2, 3]
        tx.payment_facts.save(fact(4))
        assert sorted(thing.attempt_no for thing in await tx.payment_facts.unpaid_of(ADA)) == [2, 3, 4]


async def test_due_reviews_are_claimed_the_longest_due_first(role: Role) -> None:
    wakes = {"a": NOON + HOUR, "b": NOON, "c": None, "d": NOON + 9 * HOUR}
    async with role.open() as tx:
        for user, wake in wakes.items():
            tx.accesses.save(Access(UserId(user), available_at=wake))
    async with role.open() as tx:
        assert [access.user_id for access in await tx.accesses.claim_due(NOON + HOUR, 5)] == ["b", "a"]
    async with role.open() as tx:
        assert len(await tx.accesses.claim_due(NOON + HOUR, 1)) == 1


async def test_only_known_users_are_answered_for(role: Role) -> None:
    async with role.open() as tx:
        for user in (ADA, BOB):
            tx.users.save(User(user, NOON))
        tx.accesses.save(Access(ADA, OverdueState.BLOCKED, NOON, ("x",)))
        tx.accesses.save(Access(UserId("nobody"), OverdueState.BLOCKED, NOON, ("y",)))
    answers = sorted(await role.reads.access(["ada", "bob", "nobody", "ada"]), key=lambda answer: answer.user_id)
    assert answers == [Answer(ADA, True, NOON, ("x",)), Answer(BOB, False, None, ())]
    assert await role.reads.access([]) == []
