"""Invoices to print, and what is read back from the PDF."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pypdf

from core.kernel.money import Money
from core.notifier.document import InvoiceDocument, Line, Party

SELLER = Party("Harbour Media GmbH", ("Hafenstraße 12", "20457 Hamburg"), "DE", "billing@harbour.example", "+49 40 555")
BUYER = Party("Anna Käufer", ("Lindenallee 7", "80331 München"), "DE", "anna@example.org")
MONTH = Line("Plus, monthly", Decimal("1.5"), Money(99900, "EUR"), date(2026, 11, 1), date(2026, 12, 1))
ISSUED = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
INVOICE = InvoiceDocument("INV-000123", ISSUED, SELLER, BUYER, (MONTH,), "3f2b8c1e", "VISA ···· 4242", ISSUED, "en-GB")


def invoice(count: int = 1, locale: str = "en-GB", currency: str = "EUR", buyer: Party = BUYER) -> InvoiceDocument:
    line = replace(MONTH, unit_price=Money(99900, currency))
    return replace(INVOICE, lines=(line,) * count, locale=locale, buyer=buyer)


def pages(pdf: bytes) -> list[str]:
    """The text of each page, with plain spaces."""
    reader = pypdf.PdfReader(BytesIO(pdf))
    return [" ".join(page.extract_text().split()) for page in reader.pages]
