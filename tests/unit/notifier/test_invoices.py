"""One invoice for each payment, numbered without gaps, in the bucket exactly once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from core.kernel.ids import PaymentId
from core.kernel.secret import Secret
from core.kernel.trouble import Malformed, Unavailable
from core.notifier.document import Party
from core.notifier.issue_invoice import IssueInvoice
from core.notifier.keep_user import KeepUser
from core.notifier.kinds import NoticeKind
from core.notifier.make_invoice_file import MakeInvoiceFile
from core.notifier.model import Channel, Invoice, InvoiceState
from core.notifier.policy import Numbering
from tests.fakes.memory import NOON
from tests.fakes.notifier import (
    PAID,
    PAYMENT,
    USER,
    InMemoryBucket,
    InMemoryNotifierTx,
    PlainRenderer,
    work_off,
)

SELLER = Party("Example Ltd", ("1 High St",), "GB")


def making(bucket: InMemoryBucket | None = None, renderer: PlainRenderer | None = None) -> MakeInvoiceFile:
    return MakeInvoiceFile(renderer or PlainRenderer(), bucket or InMemoryBucket(), SELLER, Secret(b"salt"))


async def paid(*messages: object) -> InMemoryNotifierTx:
    tx = InMemoryNotifierTx()
    for message in messages or (USER, PAID):
        await (KeepUser() if message is USER else IssueInvoice())(message, tx)  # type: ignore[arg-type]
    return tx


def only(tx: InMemoryNotifierTx) -> Invoice:
    [invoice] = tx.invoices.all()
    return invoice


def other_payment(number: int) -> object:
    return replace(PAID, payment_id=PaymentId(UUID(int=number)))


async def test_an_invoice_is_numbered_in_the_transaction_that_issues_it() -> None:
    issue = only(await paid()).issue
    assert issue is not None
    assert (issue.number, issue.year, issue.serial) == ("2026-000001", 2026, 1)
    assert issue.buyer == Party("Ann Lee", USER.address, "DE", "ann@example.com", USER.phone)


async def test_the_same_payment_told_twice_uses_one_number() -> None:
    tx = await paid(USER, PAID, PAID, other_payment(2))
    assert [invoice.issue.serial for invoice in tx.invoices.all() if invoice.issue] == [1, 2]


async def test_a_year_is_the_sellers_year_and_begins_at_one() -> None:
    tx = InMemoryNotifierTx(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))
    await KeepUser()(USER, tx)
    await IssueInvoice()(PAID, tx)
    await IssueInvoice(Numbering("DE-", "Europe/Berlin"))(other_payment(2), tx)  # type: ignore[arg-type]
    numbers = [invoice.issue.number for invoice in tx.invoices.all() if invoice.issue]
    assert numbers == ["2026-000001", "DE-2027-000001"]


async def test_an_invoice_of_an_unknown_buyer_waits_without_a_number_and_is_issued_when_they_appear() -> None:
    tx = await paid(PAID)
    assert await work_off(making(), tx) == 0
    assert (only(tx).state, tx.numbers.last) == (InvoiceState.WAITING, {})
    assert only(tx).available_at == NOON + timedelta(hours=1)
    await KeepUser()(USER, tx)
    assert await work_off(making(), tx) == 1
    assert only(tx).state is InvoiceState.FILED


async def test_an_issued_invoice_does_not_change_with_its_buyer() -> None:
    tx = await paid()
    await KeepUser()(replace(USER, name="Ann Smith", changed_at=NOON + timedelta(days=1)), tx)
    renderer = PlainRenderer()
    await work_off(making(renderer=renderer), tx)
    assert renderer.documents[0].buyer.name == "Ann Lee"


async def test_the_document_says_what_was_paid_in_the_buyers_language_and_time_zone() -> None:
    renderer = PlainRenderer()
    await work_off(making(renderer=renderer), await paid())
    [document] = renderer.documents
    assert (document.seller, document.locale, document.total) == (SELLER, "de-DE", PAID.amount)
    assert document.paid_at.isoformat() == "2026-03-01T13:00:00+01:00"
    assert (document.lines[0].period_start, document.lines[0].period_end) == (PAID.period_start, PAID.period_end)


async def test_a_file_has_a_key_nobody_can_guess_its_hash_and_its_size() -> None:
    bucket, tx = InMemoryBucket(), await paid()
    await work_off(making(bucket), tx)
    [(key, content)] = bucket.objects.items()
    file = only(tx).file
    assert file is not None
    assert (file.key, file.sha256, file.size) == (key, sha256(content).hexdigest(), len(content))
    assert str(PAYMENT) not in key
    assert key.startswith("invoices/2026/")
    other = MakeInvoiceFile(PlainRenderer(), InMemoryBucket(), SELLER, Secret(b"pepper"))
    again = await paid()
    await work_off(other, again)
    assert only(again).file.key != key  # type: ignore[union-attr]


async def test_a_file_is_announced_by_mail_and_text_when_it_is_there() -> None:
    tx = await paid()
    assert tx.notices.all() == []
    await work_off(making(), tx)
    assert {notice.key.channel for notice in tx.notices.all()} == set(Channel)
    assert {notice.facts.kind for notice in tx.notices.all()} == {NoticeKind.INVOICE}


async def test_a_crash_between_the_put_and_the_commit_keeps_the_file_that_is_there() -> None:
    bucket, tx = InMemoryBucket(), await paid()
    errand = making(bucket)
    [invoice] = await errand.claim(tx, 10)
    await errand.perform(invoice)
    tx.now = NOON + errand.policy.lease
    await work_off(errand, tx)
    [content] = bucket.objects.values()
    assert content.endswith(b"#1")
    assert only(tx).file.sha256 == sha256(content).hexdigest()  # type: ignore[union-attr]


async def test_a_put_whose_answer_is_lost_makes_one_file() -> None:
    bucket, tx = InMemoryBucket(lose_answer=True), await paid()
    errand = making(bucket)
    await work_off(errand, tx)
    assert only(tx).state is InvoiceState.ISSUED
    tx.now = NOON + timedelta(minutes=1)
    await work_off(errand, tx)
    assert (len(bucket.objects), only(tx).state) == (1, InvoiceState.FILED)


async def test_a_bucket_that_is_away_is_tried_ever_more_slowly_and_for_ever() -> None:
    tx, errand = await paid(), making(InMemoryBucket(away=True))
    waits = []
    for _ in range(6):
        await work_off(errand, tx)
        due = only(tx).available_at
        assert due is not None
        waits.append((due - tx.now) / timedelta(minutes=1))
        tx.now = due
    assert waits == [1, 5, 15, 60, 60, 60]


async def test_a_renderer_that_is_late_is_tried_again_and_one_that_never_can_is_left_to_a_person() -> None:
    tx, renderer = await paid(), PlainRenderer(trouble=Unavailable("too slow"))
    await work_off(making(renderer=renderer), tx)
    assert (only(tx).state, only(tx).detail) == (InvoiceState.ISSUED, "too slow")
    renderer.trouble, tx.now = Malformed("no font for this"), NOON + timedelta(minutes=1)
    await work_off(making(renderer=renderer), tx)
    assert (only(tx).state, only(tx).available_at) == (InvoiceState.UNPRINTABLE, None)


async def test_an_older_change_of_a_user_does_not_undo_a_newer_one() -> None:
    tx = await paid(USER)
    await KeepUser()(replace(USER, name="Old", changed_at=NOON - timedelta(days=1)), tx)
    assert tx.users.things[USER.user_id].party.name == "Ann Lee"
