"""The set-up's promises that a reader could break by an edit elsewhere."""

import re
import subprocess
import tomllib
from configparser import RawConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def pinned(lock: Path) -> set[str]:
    return set(re.findall(r"^([a-z0-9-]+)==", lock.read_text(), re.MULTILINE))


def names(requirements: list[str]) -> set[str]:
    return {re.match(r"[A-Za-z0-9-]+", text)[0].lower() for text in requirements}  # type: ignore[index]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_does_not_say_where_packages_come_from(lock: Path) -> None:
    assert not re.search(r"://|--(extra-)?index|--find-links|file:", lock.read_text())


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_has_its_hashes(lock: Path) -> None:
    entries = re.split(r"\n(?=[a-z])", re.sub(r"^ *#.*\n", "", lock.read_text(), flags=re.MULTILINE))
    assert [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_locks_hold_everything_that_the_project_asks_for() -> None:
    runtime = names(PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["build"])
    assert runtime - pinned(ROOT / "requirements" / "runtime.txt") == set()
    assert (runtime | names(PROJECT["dependency-groups"]["dev"])) - pinned(ROOT / "requirements" / "dev.txt") == set()


def test_demo_and_tests_run_on_the_same_versions() -> None:
    runtime, dev = (
        set(re.findall(r"^[a-z0-9-]+==\S+", (ROOT / "requirements" / name).read_text(), re.MULTILINE))
        for name in ("runtime.txt", "dev.txt")
    )
    assert runtime <= dev


def test_every_environment_of_tox_says_what_it_is_for() -> None:
    tox = RawConfigParser()
    tox.read(ROOT / "tox.ini")
    environments = [name for name in tox.sections() if name.startswith("testenv:")]
    assert len(environments) >= 9
    assert [name for name in environments if not tox.get(name, "description", fallback="")] == []


def test_make_alone_lists_every_target_that_a_person_types() -> None:
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    assert [target for target in phony[1].split() if target != "setup-run" and f"make {target} " not in listed] == []


def test_an_unfit_python_is_refused_by_name(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\n[ \"$1\" = --version ] && echo 'Python 3.9.18'\nexit 1\n")
    old.chmod(0o755)
    refused = subprocess.run(
        [ROOT / "scripts/python.sh"],
        env={"PYTHON": str(old), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert "3.11, 3.12 or 3.13: Python 3.9.18" in refused.stderr
