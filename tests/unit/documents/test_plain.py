"""What is left of hostile text before it comes near a page."""

import pytest

from adapters.documents.plain import MOST_CHARACTERS, direction, plain, tidy
from adapters.documents.sample import SAMPLE
from core.notifier.document import Party


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Käufer & Söhne <b>", "Käufer & Söhne <b>"),
        ("line\r\none\ttwo", "line  one two"),
        ("nul\x00 bell\x07 escape\x1b[31m", "nul bell escape[31m"),
        ("\u202egpj.exe\u202c", "gpj.exe"),
        ("\u2066isolate\u2069\u200f", "isolate"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("﷽", "بسم الله الرحمن الرحيم"),
        ("山田 नमस्ते 👩\u200d👧", "山田 नमस्ते 👩\u200d👧"),
    ],
)
def test_only_what_can_be_printed_is_left(text: str, left: str) -> None:
    assert plain(text) == left


def test_text_has_an_end() -> None:
    assert plain("x" * 10**6) == "x" * MOST_CHARACTERS + "…"


def test_tidying_reaches_every_text_and_changes_nothing_else() -> None:
    dirty = Party("na\x00me", ("li\x07ne", "two"), "D\x00E")
    assert tidy(dirty) == Party("name", ("line", "two"), "DE")
    assert tidy(SAMPLE) == SAMPLE


@pytest.mark.parametrize(
    ("text", "side"),
    [("Lindenallee 7", "ltr"), ("12 شارع", "rtl"), ("+49 40 555", "ltr"), ("", "ltr"), ("(שלום) hi", "rtl")],
)
def test_the_first_letter_decides_the_direction(text: str, side: str) -> None:
    assert direction(text) == side
