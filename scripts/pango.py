"""Pango and HarfBuzz, which draw the invoices. Without HarfBuzz's subsetter an invoice takes seven times as long."""

from __future__ import annotations

import shutil
import sys

from scripts import apt
from scripts.machine import ROOT, STATE, CannotInstall, has, is_macos, is_root, run, say

PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "libfontconfig1")
LIBRARIES = {
    "libgobject-2.0": ".so.0",
    "libpango-1.0": ".so.0",
    "libpangoft2-1.0": ".so.0",
    "libharfbuzz": ".so.0",
    "libharfbuzz-subset": ".so.0",
    "libfontconfig": ".so.1",
}
NATIVE = STATE / "native"
OTHERS = {
    "brew": "brew install pango",
    "dnf": "sudo dnf install -y pango harfbuzz fontconfig",
    "pacman": "sudo pacman -S --needed pango harfbuzz fontconfig",
    "apk": "apk add pango harfbuzz-subset fontconfig",
    "zypper": "sudo zypper install -y libpango-1_0-0 libharfbuzz-subset0 fontconfig",
}
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>{native}/usr/share/fonts</dir>
  <cachedir>{native}/cache</cachedir>
</fontconfig>
"""


def load() -> bool:
    """Whether a fresh Python, started as Billow's commands are, can load every library."""
    names = [name + (".dylib" if is_macos() else ending) for name, ending in LIBRARIES.items()]
    code = "import ctypes, sys\nfor name in sys.argv[1:]: ctypes.CDLL(name)"
    try:
        run(ROOT / "scripts" / "run", sys.executable, "-c", code, *names, seconds=30)
    except CannotInstall:
        return False
    return True


def command() -> str:
    if apt.is_here():
        return apt.command(PACKAGES)
    return next((text for tool, text in OTHERS.items() if has(tool)), f"install the libraries {', '.join(LIBRARIES)}")


def bring() -> None:
    if not apt.is_here():
        raise CannotInstall("no apt-get on this machine")
    if is_root():
        say("installing Pango and HarfBuzz")
        apt.install(PACKAGES)
    else:
        say("unpacking Pango and HarfBuzz into .billow/native")
        unpack()
    if not load():
        raise CannotInstall("the libraries were brought, yet do not load")


def unpack() -> None:
    shutil.rmtree(NATIVE, ignore_errors=True)
    download = apt.Download()
    download.unpack(download.missing(PACKAGES), into=NATIVE)
    (NATIVE / "fonts.conf").write_text(FONTS.format(native=NATIVE))
