"""The .venv: the locked packages with their hashes, and Billow itself, installed editable."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from scripts import apt
from scripts.machine import ROOT, STATE, VENV, CannotInstall, is_macos, is_root, run, say

LOCKS = {"run": ROOT / "requirements" / "runtime.txt", "dev": ROOT / "requirements" / "dev.txt"}
PYTHON = VENV / "bin" / "python"
PIP = STATE / "pip"


def is_usable() -> bool:
    """Whether a .venv stands here, was made here, and runs the Python that was asked for."""
    if not PYTHON.exists() or str(VENV) not in (VENV / "pyvenv.cfg").read_text():
        return False
    probe = [str(PYTHON), "-c", "import pip, sys; print(sys.version)"]
    return subprocess.run(probe, capture_output=True, text=True, check=False).stdout.strip() == sys.version


def can_be_made() -> bool:
    """Debian keeps the part of Python that puts pip into a new environment in a package of its own."""
    return is_usable() or has_ensurepip() or any(pip_wheels())


def has_ensurepip() -> bool:
    probe = [sys.executable, "-c", "import ensurepip; ensurepip.version()"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def pip_wheels() -> list[Path]:
    return sorted(PIP.glob("usr/share/python-wheels/pip-*.whl"))


def bring_pip() -> None:
    """Root installs Debian's package; anybody else unpacks the pip wheel that the package would have used."""
    if not apt.is_here():
        raise CannotInstall("this Python comes without ensurepip")
    if is_root():
        say(f"installing {venv_package()}")
        apt.install([venv_package()])
    else:
        say("unpacking pip into .billow/pip")
        apt.Download().unpack(["python3-pip-whl"], into=PIP)
    if not can_be_made():
        raise CannotInstall("ensurepip is still missing")


def venv_package() -> str:
    return f"python3.{sys.version_info.minor}-venv"


def command() -> str:
    return apt.command([venv_package()]) if apt.is_here() else f"install the ensurepip module of {sys.executable}"


def ensure(kind: str) -> None:
    """The .venv holds every package of this lock; at once when it already does. The dev lock includes the other."""
    if not is_usable():
        create()
    elif any(stamp_of(name).exists() and stamp_of(name).read_text() == digest(name) for name in {kind, "dev"}):
        return
    say(f"installing the packages of {LOCKS[kind].relative_to(ROOT)}")
    pip("--require-hashes", "--no-deps", "--requirement", str(LOCKS[kind]))
    pip("--no-build-isolation", "--no-deps", "--no-index", "--editable", str(ROOT))
    if needs_wrapping():
        wrap()
    stamp_of(kind).write_text(digest(kind))


def needs_wrapping() -> bool:
    """Whether the console script must find libraries that are not where the machine looks for them."""
    return is_macos() or (STATE / "native").exists()


def wrap() -> None:
    """`.venv/bin/billow` works as it is typed, whichever way the libraries came."""
    script = VENV / "bin" / "billow"
    call = 'sys.argv[0] = "billow"; from entrypoints.cli import main; main()'
    script.write_text(f"#!/bin/sh\nexec '{ROOT}/scripts/run' '{PYTHON}' -c 'import sys; {call}' \"$@\"\n")
    script.chmod(0o755)


def create() -> None:
    say(f"making .venv with Python {sys.version.split()[0]}")
    shutil.rmtree(VENV, ignore_errors=True)
    if has_ensurepip():
        run(sys.executable, "-m", "venv", VENV)
        return
    wheel = pip_wheels()[-1]
    run(sys.executable, "-m", "venv", "--without-pip", VENV)
    run(PYTHON, f"{wheel}/pip", "install", "--quiet", "--no-index", wheel)


def pip(*words: str) -> None:
    options = ["--quiet", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run([PYTHON, "-m", "pip", "install", *words, *options], cwd=ROOT, check=False)
    if done.returncode:
        raise CannotInstall(f"pip ended with {done.returncode}; its words are above")


def stamp_of(kind: str) -> Path:
    return VENV / f"billow-{kind}.stamp"


def digest(kind: str) -> str:
    """Of all that decides what the .venv holds: the lock and our own metadata."""
    return hashlib.sha256(LOCKS[kind].read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
