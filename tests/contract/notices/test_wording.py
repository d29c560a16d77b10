"""The catalogues are complete, and letters say what is known and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from adapters.notices.catalogue import LANGUAGES, UNSPOKEN, words
from adapters.notices.wording import letter, short
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass
from core.notifier.ports import NoticeKind, NoticeText
from tests.contract.notices.samples import FAILED, INVOICE

COMPANY = "Harbour"


def test_the_languages_are_the_promised_ones() -> None:
    assert LANGUAGES == ("ar", "de", "en", "fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything_with_the_same_blanks(language: str) -> None:
    said, english = dict(leaves(words(language))), dict(leaves(words("en")))
    assert said.keys() == english.keys()
    assert all(text.strip() for text in said.values())
    for key, text in english.items():
        assert blanks(said[key]) == blanks(text), key


def test_there_are_words_for_every_kind_of_notice() -> None:
    assert words("en")["kinds"].keys() == set(NoticeKind)


def test_theft_and_fraud_are_never_told() -> None:
    told = words("en")["reasons"].keys() - {UNSPOKEN}
    assert told <= set(DeclineClass)
    assert not told & {DeclineClass.LOST_OR_STOLEN, DeclineClass.FRAUD_SUSPECTED, DeclineClass.DO_NOT_HONOR}
    stolen = letter(replace(FAILED, reason=DeclineClass.LOST_OR_STOLEN), COMPANY)
    assert ("Reason", "The bank declined the payment.") in stolen.facts


@pytest.mark.parametrize("locale", ["en", "de-DE", "fr", "ar-EG", "sv"])
@pytest.mark.parametrize("kind", NoticeKind)
def test_every_notice_can_be_said_in_every_language_with_all_or_nothing_known(kind: NoticeKind, locale: str) -> None:
    for notice in (replace(FAILED, kind=kind, locale=locale), NoticeText(kind, locale, "")):
        said = letter(notice, COMPANY)
        assert said.subject
        assert "None" not in said.text
        assert f'lang="{said.language}" dir="{said.direction}"' in said.html
        assert short(notice, COMPANY).startswith(COMPANY)


def test_text_and_html_say_the_same() -> None:
    said = letter(replace(FAILED, locale="de-DE"), COMPANY)
    for body in (said.text, said.html):
        for words_ in ("Guten Tag Anna Käufer", "19,99", "VISA ···· 4242", "nicht ausreichend gedeckt"):
            assert words_ in body


def test_what_is_not_known_is_left_out() -> None:
    said = letter(NoticeText(NoticeKind.CARD_EXPIRED, "en", ""), COMPANY)
    assert said.facts == ()
    assert said.greeting == "Hello,"
    assert "href" not in said.html


def test_markup_in_a_name_stays_text() -> None:
    said = letter(replace(FAILED, user_name="<script>x</script>", description="{{ 7 * 7 }} <b>"), COMPANY)
    assert "<script>" not in said.html
    assert "&lt;script&gt;" in said.html
    assert "{{ 7 * 7 }} &lt;b&gt;" in said.html


def test_a_text_is_short_and_ends_with_the_link() -> None:
    text = "Harbour: your payment of €19.99 did not go through. Please pay again. https://pay.harbour.example/7"
    assert short(FAILED, COMPANY) == text


def test_amounts_keep_their_currencys_digits() -> None:
    assert "¥1,200 " in short(replace(FAILED, amount=Money(1200, "JPY")), COMPANY)
    assert "KWD\N{NO-BREAK SPACE}1.200 " in short(replace(FAILED, amount=Money(1200, "KWD")), COMPANY)
    assert "INV-2026-000123" in short(INVOICE, COMPANY)


def leaves(table: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(table, str):
        yield path, table
        return
    for key, value in table.items():
        yield from leaves(value, f"{path}.{key}")


def blanks(text: str) -> set[str]:
    return set(re.findall(r"{\w*}", text))
