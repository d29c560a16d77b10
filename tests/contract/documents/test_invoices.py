"""What is on the page, read back from the PDF a worker made."""

from dataclasses import replace
from io import BytesIO

import pypdf
import pytest

from adapters.documents.invoices import WeasyPrintInvoices
from core.kernel.trouble import Malformed
from core.notifier.document import Party
from tests.contract.documents.samples import INVOICE, invoice, pages

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_invoice_says_who_what_how_much_and_that_it_is_paid(invoices: WeasyPrintInvoices) -> None:
    (page,) = pages(await invoices.render(INVOICE))
    for text in (
        "Invoice INV-000123",
        "Harbour Media GmbH",
        "Anna Käufer Lindenallee 7 80331 München",
        "22 November 2026",
        "1–30 Nov 2026",
        "Plus, monthly 1.5 €999.00 €1,498.50",
        "Total €1,498.50",
        "Paid by VISA ···· 4242",
        "Payment reference: 3f2b8c1e",
        "Page 1 of 1",
    ):
        assert text in page.replace("number INV", "INV")


@pytest.mark.parametrize(
    ("locale", "texts"),
    [
        ("de-DE", ("Rechnung", "22. November 2026", "1.498,50 €", "Bezahlt mit VISA ···· 4242", "Seite 1 von 1")),
        ("fr-FR", ("Facture", "22 novembre 2026", "1 498,50 €", "Payé par VISA ···· 4242", "Page 1 sur 1")),
        ("ar-EG", ("VISA ···· 4242", "INV-000123")),
        ("sv-SE", ("Invoice", "November 22, 2026")),
    ],
)
async def test_an_invoice_speaks_the_language_of_its_buyer(
    invoices: WeasyPrintInvoices, locale: str, texts: tuple[str, ...]
) -> None:
    (page,) = pages(await invoices.render(invoice(locale=locale)))
    for text in texts:
        assert text in page


async def test_arabic_runs_from_right_to_left(invoices: WeasyPrintInvoices) -> None:
    placed: dict[str, float] = {}
    pdf = pypdf.PdfReader(BytesIO(await invoices.render(invoice(locale="ar-EG"))))
    pdf.pages[0].extract_text(visitor_text=lambda text, _, tm, *__: placed.setdefault(text.strip(), tm[4]))
    middle = float(pdf.pages[0].mediabox.width) / 2
    assert placed["Anna Käufer"] > middle > placed["INV-000123"]


async def test_sixty_lines_run_over_numbered_pages_with_the_heading_repeated(invoices: WeasyPrintInvoices) -> None:
    printed = pages(await invoices.render(invoice(60, "de-DE")))
    assert len(printed) > 2
    for number, page in enumerate(printed, 1):
        assert f"Seite {number} von {len(printed)}" in page
        assert "Beschreibung Menge Einzelpreis Betrag" in page
    assert "Rechnung INV-000123" in printed[1]
    assert "Gesamtbetrag 89.910,00 €" in printed[-1]


@pytest.mark.parametrize("count", range(9, 15))
async def test_the_total_never_stands_alone_on_a_page(invoices: WeasyPrintInvoices, count: int) -> None:
    last = pages(await invoices.render(invoice(count)))[-1]
    assert last.index("Plus, monthly") < last.index("Total")


async def test_yen_has_no_decimals_and_japanese_names_have_glyphs_of_ours(invoices: WeasyPrintInvoices) -> None:
    buyer = Party("株式会社山田商店", ("東京都千代田区丸の内1-1-1",), "JP")
    pdf = await invoices.render(invoice(locale="ja-JP", currency="JPY", buyer=buyer))
    assert "¥149,850" in pages(pdf)[0]
    assert any("Noto-Sans-CJK" in font for font in fonts(pdf))


@pytest.mark.parametrize("locale", ["en", "de", "fr", "ar-EG"])
async def test_only_shipped_fonts_are_embedded(invoices: WeasyPrintInvoices, locale: str) -> None:
    buyer = Party("Ångström Łódź Ελλάδα Москва", ("شارع التحرير ١٢", "丸の内", "서울"), "EG")
    names = fonts(await invoices.render(invoice(locale=locale, buyer=buyer)))
    assert names
    assert all(name.startswith(("Fira-Sans", "IBM-Plex-Sans-Arabic", "Noto-Sans-CJK-JP")) for name in names)


async def test_the_same_invoice_has_the_same_bytes_whoever_prints_it(invoices: WeasyPrintInvoices) -> None:
    first = await invoices.render(invoice(3, "de-DE"))
    await invoices.render(invoice(2, "ar-EG"))
    async with WeasyPrintInvoices(workers=1) as others:
        assert await others.render(invoice(3, "de-DE")) == first


async def test_very_long_words_stay_inside_their_columns(invoices: WeasyPrintInvoices) -> None:
    long = replace(INVOICE.lines[0], description="W" * 300)
    (page,) = pages(await invoices.render(replace(INVOICE, lines=(long,))))
    assert "€1,498.50" in page


@pytest.mark.parametrize("count", [0, 5_001])
async def test_no_lines_or_far_too_many_are_malformed(invoices: WeasyPrintInvoices, count: int) -> None:
    with pytest.raises(Malformed, match="1 to 5000 lines"):
        await invoices.render(invoice(count))


def fonts(pdf: bytes) -> set[str]:
    """The names of the embedded fonts, without the tag of their subset."""
    page = pypdf.PdfReader(BytesIO(pdf)).pages[0]
    found = (font.get_object()["/BaseFont"] for font in page["/Resources"]["/Font"].values())
    return {str(name).partition("+")[2] for name in found}
