"""Several consumers and workers on one PostgreSQL: no number is missing or given twice, nothing is sent twice."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import asyncpg
import pytest

from adapters.postgres.database import Database
from adapters.postgres.notifier.audit import PostgresNotifierAudit
from core.contracts.message import Message
from core.contracts.payment_responses import PaymentSucceeded
from core.contracts.users import UserChanged
from core.kernel.ids import PaymentId
from core.kernel.secret import Secret
from core.kernel.trouble import Unavailable
from core.notifier.document import Party
from core.notifier.issue_invoice import IssueInvoice
from core.notifier.keep_user import KeepUser
from core.notifier.make_invoice_file import MakeInvoiceFile
from core.notifier.model import InvoiceState, NoticeState
from core.notifier.send_notice import SendNotice
from core.notifier.tell_payment_failed import TellPaymentFailed
from tests.contract.postgres.roles import Transactions
from tests.fakes.notifier import FAILED, PAID, USER, Carrier, InMemoryBucket, PlainRenderer

PAYMENTS = [replace(PAID, payment_id=PaymentId(UUID(int=number))) for number in range(1, 31)]


async def handle(transactions: Transactions, messages: Sequence[Message]) -> None:
    """A consumer with a batch: all in one transaction, again after a lost race."""
    while True:
        try:
            async with transactions() as tx:
                await tx.preload(messages)
                for message in messages:
                    match message:
                        case UserChanged():
                            await KeepUser()(message, tx)
                        case PaymentSucceeded():
                            await IssueInvoice()(message, tx)
            return
        except Unavailable:
            continue


async def work_off(errand: MakeInvoiceFile | SendNotice, transactions: Transactions) -> int:
    async with transactions() as tx:
        items = await errand.claim(tx, 4)
    for item in items:
        result = await errand.perform(item)  # type: ignore[arg-type]
        async with transactions() as tx:
            await errand.record(item, result, tx)  # type: ignore[arg-type]
    return len(items)


async def workers(errand: MakeInvoiceFile | SendNotice, transactions: Transactions) -> None:
    async def worker() -> None:
        while await work_off(errand, transactions):
            pass

    await asyncio.gather(*(worker() for _ in range(4)))


async def issue_and_roll_back(transactions: Transactions) -> None:
    async with transactions() as tx:
        await IssueInvoice()(PAYMENTS[0], tx)
        raise ZeroDivisionError


def making(bucket: InMemoryBucket) -> MakeInvoiceFile:
    return MakeInvoiceFile(PlainRenderer(), bucket, Party("Seller"), Secret(b"salt"))


async def test_consumers_at_once_and_lost_transactions_leave_no_gap(
    transactions: Transactions, database: Database
) -> None:
    await handle(transactions, [USER])
    with pytest.raises(ZeroDivisionError):
        await issue_and_roll_back(transactions)
    batches = [PAYMENTS[at : at + 3] for at in range(0, 30, 2)]
    await asyncio.gather(*(handle(transactions, batch) for batch in batches))
    audit = PostgresNotifierAudit(database)
    serials = [invoice.issue.serial for invoice in await audit.invoices() if invoice.issue]
    assert serials == list(range(1, 31))
    assert await audit.series() == {"/2026": 30}


async def test_workers_at_once_make_each_file_and_send_each_notice_once(
    transactions: Transactions, database: Database
) -> None:
    bucket, mailer, texts = InMemoryBucket(), Carrier(), Carrier()
    await handle(transactions, [USER, *PAYMENTS])
    await workers(making(bucket), transactions)
    await workers(SendNotice(mailer, texts, bucket), transactions)
    ids = [message_id for _, message_id, _ in (*mailer.handed, *texts.handed)]
    assert (len(bucket.objects), len(ids), len(set(ids))) == (30, 60, 60)
    audit = PostgresNotifierAudit(database)
    assert {invoice.state for invoice in await audit.invoices()} == {InvoiceState.FILED}
    assert {notice.state for notice in await audit.notices()} == {NoticeState.SENT}


async def test_a_buyer_who_appears_while_the_invoice_is_taken_in_still_gets_it(
    transactions: Transactions, database: Database
) -> None:
    await asyncio.gather(handle(transactions, PAYMENTS[:5]), handle(transactions, [USER]))
    await workers(making(InMemoryBucket()), transactions)
    states = [invoice.state for invoice in await PostgresNotifierAudit(database).invoices()]
    assert states == 5 * [InvoiceState.FILED]


async def test_one_failure_at_two_consumers_at_once_is_told_once(
    transactions: Transactions, database: Database
) -> None:
    async def tell() -> None:
        while True:
            try:
                async with transactions() as tx:
                    await tx.preload([FAILED])
                    await TellPaymentFailed()(FAILED, tx)
                return
            except Unavailable:
                continue

    await asyncio.gather(*(tell() for _ in range(4)))
    assert len(await PostgresNotifierAudit(database).notices()) == 2


@pytest.mark.parametrize(
    "nonsense",
    [
        "state = 'waiting'",
        "number = NULL",
        "state = 'filed', available_at = NULL",
        "file_key = 'x'",
        "state = 'unprintable'",
        "state = 'paid'",
    ],
)
async def test_the_tables_refuse_what_core_would_never_write(
    transactions: Transactions, database: Database, nonsense: str
) -> None:
    await handle(transactions, [USER, PAYMENTS[0]])
    with pytest.raises(asyncpg.CheckViolationError):
        await database.pool.execute(f"UPDATE invoices SET {nonsense}")
