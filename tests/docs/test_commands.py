"""Whatever a page tells to type exists: commands with their options, targets, environments, modules."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner

from entrypoints.cli import main
from entrypoints.settings import ALL
from tests.docs.pages import ROOT, WRITTEN, blocks, commands, name

RUN = {
    ("README.md", "# A user"),
    ("README.md", ".venv/bin/billow import examples/subscribers.csv"),
    ("docs/operations.md", "python -m entrypoints.rights > deploy/rabbitmq/definitions.json"),
    ("docs/operations.md", ".venv/bin/billow token --user ann --as user"),
    ("docs/operations.md", "billow dead list"),
    ("docs/operations.md", "billow audit"),
}
"""Blocks that `test_pasting.py` runs as they stand."""

ELSEWHERE = {
    ("README.md", "make demo"): "sets the machine up; the demo has tests of its own",
    ("README.md", "make up"): "the same; the server is started by the tests that paste",
    ("CONTRIBUTING.md", "make setup"): "sets the machine up and runs these tests",
    ("CONTRIBUTING.md", "make test ENVS=unit-py311,types"): "runs these tests",
    ("CONTRIBUTING.md", ".venv/bin/python -m entrypoints.docs"): "writes into the tree; what it writes is compared",
    ("docs/operations.md", "sh deploy/compose/secrets.sh > .env"): "needs Docker",
    ("docs/operations.md", "export BILLOW_DATABASE_URL=postgresql://billow_owner:secret@postgres/billow"): "servers",
    ("docs/operations.md", "billow run payment"): "a deployed installation",
    ("docs/operations.md", "billow run payment --http"): "a deployed installation",
    ("docs/operations.md", 'psql "$BILLOW_DATABASE_URL" -f deploy/postgres/payment.sql'): "a deployed database",
    ("docs/operations.md", "rabbitmqctl add_user product-books"): "a deployed broker",
}
"""Blocks for another machine, and why. Their words are checked all the same."""

BILLOW = re.compile(r"(?:^|[\s(]|\.venv/bin/)billow ([^)\n|>#\"…]*)")
IDS = {"ids": name}


def test_every_block_is_run_or_known_to_belong_elsewhere() -> None:
    keys = [block.key for block in blocks("sh")]
    assert len(set(keys)) == len(keys)
    assert set(keys) == RUN | set(ELSEWHERE)


@pytest.mark.parametrize("page", WRITTEN, **IDS)
def test_every_billow_command_exists_with_its_options(page: Path) -> None:
    for line in commands(page):
        for words in map(str.split, BILLOW.findall(line)):
            result = CliRunner().invoke(main, [*words, "--help"])
            assert result.exit_code == 0, f"{line}: {result.output}"
            if words[:1] == ["run"] and len(words) > 1:
                assert words[1] in {*ALL, "ROLE"}, line


@pytest.mark.parametrize("page", WRITTEN, **IDS)
def test_every_make_target_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    typed = {found[1] for line in commands(page) if (found := re.match(r"make ([a-z-]+)", line))}
    assert typed <= targets


def test_every_tox_environment_exists() -> None:
    listed = subprocess.run([sys.executable, "-m", "tox", "list"], cwd=ROOT, capture_output=True, text=True, check=True)
    environments = set(re.findall(r"^([a-z0-9-]+) +->", listed.stdout, re.MULTILINE))
    typed = {
        environment
        for page in WRITTEN
        for line in commands(page)
        for names in re.findall(r"(?:tox -e |ENVS=)([a-z0-9,-]+)", line)
        for environment in names.split(",")
    }
    table = (ROOT / "CONTRIBUTING.md").read_text().split("| environment |")[1].split("\n\n")[0]
    assert typed
    assert typed <= environments
    assert set(re.findall(r"`([a-z0-9-]+)`", table)) == environments


@pytest.mark.parametrize("page", WRITTEN, **IDS)
def test_every_module_that_is_run_exists(page: Path) -> None:
    modules = {module for line in commands(page) for module in re.findall(r"python -m ([\w.]+)", line)}
    assert [module for module in modules if not find_spec(module)] == []


@pytest.mark.parametrize("page", WRITTEN, **IDS)
def test_every_file_that_is_named_exists(page: Path) -> None:
    """Paths in backticks that begin with a folder of ours."""
    tops = "core|adapters|entrypoints|tests|deploy|examples|scripts|alembic|docs"
    paths = {path for line in commands(page) for path in re.findall(rf"(?<![\w/.])((?:{tops})/[\w./-]+)", line)}
    assert [path for path in paths if not (ROOT / path.rstrip("/.")).exists()] == []
