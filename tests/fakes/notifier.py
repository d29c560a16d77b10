"""The notifier's transaction, bucket and carriers in memory."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from core.contracts.payment_responses import PaymentFailed, PaymentSucceeded
from core.contracts.users import UserChanged
from core.kernel.ids import PaymentId, UserId
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass
from core.kernel.trouble import Conflict, NotFound, Unavailable
from core.notifier.document import InvoiceDocument
from core.notifier.model import Invoice, InvoiceState, Notice, NoticeKey, NoticeState, User
from core.notifier.ports import Attachment, NoticeText, Place, Sending, Sent
from tests.fakes.memory import NOON, InMemoryCollection, InMemoryTx

PAYMENT = PaymentId(UUID("7f8f8c57-9f1c-5f7e-8f58-0a4be0f7a001"))
ANN = UserId("ann")
PAID = PaymentSucceeded(
    payment_id=PAYMENT,
    attempt_no=2,
    user_id=ANN,
    amount=Money(999, "EUR"),
    description="Basic, monthly",
    gateway="a",
    provider_reference="ch_1",
    card_label="visa ···· 4242",
    occurred_at=NOON,
    source="subscription",
    request_id="r-1",
    period_start=date(2026, 3, 1),
    period_end=date(2026, 4, 1),
)
FAILED = PaymentFailed(
    payment_id=PAYMENT,
    attempt_no=1,
    user_id=ANN,
    amount=Money(999, "EUR"),
    description="Basic, monthly",
    decline=DeclineClass.INSUFFICIENT_FUNDS,
    occurred_at=NOON,
    source="subscription",
    request_id="r-1",
    card_label="visa ···· 4242",
)
USER = UserChanged(
    user_id=ANN,
    changed_at=NOON,
    name="Ann Lee",
    email="ann@example.com",
    phone="+4915112345678",
    address=("Hauptstr. 1", "10115 Berlin"),
    country="DE",
    locale="de-DE",
    time_zone="Europe/Berlin",
)


class InMemoryUsers(InMemoryCollection[UserId, User]):
    async def known(self, user_ids: Iterable[UserId]) -> Mapping[UserId, User]:
        return {key: self.things[key] for key in user_ids if key in self.things}


def _due(things: Iterable[Any], now: datetime, most: int) -> list[Any]:
    due = [thing for thing in things if thing.available_at and thing.available_at <= now]
    return sorted(due, key=lambda thing: thing.available_at)[:most]


class InMemoryInvoices(InMemoryCollection[PaymentId, Invoice]):
    async def claim_due(self, now: datetime, most: int) -> Sequence[Invoice]:
        return _due(self.all(), now, most)

    async def known(self, payment_ids: Iterable[PaymentId]) -> Mapping[PaymentId, Invoice]:
        return {key: self.things[key] for key in payment_ids if key in self.things}

    async def wake(self, user_id: UserId, now: datetime) -> None:
        for invoice in self.all():
            if invoice.payment.user_id == user_id and invoice.state is InvoiceState.WAITING:
                self.save(replace(invoice, available_at=now))


class InMemoryNumbers:
    def __init__(self) -> None:
        self.last: dict[tuple[str, int], int] = {}

    async def next(self, series: str, year: int) -> int:
        self.last[series, year] = self.last.get((series, year), 0) + 1
        return self.last[series, year]


class InMemoryNotices(InMemoryCollection[NoticeKey, Notice]):
    async def claim_due(self, now: datetime, most: int) -> Sequence[Notice]:
        return _due(self.all(), now, most)

    async def wake(self, user_id: UserId, now: datetime) -> None:
        for notice in self.all():
            if notice.facts.user_id == user_id and notice.state is NoticeState.PENDING:
                self.save(replace(notice, available_at=now))


class InMemoryNotifierTx(InMemoryTx):
    correlation_id = "story-1"

    def __init__(self, now: datetime = NOON) -> None:
        super().__init__(now)
        self.users = InMemoryUsers(lambda user: user.id)
        self.invoices = InMemoryInvoices(lambda invoice: invoice.payment.payment_id)
        self.numbers = InMemoryNumbers()
        self.notices = InMemoryNotices(lambda notice: notice.key)


class InMemoryNotifierReads:
    def __init__(self, tx: InMemoryNotifierTx) -> None:
        self._tx = tx

    async def invoices(self, user_id: str | None, after: Place | None, most: int) -> Sequence[Invoice]:
        issued = [(Place(i.issue.issued_at, i.payment.payment_id), i) for i in self._tx.invoices.all() if i.issue]
        wanted = [pair for pair in issued if user_id in (None, pair[1].payment.user_id)]
        newest_first = sorted(wanted, key=lambda pair: pair[0], reverse=True)
        return [invoice for place, invoice in newest_first if after is None or place < after][:most]

    async def invoice(self, payment_id: UUID) -> Invoice | None:
        return self._tx.invoices.things.get(PaymentId(payment_id))


@dataclass(slots=True)
class InMemoryBucket:
    """A dictionary that can be away, or lose the answer to a put that was done."""

    objects: dict[str, bytes] = field(default_factory=dict)
    away: bool = False
    lose_answer: bool = False

    async def put_once(self, key: str, content: bytes, media_type: str, filename: str) -> None:
        if self.away:
            raise Unavailable("bucket: away")
        if self.objects.setdefault(key, content) != content:
            raise Conflict(f"{key} is there with other bytes")
        if self.lose_answer:
            self.lose_answer = False
            raise Unavailable("bucket: reset after the put")

    async def get(self, key: str) -> bytes:
        if self.away:
            raise Unavailable("bucket: away")
        if key not in self.objects:
            raise NotFound(key)
        return self.objects[key]

    async def signed_url(self, key: str, filename: str, lifetime: timedelta) -> str:
        return f"https://bucket.invalid/{key}?for={int(lifetime.total_seconds())}&filename={filename}"

    async def keys(self) -> list[str]:
        return list(self.objects)

    async def check(self) -> None:
        if self.away:
            raise Unavailable("bucket: away")


@dataclass(slots=True)
class PlainRenderer:
    """Every rendering differs, as a PDF with a time stamp would."""

    documents: list[InvoiceDocument] = field(default_factory=list)
    trouble: Exception | None = None

    async def render(self, document: InvoiceDocument) -> bytes:
        if self.trouble:
            raise self.trouble
        self.documents.append(document)
        return f"%PDF {document.number} #{len(self.documents)}".encode()


@dataclass(slots=True)
class Carrier:
    """A mailer and a sender of texts in one. Each hand-over meets the next answer; when none is left, it is sent."""

    answers: list[Sending] = field(default_factory=list)
    handed: list[tuple[str, str, NoticeText]] = field(default_factory=list)
    attachments: list[Attachment | None] = field(default_factory=list)

    async def send(self, to: str, message_id: str, text: NoticeText, attachment: Attachment | None = None) -> Sent:
        self.handed.append((to, message_id, text))
        self.attachments.append(attachment)
        return Sent(self.answers.pop(0) if self.answers else Sending.SENT)

    async def check(self) -> None:
        """Always there."""


async def work_off(errand: Any, tx: InMemoryNotifierTx) -> int:
    """One round of an errand, as its loop does it; answers how many items were done."""
    items = await errand.claim(tx, 100)
    for item in items:
        await errand.record(item, await errand.perform(item), tx)
    return len(items)
