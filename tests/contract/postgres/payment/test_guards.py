"""What the database refuses whatever the code does, and what happens when two come at once."""

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from adapters.postgres.database import Database
from adapters.postgres.payment.audit import PostgresPaymentAudit
from adapters.postgres.payment.tx import PostgresPaymentTx
from core.contracts.card_responses import CardAccepted
from core.contracts.message import Message
from core.kernel.outcomes import CLAIMING, AttemptState, DeclineClass
from core.kernel.trouble import Conflict, Unavailable
from core.payment.mark_unpaid import MarkUnpaid
from core.payment.order_refund import OrderRefund
from core.payment.remind_payers import RemindPayers
from core.payment.repay import Repay
from core.payment.retry_declined import RetryDeclined
from core.payment.settle_payment import SettlePayment
from core.payment.start_charge import StartCharge
from core.payment.states import CardState, PaymentState
from core.payment.store_card import StoreCard
from tests.conftest import ManualClock
from tests.contract.postgres.roles import Transactions
from tests.fakes.memory import NOON
from tests.fakes.payment import ADA, DAY, card, failed, ready, requested, succeeded

PAYMENT = requested().payment_id


async def unpaid(transactions: Transactions, *request_ids: str) -> None:
    async with transactions() as tx:
        for one in ready().cards.all():
            tx.cards.save(one)
        for user in ready().users.all():
            tx.users.save(user)
    for request_id in request_ids or ("r1",):
        async with transactions() as tx:
            await StartCharge()(requested(request_id), tx)
        async with transactions() as tx:
            await MarkUnpaid()(failed(requested(request_id)), tx)


async def kinds(database: Database) -> list[str]:
    return [row["routing_key"] for row in await database.pool.fetch("SELECT routing_key FROM outbox ORDER BY position")]


async def somebody_waits(database: Database) -> None:
    """For a lock that another transaction holds."""
    async with asyncio.timeout(10):
        while not await database.pool.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            await asyncio.sleep(0.01)


