"""Users, invoices and notices are kept as they are, and what is due is found: in memory as on PostgreSQL."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from core.kernel.ids import PaymentId, UserId
from core.kernel.money import Money
from core.notifier.document import Party
from core.notifier.kinds import NoticeKind
from core.notifier.model import (
    Channel,
    File,
    Invoice,
    InvoiceState,
    Issue,
    Notice,
    NoticeFacts,
    NoticeKey,
    NoticeState,
    Payment,
    User,
)
from core.notifier.ports import Place
from tests.contract.postgres.roles import Role
from tests.fakes.memory import NOON

SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
ANN, BOB = UserId("ann"), UserId("bob")
PARTY = Party("Ζωή Παπαδοπούλου", ("Οδός 1", "10115"), "GR", "zoe@example.com", "+30123456789", "EL 1")


def payment(number: int = 1) -> PaymentId:
    return PaymentId(UUID(int=number))


def invoice(
    number: int = 1, state: InvoiceState = InvoiceState.WAITING, user: UserId = ANN, due_in: timedelta = timedelta(0)
) -> Invoice:
    paid = Payment(
        payment(number), user, Money(999, "KWD"), "Basic", date(2026, 3, 1), date(2026, 4, 1), "ch_1", "visa", NOON
    )
    at = NOON + number * SECOND
    issue = Issue(f"2026-{number:06}", "", 2026, number, at, PARTY, "el-GR", "Europe/Athens")
    file = File(f"invoices/2026/{number}.pdf", 64 * "a", 12_345)
    ended = state in (InvoiceState.FILED, InvoiceState.UNPRINTABLE)
    return Invoice(
        payment=paid,
        state=state,
        available_at=None if ended else NOON + due_in,
        tries=2,
        issue=None if state is InvoiceState.WAITING else issue,
        file=file if state is InvoiceState.FILED else None,
        detail="the bucket is away",
    )


def notice(
    event: str = "reminder:1:1",
    state: NoticeState = NoticeState.PENDING,
    channel: Channel = Channel.EMAIL,
    due_in: timedelta = timedelta(0),
) -> Notice:
    facts = NoticeFacts(NoticeKind.REMINDER, ANN, NOON, payment(), Money(0, "JPY"), "Basic", "expired_card", "visa")
    due = NOON + due_in if state in (NoticeState.PENDING, NoticeState.SENDING) else None
    return Notice(NoticeKey(event, channel, ANN), facts, state, due, 3, "greylisted")


async def test_a_user_comes_back_as_saved(role: Role) -> None:
    user = User(ANN, NOON, PARTY, "el-GR", "Europe/Athens")
    async with role.open() as tx:
        tx.users.save(user)
    async with role.open() as tx:
        assert await tx.users.get(ANN) == user
        assert await tx.users.known([ANN, BOB]) == {ANN: user}
        assert await tx.users.known([]) == {}


@pytest.mark.parametrize("state", InvoiceState)
async def test_an_invoice_comes_back_as_saved_in_each_state(role: Role, state: InvoiceState) -> None:
    kept = invoice(state=state)
    async with role.open() as tx:
        tx.invoices.save(kept)
    async with role.open() as tx:
        assert await tx.invoices.get(payment()) == kept
        assert await tx.invoices.known([payment(), payment(2)]) == {payment(): kept}
    assert await role.reads.invoice(payment()) == kept


@pytest.mark.parametrize("state", NoticeState)
@pytest.mark.parametrize("channel", Channel)
async def test_a_notice_comes_back_as_saved_in_each_state(role: Role, state: NoticeState, channel: Channel) -> None:
    kept = notice(state=state, channel=channel)
    async with role.open() as tx:
        tx.notices.save(kept)
    async with role.open() as tx:
        assert await tx.notices.get(kept.key) == kept


@pytest.mark.parametrize("kind", NoticeKind)
async def test_a_notice_of_each_kind_may_be_about_no_payment(role: Role, kind: NoticeKind) -> None:
    kept = replace(notice(), facts=NoticeFacts(kind, ANN, NOON))
    async with role.open() as tx:
        tx.notices.save(kept)
    async with role.open() as tx:
        assert await tx.notices.get(kept.key) == kept


async def test_numbers_count_from_one_in_each_series_and_year(role: Role) -> None:
    async with role.open() as tx:
        given = [
            await tx.numbers.next(series, year) for series, year in (("", 2026), ("", 2026), ("", 2027), ("x", 2026))
        ]
    assert given == [1, 2, 1, 1]
    async with role.open() as tx:
        assert await tx.numbers.next("", 2026) == 3


async def test_due_invoices_and_notices_are_claimed_the_longest_due_first(role: Role) -> None:
    async with role.open() as tx:
        for number, due_in in enumerate((timedelta(0), -HOUR, SECOND, -SECOND)):
            tx.invoices.save(invoice(number, due_in=due_in))
            tx.notices.save(notice(f"reminder:{number}", due_in=due_in))
        tx.invoices.save(invoice(9, InvoiceState.FILED))
        tx.notices.save(notice("reminder:9", NoticeState.SENT))
    async with role.open() as tx:
        assert [found.payment.payment_id.int for found in await tx.invoices.claim_due(NOON, 9)] == [1, 3, 0]
        assert [found.key.event[-1] for found in await tx.notices.claim_due(NOON, 9)] == ["1", "3", "0"]
    async with role.open() as tx:
        assert [found.payment.payment_id.int for found in await tx.invoices.claim_due(NOON, 1)] == [1]


async def test_waking_a_user_makes_due_what_waits_for_them_and_nothing_else(role: Role) -> None:
    async with role.open() as tx:
        tx.invoices.save(invoice(1, due_in=HOUR))
        tx.invoices.save(invoice(2, due_in=HOUR, user=BOB))
        tx.invoices.save(invoice(3, InvoiceState.ISSUED, due_in=HOUR))
        tx.notices.save(notice("reminder:1", due_in=HOUR))
        tx.notices.save(notice("reminder:2", NoticeState.SENDING, due_in=HOUR))
    async with role.open() as tx:
        await tx.invoices.wake(ANN, NOON)
        await tx.notices.wake(ANN, NOON)
    async with role.open() as tx:
        assert [found.payment.payment_id.int for found in await tx.invoices.claim_due(NOON, 9)] == [1]
        assert [found.key.event for found in await tx.notices.claim_due(NOON, 9)] == ["reminder:1"]


async def test_issued_invoices_are_listed_page_by_page_the_newest_first(role: Role) -> None:
    async with role.open() as tx:
        for number in (1, 2, 3):
            tx.invoices.save(invoice(number, InvoiceState.FILED))
        tx.invoices.save(invoice(4, InvoiceState.FILED, user=BOB))
        tx.invoices.save(invoice(5))
    first = await role.reads.invoices("ann", None, 2)
    assert [found.payment.payment_id.int for found in first] == [3, 2]
    place = Place(NOON + 2 * SECOND, payment(2))
    assert await role.reads.invoices("ann", place, 2) == [invoice(1, InvoiceState.FILED)]
    assert [found.payment.payment_id.int for found in await role.reads.invoices(None, None, 9)] == [4, 3, 2, 1]
