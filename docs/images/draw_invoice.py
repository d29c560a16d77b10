"""Draws the invoice of the README as a picture:  python docs/images/draw_invoice.py"""

import asyncio
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from PIL import ImageOps
from pypdfium2 import PdfDocument

from adapters.documents.invoices import WeasyPrintInvoices
from core.kernel.money import Money
from core.notifier.document import InvoiceDocument, Line, Party

PAID = datetime(2026, 3, 31, 9, 30, tzinfo=UTC)
INVOICE = InvoiceDocument(
    number="2026-000142",
    issued_at=PAID,
    seller=Party(
        "Billow Example Ltd",
        ("1 Wave Street", "10115 Berlin"),
        "DE",
        "billing@billow.example",
        tax_id="DE 123 456 789",
    ),
    buyer=Party("Ann Example", ("27 Harbor Drive", "Portland, ME 04101"), "US", "ann@example.com"),
    lines=(Line("Plus, monthly", Decimal(1), Money(1999, "USD"), date(2026, 3, 31), date(2026, 4, 30)),),
    payment_reference="6fb6c1de-8d0a-5c07-9a3a-0b9f0d9d2a51",
    paid_with="Visa ···· 0018",
    paid_at=PAID,
    locale="en-US",
)


async def main(file: Path, scale: float = 2.0, kept: float = 0.54) -> None:
    """The upper part of the page, down to what was paid."""
    async with WeasyPrintInvoices(workers=1) as invoices:
        pdf = await invoices.render(INVOICE)
    page = PdfDocument(pdf)[0].render(scale=scale).to_pil()
    picture = page.crop((0, 0, page.width, round(page.height * kept)))
    ImageOps.expand(picture, 2, "#d5dde2").quantize(64).save(file, optimize=True)


if __name__ == "__main__":
    asyncio.run(main(Path(__file__).with_name("invoice.png")))
