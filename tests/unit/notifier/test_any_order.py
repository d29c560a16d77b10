"""The messages of a payment, in every order and each twice, end in one state."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from core.contracts.message import Message
from core.contracts.notices import ReminderDue
from core.contracts.payment_responses import PaymentFailed, PaymentSucceeded
from core.contracts.users import UserChanged
from core.kernel.secret import Secret
from core.notifier.document import Party
from core.notifier.issue_invoice import IssueInvoice
from core.notifier.keep_user import KeepUser
from core.notifier.make_invoice_file import MakeInvoiceFile
from core.notifier.send_notice import SendNotice
from core.notifier.tell_payment_failed import TellPaymentFailed
from core.notifier.tell_reminder import TellReminder
from tests.fakes.memory import NOON
from tests.fakes.notifier import (
    ANN,
    FAILED,
    PAID,
    PAYMENT,
    USER,
    Carrier,
    InMemoryBucket,
    InMemoryNotifierTx,
    PlainRenderer,
    work_off,
)

REACTIONS: dict[type[Message], Any] = {
    UserChanged: KeepUser(),
    PaymentSucceeded: IssueInvoice(),
    PaymentFailed: TellPaymentFailed(),
    ReminderDue: TellReminder(),
}
MESSAGES: tuple[Message, ...] = (
    USER,
    replace(USER, changed_at=NOON + timedelta(hours=1), email="new@example.com", phone=""),
    FAILED,
    replace(FAILED, attempt_no=2),
    ReminderDue(PAYMENT, 1, ANN, FAILED.amount, "Basic", FAILED.decline, NOON),
    PAID,
)


async def end_of(messages: list[Message]) -> tuple[object, ...]:
    tx, bucket = InMemoryNotifierTx(), InMemoryBucket()
    for message in messages:
        await REACTIONS[type(message)](message, tx)
    mailer, texts = Carrier(), Carrier()
    while await work_off(MakeInvoiceFile(PlainRenderer(), bucket, Party("Seller"), Secret(b"salt")), tx):
        pass
    while await work_off(SendNotice(mailer, texts, bucket), tx):
        pass
    notices = {notice.key: notice.state for notice in tx.notices.all()}
    invoices = [(invoice.issue and invoice.issue.number, invoice.state, invoice.file) for invoice in tx.invoices.all()]
    return notices, invoices, tx.users.things, [handed[:2] for handed in mailer.handed], texts.handed


@given(st.permutations(MESSAGES + MESSAGES))
async def test_every_order_and_every_repeat_ends_in_the_same_invoices_and_notices(messages: list[Message]) -> None:
    assert await end_of(messages) == await end_of(list(MESSAGES))
