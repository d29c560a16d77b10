"""Amounts, dates and quantities as people of a locale write them."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_interval
from babel.numbers import NumberPattern, format_decimal, parse_pattern

from core.kernel.money import EXPONENTS, Money

_NO_BREAK = "\N{NO-BREAK SPACE}"
_NARROW_NO_BREAK = "\u202f"  # French groups digits with it, and few fonts draw it
_CODE_MEETS_DIGIT = re.compile(r"(?<=[A-Z])(?=\d)")
_ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@dataclass(frozen=True, slots=True)
class Figures:
    """Formats for one locale, in its own digits."""

    locale: Locale

    def money(self, amount: Money) -> str:
        """All digits the currency has by ISO 4217; Babel alone would round away what the CLDR calls unusual."""
        text = _pattern(self.locale, EXPONENTS[amount.currency]).apply(
            amount.decimal, self.locale, currency=amount.currency, currency_digits=False, numbering_system="default"
        )
        return self._drawn(text)

    def day(self, day: date) -> str:
        return self._drawn(format_date(day, "long", self.locale))

    def period(self, start: date, end: date) -> str:
        """[start, end) as people write it: from the first day to the last one covered."""
        last = max(start, end - timedelta(days=1))
        return self._drawn(format_interval(start, last, "yMMMd", locale=self.locale))

    def quantity(self, quantity: Decimal) -> str:
        """Without trailing zeros, and never rounded."""
        digits = f"#,##0.{'#' * 12}"
        return self._drawn(format_decimal(quantity, digits, locale=self.locale, numbering_system="default"))

    def _drawn(self, text: str) -> str:
        """Codes keep their distance ("KWD 1.000") and digits are the locale's, as the CLDR asks and Babel does not."""
        text = _CODE_MEETS_DIGIT.sub(_NO_BREAK, text.replace(_NARROW_NO_BREAK, _NO_BREAK))
        return text.translate(_ARABIC_INDIC) if self.arabic_indic else text

    @property
    def arabic_indic(self) -> bool:
        return str(self.locale.default_numbering_system) == "arab"

    def country(self, code: str) -> str:
        return str(self.locale.territories.get(code.upper(), code))


def _pattern(locale: Locale, digits: int) -> NumberPattern:
    pattern = parse_pattern(locale.currency_formats["standard"].pattern)
    pattern.frac_prec = (digits, digits)
    return pattern
