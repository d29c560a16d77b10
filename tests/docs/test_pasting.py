"""What the pages tell to paste is pasted into bash, beside a `billow up` of its own, and works."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

import pytest

from entrypoints.samples import samples
from tests.docs.pages import ROOT, blocks
from tests.docs.test_commands import RUN

SECONDS = 90
README_URL = "http://127.0.0.1:8080"
REAL = """#!/bin/sh
exec {curl} "$@" -w '%{{stderr}}status %{{http_code}}\\n'
"""
STAND_IN = """#!/bin/sh
exec {python} {script} "$@"
"""


@dataclass(frozen=True)
class Place:
    """A folder with what a newcomer has in theirs, and the Billow that runs there."""

    folder: Path
    environ: dict[str, str]
    url: str = ""

    def paste(self, text: str, curl: str = "curl") -> subprocess.CompletedProcess[str]:
        """As a person would; only the port is another one. `curl`: a folder with ours."""
        return subprocess.run(
            ["bash", "-c", text.replace(README_URL, self.url)],
            cwd=self.folder,
            env=self.environ | {"PATH": f"{self.folder / curl}:{self.environ['PATH']}"},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    @property
    def kept(self) -> Path:
        return Path(self.environ["BILLOW_HOME"]) / "up"


def furnished(folder: Path) -> Place:
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "examples").symlink_to(ROOT / "examples")
    (folder / "deploy/rabbitmq").mkdir(parents=True)
    ours = STAND_IN.format(python=sys.executable, script=ROOT / "tests/docs/curl.py")
    real = shutil.which("curl")
    executable(folder / "stand-in" / "curl", ours)
    executable(folder / "curl" / "curl", REAL.format(curl=real) if real else ours)
    path = f"{Path(sys.prefix) / 'bin'}:{os.environ['PATH']}"
    environ = {name: text for name, text in os.environ.items() if not name.startswith("BILLOW_")}
    given = {"PATH": path, "PYTHONPATH": str(ROOT), "BILLOW_HOME": str(folder / "home"), "COLUMNS": "200"}
    return Place(folder, environ | given)


def executable(path: Path, text: str) -> None:
    path.parent.mkdir()
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """`billow up` on a free port, stopped as Ctrl-C stops it."""
    found = furnished(tmp_path_factory.mktemp("newcomer"))
    command = [".venv/bin/billow", "up", "--port", "0"]
    with (found.folder / "trouble").open("w+") as trouble:
        process = subprocess.Popen(
            command, cwd=found.folder, env=found.environ, stdout=subprocess.PIPE, stderr=trouble, text=True
        )
        try:
            yield Place(found.folder, found.environ, told_url(process, found.folder / "trouble"))
            process.send_signal(signal.SIGINT)
            assert process.wait(40) == 0
        finally:
            process.kill()
            process.communicate()


def told_url(process: subprocess.Popen[str], trouble: Path) -> str:
    """Read what it says up to its last line to paste; one that says nothing is ended."""
    deadline, said = Timer(SECONDS, process.kill), ""
    deadline.start()
    try:
        for line in process.stdout or ():
            said += line
            if "newest invoice" in said and line.startswith("curl"):
                return str(re.findall(r"http://[\d.:]+", said)[0])
    finally:
        deadline.cancel()
    pytest.fail(f"billow up ended: {said}{trouble.read_text()}")


def eventually(true: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def block(page: str, first: str) -> str:
    (found,) = [block.text for block in blocks("sh") if block.key == (page, first)]
    return found


def statuses(done: subprocess.CompletedProcess[str]) -> list[int]:
    return [int(status) for status in re.findall(r"^status (\d+)$", done.stderr, re.MULTILINE)]


def has_mailed_an_invoice(place: Place) -> bool:
    return any(b"application/pdf" in mail.read_bytes() for mail in (place.kept / "mails").rglob("*.eml"))


def test_the_lines_of_billow_up_lead_from_nothing_to_an_invoice(place: Place) -> None:
    *lines, last = [sample.line for sample in samples(place.url)]
    for line in lines:
        done = place.paste(line)
        assert statuses(done), done.stderr
        assert all(200 <= status < 300 for status in statuses(done)), f"{line}\n{done.stdout}{done.stderr}"
    eventually(lambda: has_mailed_an_invoice(place))
    done = place.paste(last)
    assert statuses(done) == [200, 200], done.stderr
    assert (place.folder / "invoice.pdf").read_bytes().startswith(b"%PDF")


def test_the_readme_can_be_pasted_whole_and_again(place: Place) -> None:
    done = place.paste(block("README.md", "# A user"), curl="stand-in")
    assert done.returncode == 0
    assert all(status in (200, 201, 202) for status in statuses(done)), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("page", "first"), sorted(RUN - {("README.md", "# A user"), ("docs/operations.md", "billow audit")})
)
def test_a_block_works_as_it_stands(place: Place, page: str, first: str) -> None:
    done = place.paste("set -e\n" + block(page, first))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_audit_agrees_when_everything_has_arrived(place: Place) -> None:
    eventually(lambda: place.paste(block("docs/operations.md", "billow audit")).returncode == 0)
