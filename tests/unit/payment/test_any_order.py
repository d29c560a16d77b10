"""The messages of a payment in every order, each any number of times, end in one state."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contracts.payment_requests import PaymentRequested
from core.contracts.payment_responses import (
    PaymentFailed,
    PaymentRefunded,
    PaymentSucceeded,
    PaymentUnresolved,
    RefundFailed,
    RefundUnresolved,
)
from core.kernel.money import Money
from core.kernel.outcomes import ATTEMPT_MOVES, AttemptState, DeclineClass
from core.kernel.trouble import NotFound
from core.payment.mark_unpaid import MarkUnpaid
from core.payment.note_refund_unresolved import NoteRefundUnresolved
from core.payment.note_unresolved import NoteUnresolved
from core.payment.record_refund import RecordRefund
from core.payment.release_refund import ReleaseRefund
from core.payment.settle_payment import SettlePayment
from core.payment.start_charge import StartCharge
from core.payment.states import PAYMENT_MOVES, PaymentState
from tests.fakes.memory import NOON
from tests.fakes.payment import ADA, InMemoryPaymentTx, failed, ready, requested, succeeded

USES = {
    PaymentRequested: StartCharge(),
    PaymentSucceeded: SettlePayment(),
    PaymentFailed: MarkUnpaid(),
    PaymentUnresolved: NoteUnresolved(),
    PaymentRefunded: RecordRefund(),
    RefundFailed: ReleaseRefund(),
    RefundUnresolved: NoteRefundUnresolved(),
}
ASKED = requested()
KEY = ASKED.payment_id


def at(hours: int):
    return NOON + timedelta(hours=hours)


def unresolved(number: int, state: str, hours: int) -> PaymentUnresolved:
    return PaymentUnresolved(KEY, number, ADA, state, "no answer", at(hours))


def refunded(number: int, minor: int, hours: int) -> PaymentRefunded:
    return PaymentRefunded(KEY, 2, number, ADA, Money(minor, "EUR"), "a", f"re_{number}", at(hours))


def refund_doubt(number: int, minor: int, state: str, hours: int) -> RefundUnresolved:
    return RefundUnresolved(KEY, 1, number, ADA, Money(minor, "EUR"), "a", state, "time-out", at(hours))


def refund_failed(number: int, minor: int, reason: DeclineClass, hours: int) -> RefundFailed:
    return RefundFailed(KEY, 1, number, ADA, Money(minor, "EUR"), "a", reason, "closed", at(hours))


PAID_AT_LAST = (
    ASKED,
    unresolved(1, "unknown", 1),
    failed(ASKED, DeclineClass.DO_NOT_HONOR, 1, at(2)),
    unresolved(2, "pending", 3),
    succeeded(ASKED, 2, at(4)),
    refunded(1, 500, 5),
    refunded(2, 499, 6),
)
NEVER_PAID = (
    ASKED,
    failed(ASKED, DeclineClass.NO_CARD, 0, at(1)),
    unresolved(1, "unknown", 2),
    unresolved(1, "manual_review", 3),
    failed(ASKED, DeclineClass.NOT_ATTEMPTED, 1, at(4)),
    failed(ASKED, DeclineClass.INSUFFICIENT_FUNDS, 2, at(5)),
)
GIVEN_BACK_AFTER_ALL = (
    ASKED,
    succeeded(ASKED, 1, at(1)),
    refund_doubt(1, 500, "pending", 2),
    refund_failed(1, 500, DeclineClass.PROVIDER_REFUSED, 3),
    replace(refunded(1, 500, 4), attempt_no=1),
    refund_failed(2, 499, DeclineClass.NOT_ATTEMPTED, 5),
)
NOT_GIVEN_BACK = (
    ASKED,
    succeeded(ASKED, 1, at(1)),
    refund_doubt(1, 500, "pending", 2),
    refund_doubt(1, 500, "manual_review", 3),
    refund_failed(1, 500, DeclineClass.NOT_ATTEMPTED, 4),
    refund_doubt(2, 499, "unknown", 5),
)
PENDING_THEN_LOOKED_INTO = (
    ASKED,
    unresolved(1, "pending", 1),
    unresolved(1, "manual_review", 2),
    failed(ASKED, DeclineClass.NOT_ATTEMPTED, 1, at(3)),
)
STILL_UNKNOWN = (ASKED, failed(ASKED, number=1, at=at(1)), unresolved(2, "pending", 2), unresolved(2, "unknown", 3))
STORIES = {
    "paid at last": (PAID_AT_LAST, PaymentState.REFUNDED),
    "never paid": (NEVER_PAID, PaymentState.FAILED),
    "given back after all": (GIVEN_BACK_AFTER_ALL, PaymentState.PARTLY_REFUNDED),
    "not given back": (NOT_GIVEN_BACK, PaymentState.SUCCEEDED),
    "still unknown": (STILL_UNKNOWN, PaymentState.UNKNOWN),
    "pending, then looked into": (PENDING_THEN_LOOKED_INTO, PaymentState.FAILED),
}


async def deliver(messages) -> InMemoryPaymentTx:
    """As a consumer would: what is not found yet is put off and comes again."""
    tx, waiting = ready(), list(messages)
    while waiting:
        message = waiting.pop(0)
        try:
            await USES[type(message)](message, tx)
        except NotFound:
            waiting.append(message)
    return tx


def facts(tx: InMemoryPaymentTx):
    """All that is known in the end. Which card an attempt used is known only to who started it."""
    payment = tx.payments.things[KEY]
    attempts = [
        (one.number, one.state, one.decline, one.detail, one.reference, one.settled_at) for one in payment.attempts
    ]
    amounts = sorted((key, fact.amount, fact.occurred_at) for key, fact in tx.transactions.facts.items())
    reminder = tx.reminders.things.get(KEY)
    date = reminder.next_at if reminder and payment.state is PaymentState.FAILED else None
    return (
        payment.state,
        payment.decline,
        payment.requested_at,
        payment.retry_at,
        attempts,
        payment.refunds,
        payment.refundable,
        amounts,
        date,
    )


@pytest.mark.parametrize(("story", "expected"), STORIES.values(), ids=STORIES)
async def test_every_order_of_a_story_ends_in_one_state(story, expected):
    in_order = facts(await deliver(story))
    assert in_order[0] is expected
    for order in permutations(story):
        assert facts(await deliver(order)) == in_order, [type(message).__name__ for message in order]


@given(st.sampled_from([story for story, _ in STORIES.values()]).flatmap(lambda story: st.permutations(story * 2)))
async def test_every_message_twice_and_shuffled_ends_in_the_same_state(shuffled):
    story = sorted(set(shuffled), key=lambda message: getattr(message, "occurred_at", NOON))
    assert facts(await deliver(shuffled)) == facts(await deliver(story))


def test_no_paid_state_leads_to_an_unpaid_one():
    paid = {PaymentState.SUCCEEDED, PaymentState.PARTLY_REFUNDED, PaymentState.REFUNDED, PaymentState.DISPUTED}
    assert all(PAYMENT_MOVES[state] <= paid for state in paid)
    assert set(PAYMENT_MOVES) == set(PaymentState)


def test_knowledge_of_an_attempt_is_one_ladder():
    """Of any two states one is the better knowledge: else the order of arrival would decide."""
    rungs = sorted(AttemptState, key=lambda state: len(ATTEMPT_MOVES[state]), reverse=True)
    assert all(ATTEMPT_MOVES[state] == set(rungs[place + 1 :]) for place, state in enumerate(rungs))
