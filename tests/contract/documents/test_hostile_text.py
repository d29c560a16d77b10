"""Whatever a stranger writes into a field: no file is read, no connection is made, and it is printed as it stands."""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pytest
from weasyprint import CSS, HTML

from adapters.documents.assets import AssetFetcher
from core.notifier.document import InvoiceDocument, Line, Party
from tests.contract.documents.samples import INVOICE, pages

SECRET = "canary-7f3a"
REMOTE = "http://127.0.0.1:9/canary-7f3a"
VECTORS = (
    '<img src="{url}">',
    '"><img src={url}>',
    "<link rel=stylesheet href='{url}'>",
    "<link rel=attachment href='{url}'>",
    "<style>@import url({url});</style>",
    "<style>@import '{url}';</style>",
    "<style>@font-face {{ font-family: x; src: url({url}) }} * {{ font-family: x }}</style>",
    "<style>body {{ background: url({url}) }}</style>",
    "<style>@page {{ @top-left {{ content: url({url}) }} }}</style>",
    "<p style='list-style-image: url({url})'>x",
    "<p style=\"content: url('{url}')\">x",
    "<object data='{url}'></object><embed src='{url}'><iframe src='{url}'></iframe>",
    "<svg xmlns='http://www.w3.org/2000/svg'><image href='{url}'/><use href='{url}#a'/></svg>",
    "<base href='{url}'><img src='x.png'>",
    "]]></style></title><img src='{url}'>",
    "{{{{ ''.__class__ }}}}{{% include '{url}' %}}<img src='{url}'>",
)
Rendering = Callable[[str], object]


@dataclass
class Watched:
    """What the process opened and where it connected to, while it is watched."""

    events: list[str]
    on: bool = False

    def note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.on and (event.startswith("socket.") or (event == "open" and SECRET in str(arguments[0]))):
            self.events.append(f"{event} {arguments}")


WATCHED = Watched([])
sys.addaudithook(WATCHED.note)


@pytest.fixture
def watched() -> Iterator[Watched]:
    WATCHED.events.clear()
    WATCHED.on = True
    yield WATCHED
    WATCHED.on = False


@pytest.fixture(scope="module")
def secret_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("secrets") / f"{SECRET}.txt"
    path.write_text("the secret itself")
    return path


@pytest.fixture(scope="module")
def typeset(font_config: Path) -> Iterator[Callable[[InvoiceDocument], bytes]]:
    """In this very process, so that it can be watched."""
    os.environ["FONTCONFIG_FILE"] = str(font_config)
    from adapters.documents.typesetting import Typesetter

    yield Typesetter().typeset
    del os.environ["FONTCONFIG_FILE"]


@pytest.mark.parametrize("vector", VECTORS)
def test_markup_in_every_field_reaches_neither_network_nor_file(
    vector: str, typeset: Callable[[InvoiceDocument], bytes], secret_file: Path, watched: Watched
) -> None:
    for url in (REMOTE, secret_file.as_uri(), str(secret_file)):
        hostile = with_text_everywhere(INVOICE, vector.format(url=url))
        pdf = typeset(replace(hostile, locale="en"))
        assert b"/EmbeddedFile" not in pdf
        assert "the secret itself" not in "".join(pages(pdf))
    assert watched.events == []


def test_hostile_text_is_printed_as_it_stands(typeset: Callable[[InvoiceDocument], bytes]) -> None:
    line = replace(INVOICE.lines[0], description="<b>& {{ 7 * 7 }}")
    assert "<b>& {{ 7 * 7 }}" in pages(typeset(replace(INVOICE, lines=(line,))))[0]


@pytest.mark.parametrize("vector", VECTORS)
def test_even_markup_that_slipped_through_can_fetch_nothing(vector: str, secret_file: Path, watched: Watched) -> None:
    fetcher = AssetFetcher({})
    for url in (REMOTE, secret_file.as_uri(), f"asset:../{secret_file}", "ftp://127.0.0.1:9/x"):
        markup = vector.format(url=url)
        HTML(string=markup, base_url="asset:", url_fetcher=fetcher).write_pdf()
        CSS(string=markup.removeprefix("<style>"), url_fetcher=fetcher)
    assert watched.events == []


def test_the_watch_sees_what_an_unguarded_page_would_do(secret_file: Path, watched: Watched) -> None:
    HTML(string=f"<img src='{secret_file.as_uri()}'><img src='{REMOTE}'>").write_pdf()
    assert any(event.startswith("open") for event in watched.events)
    assert any(event.startswith("socket.connect") for event in watched.events)


def test_deep_combining_and_shaping_input_is_survived(typeset: Callable[[InvoiceDocument], bytes]) -> None:
    override, accent, crew = "\u202e", "\u0301", "👩\u200d🚀"
    for text in (
        "<div>" * 2_000,
        "a" + accent * 1_900,
        override * 1_000,
        "\x00\x1b\ud800",
        "﷽" * 500,
        crew * 400,
    ):
        assert typeset(replace(with_text_everywhere(INVOICE, text), locale="en")).startswith(b"%PDF")


def with_text_everywhere(value: Any, text: str) -> Any:
    """The same invoice with every text field, however deep, replaced."""
    match value:
        case str():
            return text
        case tuple():
            return tuple(with_text_everywhere(item, text) for item in value)
        case InvoiceDocument() | Line() | Party():
            return replace(value, **{f.name: with_text_everywhere(getattr(value, f.name), text) for f in fields(value)})
        case _:
            return value
