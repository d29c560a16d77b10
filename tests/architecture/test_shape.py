"""The shape of the code: small functions, small files, names that say something, verbs in files of their own."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("core", "adapters", "entrypoints")
SOURCES = [*sorted(path for top in FOLDERS for path in (ROOT / top).rglob("*.py")), ROOT / "containers.py"]
CONTEXTS = ("payment", "subscription", "gateway", "notifier", "activator")

LONGEST_FUNCTION = 50
LONGEST_FILE = 400
FORBIDDEN_NAME = re.compile(r"^I[A-Z][a-z]|.(Port|Service|Manager|Impl|DTO|Dto|Helper|Helpers|Utils)$")
FORBIDDEN_FILE = re.compile("utils?|helpers?|common|misc|use_cases|entities|value_objects|dto|interactors")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_functions_and_files_are_short(path: Path) -> None:
    functions = [node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    assert not [f.name for f in functions if (f.end_lineno or 0) - f.lineno >= LONGEST_FUNCTION]
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_names_say_what_a_thing_is(path: Path) -> None:
    classes = [node.name for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef)]
    assert not [found for found in classes if FORBIDDEN_NAME.search(found)]
    assert not FORBIDDEN_FILE.fullmatch(path.stem)


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(tree(path))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", [path for path in SOURCES if path.is_relative_to(ROOT / "core")], ids=name)
def test_core_imports_the_standard_library_only(path: Path) -> None:
    allowed = sys.stdlib_module_names | {"core"}
    assert not {module for module in imported(path) if module.partition(".")[0] not in allowed}


@pytest.mark.parametrize("path", [path for path in SOURCES if path.is_relative_to(ROOT / "core")], ids=name)
def test_core_reads_no_clock_and_makes_no_random_id(path: Path) -> None:
    calls = {ast.unparse(node.func) for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}
    clocks = {"datetime.now", "datetime.utcnow", "date.today", "time.time", "time.monotonic"}
    assert not calls & {*clocks, "uuid1", "uuid4", "random.random"}


def snake(camel: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", camel).lower()


def test_each_use_case_has_the_file_of_its_name() -> None:
    from core.reacting import Errands, Every, When
    from core.reactions import REACTIONS

    classes: list[type] = []
    for row in REACTIONS:
        match row:
            case When():
                classes += row.reactions.values()
            case Every():
                classes += row.ticks.values()
            case Errands():
                classes += [errand for some in row.errands.values() for errand in some]
    for use_case in classes:
        assert use_case.__module__.rpartition(".")[2] == snake(use_case.__name__)


@pytest.mark.parametrize("role", CONTEXTS)
def test_a_role_has_the_same_word_everywhere(role: str) -> None:
    for place in (f"core/{role}", f"adapters/postgres/{role}", f"alembic/versions/{role}", f"tests/unit/{role}"):
        assert (ROOT / place).is_dir(), place
    assert (ROOT / f"entrypoints/http/{role}.py").is_file() or (ROOT / f"entrypoints/http/{role}").is_dir()


def test_alembic_hides_no_library() -> None:
    assert not (ROOT / "alembic/__init__.py").exists()


HOSTS = ("pypi" + r"\.org", "pythonhosted" + r"\.", r"registry\." + "npmjs", r"deb\." + "debian")
ELSEWHERE = re.compile("|".join((*HOSTS, "/ro" + "ot/", "/wo" + "rk/main")))
SOURCE_TEXT = r"|\.(py|toml|ini|md|txt|lock|sh|ya?ml|json|cfg|mako|html|css|svg|sql)"


def test_no_file_names_a_registry_or_this_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, check=True, capture_output=True, text=True)
    tracked = listed.stdout.split("\n")
    files = [
        ROOT / path
        for path in tracked
        if path and re.fullmatch(SOURCE_TEXT, Path(path).suffix) and (ROOT / path).is_file()
    ]
    assert len(files) > 100
    assert not [name(path) for path in files if ELSEWHERE.search(path.read_text(encoding="utf-8", errors="ignore"))]
