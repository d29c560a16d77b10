"""Amounts, dates and quantities by locale. Expectations are written by hand."""

from datetime import date
from decimal import Decimal

import pytest

from adapters.documents.figures import Figures
from adapters.documents.wording import locale_of
from core.kernel.money import EXPONENTS, Money

SPACE = "\N{NO-BREAK SPACE}"
RIGHT_TO_LEFT = "\N{RIGHT-TO-LEFT MARK}"


@pytest.mark.parametrize(
    ("tag", "amount", "written"),
    [
        ("en", Money(123456, "EUR"), "€1,234.56"),
        ("en-GB", Money(10, "USD"), "US$0.10"),
        ("en", Money(1234567, "JPY"), "¥1,234,567"),
        ("en", Money(1234500, "KWD"), f"KWD{SPACE}1,234.500"),
        ("en", Money(123456, "RSD"), f"RSD{SPACE}1,234.56"),
        ("de-DE", Money(123456, "EUR"), f"1.234,56{SPACE}€"),
        ("de", Money(-999, "EUR"), f"-9,99{SPACE}€"),
        ("fr-FR", Money(123456789, "EUR"), f"1{SPACE}234{SPACE}567,89{SPACE}€"),
        ("ar-AE", Money(123456, "EUR"), f"{RIGHT_TO_LEFT}1,234.56{SPACE}€"),
        ("ar-EG", Money(123456, "EUR"), f"{RIGHT_TO_LEFT}١٬٢٣٤٫٥٦{SPACE}€"),
    ],
)
def test_an_amount_is_written_as_its_locale_writes_it(tag: str, amount: Money, written: str) -> None:
    assert Figures(locale_of(tag)).money(amount) == written


@pytest.mark.parametrize("currency", EXPONENTS)
def test_no_currency_loses_a_digit(currency: str) -> None:
    written = Figures(locale_of("en")).money(Money(1, currency))
    smallest = Decimal(1).scaleb(-EXPONENTS[currency])
    assert written.endswith(f"{smallest:f}")


@pytest.mark.parametrize(
    ("tag", "written"),
    [("en", "January 31, 2026"), ("en-GB", "31 January 2026"), ("de", "31. Januar 2026"), ("ar-EG", "٣١ يناير ٢٠٢٦")],
)
def test_a_day_is_written_as_its_locale_writes_it(tag: str, written: str) -> None:
    assert Figures(locale_of(tag)).day(date(2026, 1, 31)) == written


def test_a_period_ends_on_the_last_day_it_covers() -> None:
    period = Figures(locale_of("de")).period(date(2026, 1, 31), date(2026, 3, 1))
    assert period.replace("\N{THIN SPACE}", " ") == "31. Jan. – 28. Feb. 2026"


def test_a_quantity_keeps_every_digit_and_no_empty_ones() -> None:
    figures = Figures(locale_of("de"))
    assert [figures.quantity(Decimal(text)) for text in ("1.500", "3", "0.333333", "1200")] == [
        "1,5",
        "3",
        "0,333333",
        "1.200",
    ]
