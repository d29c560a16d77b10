"""What set-up knows about the machine it runs on. Standard library only: this runs before anything is installed."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".billow"
VENV = ROOT / ".venv"


class CannotInstall(Exception):
    """Something that set-up could not bring; the text says why."""


def is_root() -> bool:
    return os.geteuid() == 0


def is_macos() -> bool:
    return platform.system() == "Darwin"


def has(command: str) -> bool:
    return shutil.which(command) is not None


def run(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None, seconds: float = 600) -> str:
    """Standard output of a command that must succeed; its last lines of complaint otherwise."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired) as trouble:
        raise CannotInstall(f"{words[0]}: {trouble}") from trouble
    if done.returncode:
        complaint = (done.stderr.strip() or done.stdout.strip()).splitlines()[-6:]
        raise CannotInstall("\n".join([f"{' '.join(words[:4])} … ended with {done.returncode}", *complaint]))
    return done.stdout


def say(text: str) -> None:
    print(f"set-up: {text}", flush=True)
