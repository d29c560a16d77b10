"""Amounts and days as people of a locale write them, in plain text."""

import re
from datetime import date

from babel import Locale
from babel.dates import format_date
from babel.numbers import parse_pattern

from core.kernel.money import EXPONENTS, Money

_CODE_MEETS_DIGIT = re.compile(r"(?<=[A-Z])(?=\d)")
_ARABIC_INDIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def money(amount: Money, locale: Locale) -> str:
    """With all digits the currency has by ISO 4217, where Babel alone follows the CLDR and rounds some away."""
    pattern = parse_pattern(locale.currency_formats["standard"].pattern)
    pattern.frac_prec = (EXPONENTS[amount.currency],) * 2
    text = pattern.apply(
        amount.decimal, locale, currency=amount.currency, currency_digits=False, numbering_system="default"
    )
    return _in_digits_of(locale, _CODE_MEETS_DIGIT.sub("\N{NO-BREAK SPACE}", text))


def day(at: date, locale: Locale) -> str:
    return _in_digits_of(locale, format_date(at, "long", locale))


def _in_digits_of(locale: Locale, text: str) -> str:
    return text.translate(_ARABIC_INDIC) if locale.default_numbering_system == "arab" else text
