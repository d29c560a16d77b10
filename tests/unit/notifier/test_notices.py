"""Mails and texts: never lost, practically once."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from core.contracts.notices import CardNotSaved, ReminderDue
from core.kernel.ids import CardId
from core.kernel.outcomes import DeclineClass
from core.kernel.secret import Secret
from core.notifier.document import Party
from core.notifier.issue_invoice import IssueInvoice
from core.notifier.keep_user import KeepUser
from core.notifier.kinds import NoticeKind
from core.notifier.make_invoice_file import MakeInvoiceFile
from core.notifier.model import Channel, NoticeState
from core.notifier.ports import Sending
from core.notifier.send_notice import SendNotice
from core.notifier.tell_card_not_saved import TellCardNotSaved
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

N = NoticeState
DUE = ReminderDue(PAYMENT, 1, ANN, FAILED.amount, "Basic, monthly", DeclineClass.INSUFFICIENT_FUNDS, NOON)


def sending(*answers: Sending, bucket: InMemoryBucket | None = None) -> SendNotice:
    mailer, texts = Carrier(list(answers)), Carrier(list(answers))
    return SendNotice(mailer, texts, bucket or InMemoryBucket(), "https://pay.example/{payment_id}")


async def told(user: object = USER) -> InMemoryNotifierTx:
    tx = InMemoryNotifierTx()
    if user:
        await KeepUser()(user, tx)  # type: ignore[arg-type]
    await TellPaymentFailed()(FAILED, tx)
    return tx


def states(tx: InMemoryNotifierTx) -> dict[Channel, NoticeState]:
    return {notice.key.channel: notice.state for notice in tx.notices.all()}


async def invoiced(bucket: InMemoryBucket) -> InMemoryNotifierTx:
    tx = InMemoryNotifierTx()
    await KeepUser()(USER, tx)
    await IssueInvoice()(PAID, tx)
    await work_off(MakeInvoiceFile(PlainRenderer(), bucket, Party("Seller"), Secret(b"salt")), tx)
    return tx


async def test_a_failed_payment_is_told_by_mail_and_text_with_what_is_needed_to_repay() -> None:
    tx, errand = await told(), sending()
    await work_off(errand, tx)
    [(mail_to, _, text)], [(text_to, _, _)] = errand.mailer.handed, errand.texts.handed  # type: ignore[attr-defined]
    assert (mail_to, text_to) == ("ann@example.com", "+4915112345678")
    assert (text.kind, text.reason, text.amount) == (NoticeKind.PAYMENT_FAILED, "insufficient_funds", FAILED.amount)
    assert (text.locale, text.user_name) == ("de-DE", "Ann Lee")
    assert text.repay_url == f"https://pay.example/{PAYMENT}"
    assert text.at is not None
    assert text.at.utcoffset() == timedelta(hours=1)
    assert states(tx) == {Channel.EMAIL: N.SENT, Channel.SMS: N.SENT}


async def test_a_failure_told_twice_is_sent_once() -> None:
    tx, errand = await told(), sending()
    await TellPaymentFailed()(FAILED, tx)
    await work_off(errand, tx)
    await TellPaymentFailed()(FAILED, tx)
    assert await work_off(errand, tx) == 0
    assert len(tx.notices.all()) == 2


async def test_each_attempt_and_each_reminder_is_told() -> None:
    tx = await told()
    await TellPaymentFailed()(replace(FAILED, attempt_no=2), tx)
    await TellReminder()(DUE, tx)
    await TellReminder()(replace(DUE, reminder_no=2), tx)
    assert len({notice.key.event for notice in tx.notices.all()}) == 4


async def test_a_late_failure_of_an_older_attempt_is_not_told_after_the_success() -> None:
    tx, errand = InMemoryNotifierTx(), sending()
    await KeepUser()(USER, tx)
    await IssueInvoice()(PAID, tx)
    await TellPaymentFailed()(FAILED, tx)
    await TellReminder()(DUE, tx)
    assert await work_off(errand, tx) == 0
    assert {notice.state for notice in tx.notices.all()} == {N.SKIPPED}


async def test_a_user_without_a_phone_gets_no_text() -> None:
    tx, errand = await told(replace(USER, phone="")), sending()
    await work_off(errand, tx)
    assert errand.texts.handed == []  # type: ignore[attr-defined]
    assert states(tx) == {Channel.EMAIL: N.SENT, Channel.SMS: N.SKIPPED}


async def test_a_notice_for_a_user_not_yet_known_waits_for_them() -> None:
    tx, errand = await told(None), sending()
    assert await work_off(errand, tx) == 0
    await KeepUser()(USER, tx)
    assert await work_off(errand, tx) == 2


async def test_a_notice_for_a_user_who_never_appears_ends() -> None:
    tx, errand = await told(None), sending()
    while dues := [notice.available_at for notice in tx.notices.all() if notice.available_at]:
        tx.now = max(tx.now, *dues)
        await work_off(errand, tx)
    assert tx.now - NOON >= timedelta(days=3)
    assert set(states(tx).values()) == {N.SKIPPED}


async def test_an_invoice_is_mailed_with_its_file() -> None:
    bucket = InMemoryBucket()
    tx, errand = await invoiced(bucket), sending(bucket=bucket)
    await work_off(errand, tx)
    [attachment] = errand.mailer.attachments  # type: ignore[attr-defined]
    assert attachment.filename == "2026-000001.pdf"
    assert [attachment.content] == list(bucket.objects.values())
    assert errand.texts.attachments == [None]  # type: ignore[attr-defined]
    assert errand.texts.handed[0][2].invoice_number == "2026-000001"  # type: ignore[attr-defined]


async def test_a_mail_waits_for_a_bucket_that_is_away_and_the_text_does_not() -> None:
    bucket = InMemoryBucket()
    tx, errand = await invoiced(bucket), sending(bucket=bucket)
    bucket.away = True
    await work_off(errand, tx)
    assert states(tx) == {Channel.EMAIL: N.PENDING, Channel.SMS: N.SENT}
    bucket.away, tx.now = False, NOON + timedelta(minutes=1)
    await work_off(errand, tx)
    assert states(tx)[Channel.EMAIL] is N.SENT


async def test_what_could_not_be_handed_over_goes_again_under_the_same_message_id() -> None:
    tx, errand = await told(), sending(Sending.LATER, Sending.LATER)
    for _ in range(3):
        await work_off(errand, tx)
        tx.now += timedelta(minutes=5)
    ids = [message_id for _, message_id, _ in errand.mailer.handed]  # type: ignore[attr-defined]
    assert len(ids) == 3
    assert len(set(ids)) == 1
    assert states(tx)[Channel.EMAIL] is N.SENT


async def test_handing_over_is_given_up_after_more_than_three_days() -> None:
    tx, errand = await told(), sending(*(50 * [Sending.LATER]))
    while dues := [notice.available_at for notice in tx.notices.all() if notice.available_at]:
        tx.now = max(tx.now, *dues)
        await work_off(errand, tx)
    assert timedelta(days=3) <= tx.now - NOON <= timedelta(days=5)
    assert set(states(tx).values()) == {N.GAVE_UP}


@pytest.mark.parametrize(("answer", "state"), [(Sending.AMBIGUOUS, N.AMBIGUOUS), (Sending.REFUSED, N.REFUSED)])
async def test_an_ambiguous_or_refused_notice_is_never_sent_again(answer: Sending, state: NoticeState) -> None:
    tx, errand = await told(), sending(answer)
    await work_off(errand, tx)
    assert set(states(tx).values()) == {state}
    tx.now += timedelta(days=30)
    assert await work_off(errand, tx) == 0


async def test_a_crash_while_sending_leaves_a_text_in_doubt_and_sends_a_mail_again() -> None:
    tx, errand = await told(), sending()
    for dispatch in await errand.claim(tx, 10):
        await errand.perform(dispatch)
    tx.now += errand.policy.lease
    await work_off(errand, tx)
    assert states(tx) == {Channel.EMAIL: N.SENT, Channel.SMS: N.AMBIGUOUS}
    assert len({message_id for _, message_id, _ in errand.mailer.handed}) == 1  # type: ignore[attr-defined]


async def test_a_notice_under_way_is_not_taken_by_another() -> None:
    tx, errand = await told(), sending()
    assert len(await errand.claim(tx, 10)) == 2
    assert await errand.claim(tx, 10) == []


@pytest.mark.parametrize(
    ("decline", "kind"),
    [(DeclineClass.INVALID_CARD, NoticeKind.CARD_REFUSED), (None, NoticeKind.CARD_EXPIRED)],
)
async def test_a_card_that_was_not_saved_is_told_with_its_reason(
    decline: DeclineClass | None, kind: NoticeKind
) -> None:
    tx, errand = InMemoryNotifierTx(), sending()
    await KeepUser()(USER, tx)
    await TellCardNotSaved()(CardNotSaved(CardId(UUID(int=5)), ANN, decline, NOON), tx)
    await work_off(errand, tx)
    [(_, _, text)] = errand.mailer.handed  # type: ignore[attr-defined]
    assert (text.kind, text.reason, text.repay_url) == (kind, decline or "", "")