async def test_two_who_repay_at_once_start_one_attempt(transactions: Transactions, database: Database):
    await unpaid(transactions)

    async def repay() -> None:
        async with transactions() as tx:
            await Repay()(tx, payment_id=PAYMENT, owner=ADA)

    results = await asyncio.gather(*(repay() for _ in range(5)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 4 + ["NoneType"]
    assert (await kinds(database)).count("charge.ordered.v1") == 2


async def test_two_who_are_told_of_one_request_at_once_order_one_charge(transactions: Transactions, database: Database):
    await unpaid(transactions)

    everybody_looked = asyncio.Barrier(4)

    async def start() -> None:
        async with transactions() as tx:
            await tx.payments.find(requested("twin").payment_id)
            await everybody_looked.wait()
            await StartCharge()(requested("twin"), tx)

    results = await asyncio.gather(*(start() for _ in range(4)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["NoneType"] + ["Unavailable"] * 3
    assert (await kinds(database)).count("charge.ordered.v1") == 2


async def test_the_same_card_accepted_again_takes_the_place_of_the_older(transactions: Transactions):
    await unpaid(transactions)
    again = card(9)
    accepted = CardAccepted("a", again.id, ADA, "tok_9", "Visa", "4242", 2031, 1, "f1", NOON)
    async with transactions() as tx:
        await StoreCard()(accepted, tx)
    async with transactions() as tx:
        assert [one.state for one in await tx.cards.of(ADA)] == [CardState.REPLACED, CardState.ACTIVE]
        assert (await tx.users.get(ADA)).default_card_id == again.id
        assert (await tx.payments.get(PAYMENT)).state is PaymentState.CHARGING, "what is owed is tried at once"


async def test_what_is_found_is_locked_until_the_transaction_ends(transactions: Transactions):
    await unpaid(transactions)

    async def find_without_waiting() -> None:
        async with transactions() as tx:
            await tx.sql.execute("SET LOCAL lock_timeout = '50ms'")
            await tx.payments.find(PAYMENT)

    async with transactions() as tx:
        await tx.payments.find(PAYMENT)
        with pytest.raises(Unavailable):
            await find_without_waiting()
    await find_without_waiting()


async def test_what_is_claimed_as_due_is_passed_over_by_others(transactions: Transactions, clock: ManualClock):
    await unpaid(transactions)
    new = replace(card(9), state=CardState.VALIDATING, stored=None)
    async with transactions() as tx:
        tx.cards.save(new)

    async def due(tx: PostgresPaymentTx) -> list[int]:
        await tx.sql.execute("SET LOCAL lock_timeout = '50ms'")
        later = clock.now() + 9 * DAY
        claims = (tx.reminders.due(later, 9), tx.payments.due_for_retry(later, 9), tx.cards.unanswered(later, 9))
        return [len(await claim) for claim in claims]

    async with transactions() as first, transactions() as second:
        assert await due(first) == [1, 1, 1]
        assert await due(second) == [0, 0, 0]


async def test_the_index_allows_one_claim_of_a_payment(transactions: Transactions, database: Database):
    await unpaid(transactions)
    insert = """
        INSERT INTO attempts (key, payment_id, number, state, gateway, card_label, origin, detail, reference,
          started_at, settled_at)
        VALUES ($1, $2, $3, $4::text, '', '', 'request', '', '', now(),
          CASE WHEN $4::text = 'succeeded' THEN now() END)"""
    await database.pool.execute(insert, "x/7", PAYMENT, 7, "submitting")
    for state in CLAIMING:
        with pytest.raises(asyncpg.UniqueViolationError):
            await database.pool.execute(insert, "x/8", PAYMENT, 8, state.value)


@pytest.mark.parametrize(
    "nonsense",
    ["state = 'declined'", "state = 'succeeded'", "settled_at = now()", "reason = 'provider_refused'"],
)
async def test_a_refund_is_settled_with_its_time_and_fails_with_its_reason(
    transactions: Transactions, database: Database, nonsense: str
):
    await unpaid(transactions)
    async with transactions() as tx:
        await SettlePayment()(succeeded(requested(), number=2), tx)
        await OrderRefund()(tx, payment_id=PAYMENT)
    with pytest.raises(asyncpg.CheckViolationError):
        await database.pool.execute(f"UPDATE refunds SET {nonsense}")


@pytest.mark.parametrize(
    ("table", "column", "words"),
    [
        ("payments", "state", PaymentState),
        ("payments", "decline", DeclineClass),
        ("attempts", "state", AttemptState),
        ("attempts", "decline", DeclineClass),
        ("cards", "state", CardState),
        ("cards", "decline", DeclineClass),
    ],
)
async def test_the_database_knows_the_same_words_as_the_core(database: Database, table, column, words):
    checks = await database.pool.fetch(
        "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'c'",
        table,
    )
    [words_of_check] = [row["text"] for row in checks if row["text"].startswith(f"CHECK ((({column})::text = ANY")]
    assert set(words_of_check.split("'")[1::2]) == {word.value for word in words}


@pytest.mark.parametrize("change", ["UPDATE transactions SET amount_minor = 1", "DELETE FROM transactions"])
async def test_the_book_of_transactions_is_only_ever_added_to(transactions: Transactions, database: Database, change):
    await unpaid(transactions)
    with pytest.raises(asyncpg.RaiseError):
        await database.pool.execute(change)


async def test_two_reminding_at_once_remind_once(transactions: Transactions, database: Database, clock: ManualClock):
    await unpaid(transactions, *(f"r{number}" for number in range(10)))
    clock.time += 3 * DAY

    async def remind() -> None:
        async with transactions() as tx:
            await RemindPayers()(tx)

    await asyncio.gather(*(remind() for _ in range(3)))
    assert (await kinds(database)).count("reminder.due.v1") == 10


async def test_nobody_is_reminded_of_what_was_repaid_while_the_list_was_read(
    transactions: Transactions, database: Database, clock: ManualClock
):
    await unpaid(transactions)
    clock.time += 3 * DAY

    async def remind() -> None:
        async with transactions() as tx:
            await RemindPayers()(tx)

    async with transactions() as paying:
        await Repay()(paying, payment_id=PAYMENT, owner=ADA)
        reminding = asyncio.create_task(remind())
        await somebody_waits(database)
    await reminding
    assert "reminder.due.v1" not in await kinds(database)
    async with transactions() as tx:
        await MarkUnpaid()(failed(requested(), number=2), tx)
    await remind()
    assert (await kinds(database)).count("reminder.due.v1") == 1, "the date that came meanwhile is not lost"


async def test_two_retrying_at_once_order_one_charge_each(
    transactions: Transactions, database: Database, clock: ManualClock
):
    await unpaid(transactions, *(f"r{number}" for number in range(10)))
    clock.time += 2 * DAY

    async def retry() -> None:
        try:
            async with transactions() as tx:
                await RetryDeclined()(tx)
        except Unavailable:
            await retry()

    await asyncio.gather(*(retry() for _ in range(3)))
    assert (await kinds(database)).count("charge.ordered.v1") == 20


async def test_a_batch_of_a_payments_whole_story_is_taken_in_at_once(transactions: Transactions):
    await unpaid(transactions)
    asked = requested("batch")
    story: list[tuple[object, Message]] = [
        (StartCharge(), asked),
        (MarkUnpaid(), failed(asked)),
        (SettlePayment(), succeeded(asked, number=2)),
        (MarkUnpaid(), failed(asked)),
    ]
    async with transactions() as tx:
        await tx.preload([message for _, message in story])
        for use, message in story:
            await use(message, tx)  # type: ignore[operator]
    async with transactions() as tx:
        found = await tx.payments.get(asked.payment_id)
    assert (found.state, len(found.attempts)) == (PaymentState.SUCCEEDED, 2)


async def test_a_key_in_use_is_answered_without_waiting(transactions: Transactions):
    scope, mark = "5" * 64, "f" * 64
    async with transactions() as first:
        assert await first.idempotency.claim(scope, mark) is None
        async with transactions() as second:
            kept = await second.idempotency.claim(scope, mark)
            assert kept is not None
            assert kept.status is None


async def test_the_audit_reads_every_payment_and_transaction(transactions: Transactions, database: Database):
    await unpaid(transactions, "r1", "r2", "r3")
    audit = PostgresPaymentAudit(database)
    assert {payment.request_id async for payment in audit.payments()} == {"r1", "r2", "r3"}
    assert len([fact async for fact in audit.transactions()]) == 3


async def test_a_conflict_leaves_nothing_behind(transactions: Transactions, database: Database):
    await unpaid(transactions)
    before = await kinds(database)

    async def repay_twice() -> None:
        async with transactions() as tx:
            await Repay()(tx, payment_id=PAYMENT, owner=ADA)
            await Repay()(tx, payment_id=PAYMENT, owner=ADA)

    with pytest.raises(Conflict):
        await repay_twice()
    assert await kinds(database) == before
