"""Notices to send."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from adapters.notices.mail import Sender
from core.kernel.money import Money
from core.notifier.ports import Attachment, NoticeKind, NoticeText

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
MESSAGE_ID = str(UUID(int=7))
SENDER = Sender("Harbour Media", "billing@harbour.example")
PDF = Attachment("INV-2026-000123.pdf", b"%PDF-1.7 \r\n\x00\xff")
FAILED = NoticeText(
    kind=NoticeKind.PAYMENT_FAILED,
    locale="en-GB",
    user_name="Anna Käufer",
    amount=Money(1999, "EUR"),
    description="Plus, monthly",
    reason="insufficient_funds",
    card="VISA ···· 4242",
    repay_url="https://pay.harbour.example/7",
    at=NOW,
)
INVOICE = replace(FAILED, kind=NoticeKind.INVOICE, reason="", repay_url="", invoice_number="INV-2026-000123")


class FixedClock:
    def now(self) -> datetime:
        return NOW
