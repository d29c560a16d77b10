"""Writes what is generated of the documentation:  python -m entrypoints.docs [FOLDER]"""

import sys
from pathlib import Path

from entrypoints.docs.files import files
from entrypoints.docs.inserts import PAGES, filled

ROOT = Path(__file__).parents[2]
HERE = ROOT / "docs" / "messages"


def main(folder: Path) -> None:
    """The message reference."""
    for name, text in files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def fill_pages() -> None:
    """What handwritten pages take from the code."""
    for page in (ROOT / name for name in PAGES):
        page.write_text(filled(page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
    fill_pages()
