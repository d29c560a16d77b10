"""The Pythons of this machine that the unit layer runs on, wherever they were installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

WANTED = ("3.11", "3.12", "3.13")


def find(version: str) -> Path | None:
    return next((path for path in candidates(version) if answers(path, version)), None)


def candidates(version: str) -> Iterator[Path]:
    yield Path(sys.base_prefix) / "bin" / f"python{version}"
    if on_path := shutil.which(f"python{version}"):
        yield Path(on_path)
    home = Path.home()
    yield from sorted(home.glob(f".pyenv/versions/{version}.*/bin/python{version}"), reverse=True)
    yield from sorted(home.glob(f".local/share/uv/python/cpython-{version}.*/bin/python{version}"), reverse=True)
    for folder in ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin"):
        yield Path(folder) / f"python{version}"


def answers(path: Path, version: str) -> bool:
    """A pyenv shim exists for versions that are not chosen, and then only complains."""
    code = "import sys, venv; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([path, "-c", code], capture_output=True, text=True, timeout=20, check=False)
    except OSError:
        return False
    return done.stdout.strip() == version
