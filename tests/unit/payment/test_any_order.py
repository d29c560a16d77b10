"""The messages of a payment in every order, each any number of times, end in one state."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contracts.payment_requests import PaymentRequested
from core.contracts.payment_responses import PaymentFailed, PaymentRefunded, PaymentSucceeded, PaymentUnresolved
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass
from core.kernel.trouble import NotFound
from core.payment.mark_unpaid import MarkUnpaid
from core.payment.note_unresolved import NoteUnresolved
from core.payment.record_refund import RecordRefund
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
}
ASKED = requested()
KEY = ASKED.payment_id


def at(hours: int):
    return NOON + timedelta(hours=hours)


def unresolved(number: int, state: str, hours: int) -> PaymentUnresolved:
    return PaymentUnresolved(KEY, number, ADA, state, "no answer", at(hours))


def refunded(number: int, minor: int, hours: int) -> PaymentRefunded:
    return PaymentRefunded(KEY, 2, number, ADA, Money(minor, "EUR"), "a", f"re_{number}", at(hours))


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
STILL_UNKNOWN = (ASKED, failed(ASKED, number=1, at=at(1)), unresolved(2, "pending", 2), unresolved(2, "unknown", 3))


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
        amounts,
        date,
    )


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        (PAID_AT_LAST, PaymentState.REFUNDED),
        (NEVER_PAID, PaymentState.FAILED),
        (STILL_UNKNOWN, PaymentState.UNKNOWN),
    ],
)
async def test_every_order_of_a_story_ends_in_one_state(story, expected):
    in_order = facts(await deliver(story))
    assert in_order[0] is expected
    for order in permutations(story):
        assert facts(await deliver(order)) == in_order, [type(message).__name__ for message in order]


@given(st.sampled_from([PAID_AT_LAST, NEVER_PAID, STILL_UNKNOWN]).flatmap(lambda story: st.permutations(story * 2)))
async def test_every_message_twice_and_shuffled_ends_in_the_same_state(shuffled):
    story = sorted(set(shuffled), key=lambda message: getattr(message, "occurred_at", NOON))
    assert facts(await deliver(shuffled)) == facts(await deliver(story))


def test_no_paid_state_leads_to_an_unpaid_one():
    paid = {PaymentState.SUCCEEDED, PaymentState.PARTLY_REFUNDED, PaymentState.REFUNDED, PaymentState.DISPUTED}
    assert all(PAYMENT_MOVES[state] <= paid for state in paid)
    assert set(PAYMENT_MOVES) == set(PaymentState)
