"""The catalogues of words, and which one a language tag leads to."""

import re

import pytest

from adapters.documents.wording import LANGUAGES, locale_of, words


def test_the_languages_are_the_promised_ones() -> None:
    assert LANGUAGES == ("ar", "de", "en", "fr")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language: str) -> None:
    assert words(language).keys() == words("en").keys()
    assert all(text.strip() for text in words(language).values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fills_the_same_blanks(language: str) -> None:
    for key, english in words("en").items():
        assert set(re.findall(r"{\w+}", words(language)[key])) == set(re.findall(r"{\w+}", english)), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_words_can_end_a_string_of_the_style_sheet(language: str) -> None:
    assert not re.search(r'["\\\n]', words(language)["page"])


@pytest.mark.parametrize(
    ("tag", "locale"),
    [
        ("de-DE", "de_DE"),
        ("de_AT", "de_AT"),
        ("de-XX", "de"),
        ("ar-EG", "ar_EG"),
        ("zh-Hant-TW", "en"),
        ("", "en"),
        ("x" * 400, "en"),
        ("../../etc/passwd", "en"),
    ],
)
def test_a_tag_leads_to_a_locale_we_have_words_for(tag: str, locale: str) -> None:
    assert str(locale_of(tag)) == locale
