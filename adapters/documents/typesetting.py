"""From an invoice to PDF bytes, in this process. Only workers import it: it loads Pango."""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from weasyprint import CSS, HTML
from weasyprint.text.ffi import harfbuzz_subset
from weasyprint.text.fonts import FontConfiguration

from adapters.documents.assets import AssetFetcher
from adapters.documents.figures import Figures
from adapters.documents.fonts import families
from adapters.documents.plain import direction, tidy
from adapters.documents.wording import locale_of, words
from core.kernel.trouble import Malformed
from core.notifier.document import InvoiceDocument

MOST_LINES = 5_000
SUBSETS_IN_C = harfbuzz_subset is not None
"""Without libharfbuzz-subset every font is subset in Python, which takes seven times as long."""

_TEMPLATES = Path(__file__).with_name("templates")
_MEDIA_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg"}


class Typesetter:
    """Fonts, templates and style sheets stay warm from one document to the next."""

    def __init__(self, logo: Path | None = None) -> None:
        self._env = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
        )
        self._env.filters["direction"] = direction
        self._fonts = FontConfiguration()
        self._fetcher = AssetFetcher(
            {"logo": _asset(logo or _TEMPLATES / "logo.svg"), "tick": _asset(_TEMPLATES / "tick.svg")}
        )
        self._cache: dict[str, Any] = {}
        self._styles: dict[tuple[str, str], CSS] = {}

    def typeset(self, invoice: InvoiceDocument) -> bytes:
        """The same document gives the same bytes. Raises `Malformed` for what no page can hold."""
        if not 0 < len(invoice.lines) <= MOST_LINES:
            raise Malformed(f"an invoice has 1 to {MOST_LINES} lines, not {len(invoice.lines)}")
        invoice, locale = tidy(invoice), locale_of(invoice.locale)
        html = HTML(string=self._markup(invoice, locale), base_url="asset:", url_fetcher=self._fetcher)
        pdf: bytes = html.write_pdf(
            font_config=self._fonts,
            stylesheets=[self._style(locale)],
            pdf_identifier=sha256(invoice.number.encode()).digest(),
            cache=self._cache,
        )
        return pdf

    def _markup(self, invoice: InvoiceDocument, locale: Locale) -> str:
        return self._env.get_template("invoice.html").render(
            invoice=invoice,
            words=words(locale.language),
            figures=Figures(locale),
            side=locale.text_direction,
            period=_shared_period(invoice),
        )

    def _style(self, locale: Locale) -> CSS:
        key = (locale.language, locale.default_numbering_system)
        if key not in self._styles:
            css = self._env.get_template("invoice.css").render(_style_values(locale))
            self._styles[key] = CSS(string=css, url_fetcher=self._fetcher, font_config=self._fonts)
        return self._styles[key]


def _style_values(locale: Locale) -> Mapping[str, Any]:
    rtl = locale.text_direction == "rtl"
    digits = "arabic-indic" if locale.default_numbering_system == "arab" else "decimal"
    page = words(locale.language)["page"]
    for counter in ("page", "pages"):
        page = page.replace(f"{{{counter}}}", f'" counter({counter}, {digits}) "')
    start, end = ("right", "left") if rtl else ("left", "right")
    return {"start": start, "end": end, "families": families(rtl), "page": f'"{page}"'}


def _shared_period(invoice: InvoiceDocument) -> tuple[date, date] | None:
    """The one period of all lines, which then is said once."""
    first = invoice.lines[0]
    if first.period_start is None or first.period_end is None:
        return None
    period = first.period_start, first.period_end
    return period if all((line.period_start, line.period_end) == period for line in invoice.lines) else None


def _asset(path: Path) -> tuple[bytes, str]:
    return path.read_bytes(), _MEDIA_TYPES[path.suffix.lower()]
