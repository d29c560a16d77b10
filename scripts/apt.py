"""Debian's and Ubuntu's packages: installed by root, or downloaded and unpacked into a folder by anybody."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from scripts.machine import STATE, CannotInstall, has, is_root, run

LISTS = Path("/var/lib/apt/lists")


def is_here() -> bool:
    return has("apt-get") and has("dpkg")


def command(packages: Iterable[str]) -> str:
    sudo = "" if is_root() else "sudo "
    return f"{sudo}apt-get update && {sudo}apt-get install -y --no-install-recommends {' '.join(packages)}"


def install(packages: Iterable[str]) -> None:
    """As root, into the machine. The package lists are fetched when there are none, or when they are out of date."""
    words = ["apt-get", "-qq", "-y", "install", "--no-install-recommends", *packages]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if any(LISTS.glob("*Packages*")):
        try:
            run(*words, env=quiet)
            return
        except CannotInstall:
            pass
    run("apt-get", "-qq", "update")
    run(*words, env=quiet)


class Download:
    """Packages fetched with lists of our own, so that it needs neither root nor an earlier `apt-get update`."""

    def __init__(self, folder: Path = STATE / "apt") -> None:
        (folder / "lists" / "partial").mkdir(parents=True, exist_ok=True)
        (folder / "cache" / "archives" / "partial").mkdir(parents=True, exist_ok=True)
        self._options = [
            *("-o", f"Dir::State::Lists={folder / 'lists'}"),
            *("-o", f"Dir::Cache={folder / 'cache'}"),
            *("-o", "APT::Sandbox::User=root"),
            *("-o", "Debug::NoLocking=1"),
        ]
        if not any((folder / "lists").glob("*Packages*")):
            run("apt-get", "-qq", *self._options, "update")

    def missing(self, packages: Iterable[str]) -> list[str]:
        """What the machine lacks of these packages and of all that they depend on."""
        plan = run("apt-get", *self._options, "-s", "install", "--no-install-recommends", *packages)
        return re.findall(r"^Inst (\S+)", plan, re.MULTILINE)

    def depends(self, package: str) -> list[str]:
        """The package and all that it may depend on, alternatives included, as far as they can be had."""
        flags = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"]
        tree = run("apt-cache", *self._options, "depends", "--recurse", *(f"--no-{f}" for f in flags), package)
        names = sorted(set(re.findall(r"^([a-z0-9][a-z0-9+.-]+)$", tree, re.MULTILINE)))
        policy = run("apt-cache", *self._options, "policy", *names)
        return re.findall(r"^(\S+):\n.*\n  Candidate: (?!\(none\))", policy, re.MULTILINE)

    def unpack(self, packages: Iterable[str], into: Path) -> None:
        debs = into.with_name(into.name + ".debs")
        debs.mkdir(parents=True, exist_ok=True)
        run("apt-get", "-qq", *self._options, "download", *packages, cwd=debs)
        for deb in sorted(debs.glob("*.deb")):
            run("dpkg", "-x", deb, into)
            deb.unlink()
        debs.rmdir()
