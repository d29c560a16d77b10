"""Journals are kept as they are, and what is due is found: in memory as on PostgreSQL."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from core.gateway.model import Charge, ChargeKey, JournalState, Progress, Refund, RefundKey
from core.gateway.ports import Place
from core.kernel.ids import UserId
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass
from core.kernel.trouble import NotFound
from tests.contract.postgres.roles import Role
from tests.fakes.gateway import PAYMENT
from tests.fakes.memory import NOON

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
ENDED = (JournalState.MANUAL_REVIEW, JournalState.DECLINED, JournalState.NOT_ATTEMPTED, JournalState.SUCCEEDED)


def charge(number: int = 1, progress: Progress | None = None) -> Charge:
    return Charge(
        key=ChargeKey(PAYMENT, number),
        gateway="a",
        user_id=UserId("ann"),
        amount=Money(999, "EUR"),
        description="Basic ½ “monthly”",
        card_token="tok_1",
        card_label="visa ···· 4242",
        ordered_at=NOON + number * SECOND,
        source="subscription",
        request_id="r-1",
        period_start=date(2026, 3, 1),
        period_end=date(2026, 4, 1),
        correlation_id="story-1",
        progress=progress or Progress(NOON, NOON),
    )


def refund(number: int = 1, progress: Progress | None = None) -> Refund:
    key = RefundKey(PAYMENT, number)
    return Refund(key, "a", 1, UserId("ann"), Money(500, "JPY"), NOON, "story-1", progress or Progress(NOON, NOON))


def progress_in(state: JournalState) -> Progress:
    decline = DeclineClass.LOST_OR_STOLEN if state is JournalState.DECLINED else None
    due = None if state in ENDED else NOON
    return Progress(NOON, due, state, 2, 1, NOON, NOON + SECOND, NOON + HOUR, True, "ch_1", decline, "41")


@pytest.mark.parametrize("state", JournalState)
async def test_everything_comes_back_as_it_was_saved_in_each_state(role: Role, state: JournalState) -> None:
    kept, given_back = charge(progress=progress_in(state)), refund(progress=progress_in(state))
    async with role.open() as tx:
        tx.charges.save(kept)
        tx.refunds.save(given_back)
    async with role.open() as tx:
        assert await tx.charges.get(kept.key) == kept
        assert await tx.refunds.get(given_back.key) == given_back


@pytest.mark.parametrize("decline", DeclineClass)
async def test_a_charge_may_be_declined_for_each_reason(role: Role, decline: DeclineClass) -> None:
    declined = charge(progress=replace(progress_in(JournalState.DECLINED), decline=decline))
    async with role.open() as tx:
        tx.charges.save(declined)
    async with role.open() as tx:
        assert await tx.charges.get(declined.key) == declined


async def test_a_change_is_seen_at_once_and_kept(role: Role) -> None:
    async with role.open() as tx:
        tx.charges.save(charge())
    changed = charge(progress=progress_in(JournalState.UNKNOWN))
    async with role.open() as tx:
        await tx.charges.get(changed.key)
        tx.charges.save(changed)
        assert await tx.charges.find(changed.key) == changed
    async with role.open() as tx:
        assert await tx.charges.get(changed.key) == changed


async def test_what_was_never_ordered_is_not_found(role: Role) -> None:
    async with role.open() as tx:
        assert await tx.charges.find(ChargeKey(PAYMENT, 9)) is None
        with pytest.raises(NotFound):
            await tx.refunds.get(RefundKey(PAYMENT, 9))


async def test_due_orders_are_claimed_the_longest_due_first_and_no_more_than_wanted(role: Role) -> None:
    dues = {1: NOON, 2: NOON - HOUR, 3: NOON + SECOND, 4: NOON - SECOND}
    async with role.open() as tx:
        for number, due in dues.items():
            tx.charges.save(charge(number, Progress(NOON, due)))
            tx.refunds.save(refund(number, Progress(NOON, due)))
        tx.charges.save(charge(5, progress_in(JournalState.SUCCEEDED)))
    async with role.open() as tx:
        assert [found.key.attempt_no for found in await tx.charges.claim_due(NOON, 9)] == [2, 4, 1]
        assert [found.key.refund_no for found in await tx.refunds.claim_due(NOON, 9)] == [2, 4, 1]
    async with role.open() as tx:
        assert [found.key.attempt_no for found in await tx.charges.claim_due(NOON, 2)] == [2, 4]


async def test_a_person_sees_the_charges_of_a_state_page_by_page(role: Role) -> None:
    async with role.open() as tx:
        for number in (1, 2, 3):
            tx.charges.save(charge(number, progress_in(JournalState.MANUAL_REVIEW)))
        tx.charges.save(charge(4, progress_in(JournalState.DECLINED)))
    first = await role.reads.charges(JournalState.MANUAL_REVIEW, None, 2)
    assert [found.key.attempt_no for found in first] == [1, 2]
    place = Place(first[-1].ordered_at, str(first[-1].key))
    rest = await role.reads.charges(JournalState.MANUAL_REVIEW, place, 2)
    assert rest == [charge(3, progress_in(JournalState.MANUAL_REVIEW))]


async def test_a_person_sees_the_refunds_of_a_state_page_by_page(role: Role) -> None:
    async with role.open() as tx:
        for number in (1, 2, 3):
            tx.refunds.save(refund(number, progress_in(JournalState.MANUAL_REVIEW)))
        tx.refunds.save(refund(4, progress_in(JournalState.DECLINED)))
    first = await role.reads.refunds(JournalState.MANUAL_REVIEW, None, 2)
    assert [found.key.refund_no for found in first] == [1, 2]
    rest = await role.reads.refunds(JournalState.MANUAL_REVIEW, Place(NOON, str(first[-1].key)), 2)
    assert rest == [refund(3, progress_in(JournalState.MANUAL_REVIEW))]
