"""The words of notices, one table for each language."""

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import TypedDict

from babel import Locale, UnknownLocaleError

_TABLES = Path(__file__).with_name("words")
LANGUAGES = tuple(sorted(path.stem for path in _TABLES.glob("*.json")))
FALLBACK = "en"
UNSPOKEN = "other"
"""The reason told for every `DeclineClass` without words, theft and fraud above all: the reader may be the thief."""


class KindWords(TypedDict):
    subject: str
    intro: str
    outro: str
    sms: str


class Words(TypedDict):
    greeting: str
    greeting_without_name: str
    regards: str
    repay: str
    automatic: str
    facts: dict[str, str]
    kinds: dict[str, KindWords]
    reasons: dict[str, str]


@cache
def words(language: str) -> Words:
    table: Words = json.loads((_TABLES / f"{language}.json").read_text("utf-8"))
    return table


@lru_cache(maxsize=256)
def locale_of(tag: str) -> Locale:
    """The locale of a BCP 47 tag. An unknown region leaves the language; a language we have no words for is English."""
    parts = tag.replace("_", "-").split("-")
    for length in range(len(parts), 0, -1):
        try:
            locale = Locale.parse("-".join(parts[:length]), sep="-")
        except (UnknownLocaleError, ValueError):
            continue
        return locale if locale.language in LANGUAGES else Locale(FALLBACK)
    return Locale(FALLBACK)
