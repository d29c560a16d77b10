"""From the facts of a notice to the words of an e-mail or an SMS."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from adapters.notices.catalogue import UNSPOKEN, locale_of, words
from adapters.notices.figures import day, money
from core.notifier.ports import NoticeText

MOST_CHARACTERS = 200
"""Of one text from outside."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail before it is laid out; `text` and `html` say the same."""

    language: str
    direction: str
    company: str
    subject: str
    greeting: str
    intro: str
    facts: tuple[tuple[str, str], ...]
    outro: str
    repay: str
    repay_url: str
    regards: str
    automatic: str

    @property
    def text(self) -> str:
        return _templates().get_template("letter.txt").render(letter=self)

    @property
    def html(self) -> str:
        return _templates().get_template("letter.html").render(letter=self)


def letter(notice: NoticeText, company: str) -> Letter:
    locale = locale_of(notice.locale)
    say, blanks = words(locale.language), _blanks(notice, company, locale)
    kind, name = say["kinds"][notice.kind], _plain(notice.user_name)
    return Letter(
        language=locale.language,
        direction=locale.text_direction,
        company=company,
        subject=" ".join(kind["subject"].format(**blanks).split(" ")).strip(),
        greeting=say["greeting"].format(name=name) if name else say["greeting_without_name"],
        intro=kind["intro"],
        facts=tuple(_facts(notice, locale)),
        outro=kind["outro"],
        repay=say["repay"],
        repay_url=notice.repay_url,
        regards=say["regards"],
        automatic=say["automatic"],
    )


def short(notice: NoticeText, company: str) -> str:
    """The SMS, with the link to pay at its end where there is one."""
    locale = locale_of(notice.locale)
    text = words(locale.language)["kinds"][notice.kind]["sms"].format(**_blanks(notice, company, locale))
    return f"{text} {notice.repay_url}" if notice.repay_url else text


def _facts(notice: NoticeText, locale: Locale) -> Iterator[tuple[str, str]]:
    """Only what is known, in a fixed order."""
    say = words(locale.language)
    values = {
        "amount": money(notice.amount, locale) if notice.amount else "",
        "description": _plain(notice.description),
        "invoice_number": _plain(notice.invoice_number),
        "card": _plain(notice.card),
        "at": day(notice.at, locale) if notice.at else "",
        "reason": say["reasons"].get(notice.reason, say["reasons"][UNSPOKEN]) if notice.reason else "",
    }
    return ((say["facts"][key], value) for key, value in values.items() if value)


def _blanks(notice: NoticeText, company: str, locale: Locale) -> dict[str, str]:
    amount = money(notice.amount, locale) if notice.amount else ""
    return {"amount": amount, "invoice_number": _plain(notice.invoice_number), "company": company}


def _plain(text: str) -> str:
    """One line without control characters, lone surrogates or too much of it."""
    line = " ".join(text[:MOST_CHARACTERS].split())
    return "".join(char for char in line if unicodedata.category(char) not in ("Cc", "Cs", "Cn"))


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
