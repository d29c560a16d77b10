"""The handwritten pages, and what stands in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GENERATED = ROOT / "docs" / "messages"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
WRITTEN = [page for page in PAGES if not page.is_relative_to(GENERATED)]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@dataclass(frozen=True)
class Block:
    """One fenced block; its first line tells it from the others of its page."""

    page: str
    language: str
    text: str

    @property
    def key(self) -> tuple[str, str]:
        return self.page, self.text.splitlines()[0].split("  #")[0].strip()


def blocks(language: str) -> list[Block]:
    return [
        Block(name(page), language, found[2])
        for page in WRITTEN
        for found in _FENCE.finditer(page.read_text("utf-8"))
        if found[1] == language
    ]


def prose(page: Path) -> str:
    """The page without its fenced blocks."""
    return _FENCE.sub("", page.read_text("utf-8"))


def commands(page: Path) -> Iterator[str]:
    """The lines of its shell blocks, and what stands in backticks."""
    for block in blocks("sh"):
        if block.page == name(page):
            yield from block.text.splitlines()
    yield from _INLINE.findall(prose(page))
