"""What is saved is found again, and what is due is claimed: in memory as on PostgreSQL."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from core.kernel.ids import CardId
from core.kernel.money import Money
from core.kernel.outcomes import AttemptState, DeclineClass
from core.kernel.trouble import NotFound
from core.payment.cards import VALIDATION_TIME, Card, User
from core.payment.model import Attempt, Origin, Payment, Refund
from core.payment.ports import Page, Try
from core.payment.records import Reminder, Transaction, TransactionKind
from core.payment.states import CardState, PaymentState
from core.payment.told import payment_told
from tests.contract.postgres.roles import Role
from tests.fakes.memory import NOON
from tests.fakes.payment import ADA, BOB, DAY, PRICE, card, requested, stored


def failed(number: int, user_id=ADA, at=NOON, retry_at=None) -> Payment:
    asked = requested(f"r{number}", user_id=user_id, requested_at=at)
    attempt = Attempt(1, AttemptState.DECLINED, at, "a", card().id, "Visa ···· 4242", settled_at=at)
    known = payment_told(asked).learn(replace(attempt, decline=DeclineClass.DO_NOT_HONOR, detail="51"))
    return known.retry_on(retry_at)


YEN, LATER = Money(80, "JPY"), NOON + 3 * DAY
REFUNDS = (
    Refund(1, 2, YEN, NOON + 2 * DAY, AttemptState.SUCCEEDED, reference="re_1", settled_at=LATER),
    Refund(2, 2, YEN, LATER, AttemptState.DECLINED, DeclineClass.PROVIDER_REFUSED, "closed", settled_at=LATER),
    Refund(3, 2, YEN, LATER, AttemptState.NOT_ATTEMPTED, DeclineClass.NOT_ATTEMPTED, "", settled_at=LATER),
    Refund(4, 2, YEN, LATER, AttemptState.MANUAL_REVIEW, detail="the key is too old"),
    Refund(5, 2, YEN, LATER, AttemptState.PENDING),
    Refund(6, 2, YEN, LATER, AttemptState.UNKNOWN, detail="time-out"),
)


def whole() -> Payment:
    """A payment with everything a payment can have."""
    start = payment_told(requested("whole", amount=Money(980, "JPY"), period_start=date(2026, 3, 1)))
    first = start.claim(card(), NOON, Origin.REQUEST).learn(
        Attempt(
            1, AttemptState.DECLINED, NOON, "a", decline=DeclineClass.EXPIRED_CARD, detail="54", settled_at=NOON + DAY
        )
    )
    second = first.claim(card(2), NOON + DAY, Origin.MANUAL).learn(
        Attempt(2, AttemptState.SUCCEEDED, NOON + DAY, "a", reference="ch_2", settled_at=NOON + DAY)
    )
    ordered = second.order_refund(Money(80, "JPY"), NOON + 2 * DAY)
    for told in REFUNDS:
        ordered = ordered.learn_refund(told)
    return ordered.order_refund(Money(1, "JPY"), NOON + 4 * DAY)


async def keep(role: Role, *payments: Payment) -> None:
    async with role.open() as tx:
        tx.cards.save(card())
        tx.cards.save(card(2))
        for payment in payments:
            tx.payments.save(payment)


async def test_a_payment_comes_back_as_it_was_saved(role: Role):
    await keep(role, whole())
    async with role.open() as tx:
        found = await tx.payments.get(whole().id)
    assert found == whole()
    assert found.state is PaymentState.PARTLY_REFUNDED
    assert await role.reads.payment(whole().id, None) == whole()


async def test_a_payment_is_changed_with_its_attempts(role: Role):
    await keep(role, failed(1))
    async with role.open() as tx:
        tx.payments.save((await tx.payments.get(failed(1).id)).claim(card(), NOON + DAY, Origin.RETRY))
    async with role.open() as tx:
        again = await tx.payments.get(failed(1).id)
    assert [attempt.state for attempt in again.attempts] == [AttemptState.DECLINED, AttemptState.SUBMITTING]


async def test_what_is_saved_is_found_at_once(role: Role):
    async with role.open() as tx:
        tx.cards.save(card())
        tx.payments.save(failed(1))
        assert await tx.payments.get(failed(1).id) == failed(1)
        assert await tx.payments.failed_of(ADA) == [failed(1)]
        tx.payments.save(failed(1).claim(card(), NOON, Origin.MANUAL))
        assert await tx.payments.failed_of(ADA) == []


async def test_what_is_not_there_is_not_found(role: Role):
    async with role.open() as tx:
        assert await tx.payments.find(whole().id) is None
        with pytest.raises(NotFound):
            await tx.payments.get(whole().id)
    assert await role.reads.payment(whole().id, None) is None


async def test_every_kind_of_card_comes_back_as_it_was_saved(role: Role):
    new = Card(CardId(UUID(int=9)), ADA, "b", NOON, NOON + VALIDATION_TIME, default_wanted=True)
    cards = [
        new,
        replace(card(3)),
        replace(new, id=CardId(UUID(int=10))).refused(DeclineClass.INVALID_CARD),
        replace(new, id=CardId(UUID(int=11))).expired(),
        card(4).replaced(),
    ]
    async with role.open() as tx:
        for one in [*cards, card(5).forgotten()]:
            tx.cards.save(one)
    async with role.open() as tx:
        assert {one.id: one for one in await tx.cards.of(ADA)} == {one.id: one for one in cards}
        assert (await tx.cards.get(card(5).id)).token == ""
    assert list(await role.reads.cards(ADA)) == sorted(cards, key=lambda one: (one.asked_at, one.id))


async def test_of_two_savings_of_one_card_one_is_active(role: Role):
    older, newer = card(1), replace(card(2), stored=stored("f1", token="tok_2"))
    async with role.open() as tx:
        tx.cards.save(older)
    async with role.open() as tx:
        assert await tx.cards.of(ADA) == [older]
        tx.cards.save(newer)
        tx.cards.save(older.replaced())
    async with role.open() as tx:
        assert [one.state for one in await tx.cards.of(ADA)] == [CardState.REPLACED, CardState.ACTIVE]


async def test_cards_that_nobody_answered_for_are_found_when_their_time_is_over(role: Role):
    waiting = [Card(CardId(UUID(int=n)), ADA, "a", NOON, NOON + timedelta(seconds=n)) for n in (3, 1, 2)]
    async with role.open() as tx:
        for one in [*waiting, card(7)]:
            tx.cards.save(one)
    async with role.open() as tx:
        late = await tx.cards.unanswered(NOON + timedelta(seconds=2), 10)
        assert [one.id.int for one in late] == [1, 2]
        assert len(await tx.cards.unanswered(NOON + DAY, 2)) == 2


async def test_users_come_back_as_they_were_saved(role: Role):
    users = [User(ADA, NOON, card().id), User(BOB)]
    async with role.open() as tx:
        tx.cards.save(card())
        for one in users:
            tx.users.save(one)
    async with role.open() as tx:
        assert [await tx.users.find(one.id) for one in users] == users
    assert await role.reads.user(ADA) == users[0]


async def test_only_the_users_failed_payments_are_found_oldest_first(role: Role):
    mine = [failed(2), failed(1, at=NOON - DAY)]
    await keep(role, *mine, failed(3, user_id=BOB), whole())
    async with role.open() as tx:
        assert await tx.payments.failed_of(ADA) == mine[::-1]


async def test_payments_are_due_for_a_retry_when_their_date_has_come(role: Role):
    late, later = failed(1, retry_at=NOON + 2 * DAY), failed(2, retry_at=NOON + DAY)
    await keep(role, late, later, failed(3), failed(4, retry_at=NOON + 9 * DAY))
    async with role.open() as tx:
        assert await tx.payments.due_for_retry(NOON + 2 * DAY, 10) == [later, late]
        assert await tx.payments.due_for_retry(NOON + 2 * DAY, 1) == [later]
        assert await tx.payments.due_for_retry(NOON, 10) == []


async def test_tries_of_a_card_count_wherever_it_was_saved(role: Role):
    again = replace(card(9), stored=stored("f1", token="tok_9"))
    early = failed(1, at=NOON - 5 * DAY)
    await keep(role, early, failed(2, at=NOON - DAY))
    async with role.open() as tx:
        tx.cards.save((await tx.cards.get(card().id)).replaced())
        tx.cards.save(again)
        assert len(await tx.payments.tries(again.id, NOON - 9 * DAY)) == 2, "what was just saved counts at once"
    async with role.open() as tx:
        assert await tx.payments.tries(again.id, NOON - 2 * DAY) == [Try(NOON - DAY, PRICE, "51")]
        assert len(await tx.payments.tries(again.id, NOON - 9 * DAY)) == 2
        assert await tx.payments.tries(card(2).id, NOON - 9 * DAY) == []


async def test_reminders_are_due_on_their_date_while_the_payment_is_failed(role: Role):
    trying = failed(2).claim(card(), NOON, Origin.MANUAL)
    await keep(role, failed(1), trying, failed(3), failed(4))
    due = Reminder(failed(1).id, ADA, NOON, NOON + DAY, sent=2)
    async with role.open() as tx:
        tx.reminders.save(due)
        tx.reminders.save(Reminder(trying.id, ADA, NOON, NOON + DAY))
        tx.reminders.save(Reminder(failed(3).id, ADA, NOON, NOON + 2 * DAY))
        tx.reminders.save(Reminder(failed(4).id, ADA, NOON).off())
    async with role.open() as tx:
        assert await tx.reminders.due(NOON + DAY, 10) == [due]
        assert await tx.reminders.due(NOON, 10) == []
        assert len(await tx.reminders.due(NOON + 2 * DAY, 1)) == 1


async def test_the_book_keeps_the_first_telling_of_a_fact(role: Role):
    await keep(role, whole())
    fact = Transaction(whole().id, 2, TransactionKind.CHARGE, PRICE, NOON, gateway="a", reference="ch_2")
    refund = Transaction(whole().id, 2, TransactionKind.REFUND, PRICE, NOON, refund_no=1)
    for reference in ("ch_2", "other"):
        async with role.open() as tx:
            tx.transactions.add(replace(fact, reference=reference))
            tx.transactions.add(refund)
    async with role.open() as tx:
        assert await tx.transactions.of(whole().id) == [fact, refund]


async def test_history_is_read_newest_first_in_pages_that_do_not_repeat(role: Role):
    mine = [failed(number, at=NOON - number // 2 * DAY) for number in range(7)]
    await keep(role, *mine, failed(9, user_id=BOB), whole())
    seen: list[Payment] = []
    page = Page(ADA, frozenset({PaymentState.FAILED}), most=3)
    while found := await role.reads.payments(page):
        seen += found
        page = replace(page, after=(found[-1].requested_at, found[-1].id))
    assert seen == sorted(mine, key=lambda one: (one.requested_at, one.id), reverse=True)
    assert len(await role.reads.payments(Page())) == 9
    assert await role.reads.payments(Page(BOB)) == [failed(9, user_id=BOB)]


async def test_what_is_somebody_elses_is_not_there_to_read(role: Role):
    await keep(role, failed(1))
    assert await role.reads.payment(failed(1).id, BOB) is None
    assert await role.reads.payment(failed(1).id, ADA) == failed(1)
    assert await role.reads.card(card().id, BOB) is None
    assert await role.reads.card(card().id, ADA) == card()


async def test_a_key_is_claimed_once_and_answers_what_was_stored(role: Role):
    scope, mark = "5" * 64, "f" * 64
    async with role.open() as tx:
        assert await tx.idempotency.claim(scope, mark) is None
        await tx.idempotency.store(scope, 202, '{"message": "Payment started."}')
    async with role.open() as tx:
        kept = await tx.idempotency.claim(scope, "0" * 64)
        assert (kept.fingerprint, kept.status, kept.body) == (mark, 202, '{"message": "Payment started."}')


async def test_a_key_whose_work_failed_is_free_again(role: Role):
    scope, mark = "5" * 64, "f" * 64

    async def crash() -> None:
        async with role.open() as tx:
            await tx.idempotency.claim(scope, mark)
            await tx.idempotency.store(scope, 202, "")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await crash()
    async with role.open() as tx:
        assert await tx.idempotency.claim(scope, mark) is None
