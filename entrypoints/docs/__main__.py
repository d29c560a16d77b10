"""Writes the message reference:  python -m entrypoints.docs [FOLDER]"""

import sys
from pathlib import Path

from entrypoints.docs.files import files

HERE = Path(__file__).parents[2] / "docs" / "messages"


def main(folder: Path) -> None:
    for name, text in files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
