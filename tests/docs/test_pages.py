"""Links lead somewhere, diagrams are diagrams, and what is taken from the code is what the code says."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from entrypoints.docs.inserts import INSERTS, filled
from entrypoints.docs.inserts import PAGES as FILLED
from entrypoints.http.kit.metrics import measured
from entrypoints.metrics import Metrics
from entrypoints.settings import known
from tests.docs.pages import PAGES, ROOT, WRITTEN, Block, blocks, name, prose

LINK = re.compile(r'(?:\]\(|(?:src|href)=")(?!https?:)([^)#"\s]*)(#[^)"\s]+)?[)"]')
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """As the usual viewers name headings."""
    return {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in HEADING.findall(page.read_text("utf-8"))
    }


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = []
    for found in LINK.finditer(prose(page)):
        target = (page.parent / found[1]).resolve() if found[1] else page
        if not target.exists() or (found[2] and found[2][1:] not in anchors(target)):
            lost.append(found[0])
    assert lost == []


def test_every_page_can_be_reached_from_the_first() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        waiting += [(page.parent / found[1]).resolve() for found in LINK.finditer(prose(page)) if found[1]]
    assert {name(page) for page in PAGES} - {name(page) for page in reached} == set()


@pytest.mark.parametrize("page", FILLED)
def test_what_is_taken_from_the_code_is_what_the_code_says(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    assert filled(text) == text, "run python -m entrypoints.docs"


def test_each_piece_is_taken_by_a_page() -> None:
    text = "".join((ROOT / page).read_text("utf-8") for page in FILLED)
    assert [piece for piece in INSERTS if f"<!-- {piece} -->" not in text] == []


def test_operations_lists_every_setting() -> None:
    text = (ROOT / "docs/operations.md").read_text("utf-8")
    listed = {word.replace("<NAME>", "A") for word in re.findall(r"^\| `(BILLOW_[A-Z_<>]+)` \|", text, re.MULTILINE)}
    databases = {setting for setting in known(("a",)) if setting.endswith("_DATABASE_URL")} - listed
    assert "BILLOW_<SCHEMA>_DATABASE_URL" in listed
    assert known(("a",)) - listed - databases == set()


def test_operations_names_every_metric() -> None:
    text = (ROOT / "docs/operations.md").read_text("utf-8").split("## Watching")[1].split("\n## ")[0]
    named = set(re.findall(r"`(billow_[a-z_]+?)(?:_total)?(?:\{|`)", text))
    registry = Metrics().registry
    measured(registry)
    assert named == {metric.name for metric in registry.collect()}


VARIABLE = re.compile(r"BILLOW_[A-Z0-9_<>]*[A-Z0-9>]")


@pytest.mark.parametrize("page", WRITTEN, ids=name)
def test_no_page_names_an_unknown_setting(page: Path) -> None:
    text = page.read_text("utf-8").replace("<NAME>", "A").replace("<SCHEMA>", "PAYMENT")
    for_commands = {"BILLOW_HOME", "BILLOW_TOKEN", "BILLOW_TEST_AMQP_URL"}
    assert set(VARIABLE.findall(text)) - known(("a", "b", "c")) - for_commands == set()


NODES = r"(\w+(\[[^\[\]]+\]|\(\([^()]+\)\))?( & )?)+"
STATEMENTS = {
    "flowchart LR": rf"{NODES} -- (\"[^\"]+\"|[^\"]+?) --> {NODES}",
    "sequenceDiagram": r"participant \w+ as .+|\w+--?>>\w+: .+|Note over \w+(,\w+)?: .+|(loop|alt|else|opt) .+|end",
    "stateDiagram-v2": r"(\[\*\]|\w+) --> (\[\*\]|\w+)(: .+)?",
}


@pytest.mark.parametrize("block", blocks("mermaid"), ids=lambda block: block.page)
def test_every_diagram_is_made_of_statements(block: Block) -> None:
    kind, *lines = [line.strip() for line in block.text.splitlines() if line.strip()]
    assert [line for line in lines if not re.fullmatch(STATEMENTS[kind], line)] == []


@pytest.mark.parametrize(
    "block", [block for block in blocks("mermaid") if "sequenceDiagram" in block.text], ids=lambda block: block.page
)
def test_every_sequence_is_between_its_participants(block: Block) -> None:
    declared = set(re.findall(r"participant (\w+) as", block.text))
    used = {one for pair in re.findall(r"(\w+)--?>>(\w+):", block.text) for one in pair}
    assert used == declared
    assert len(re.findall(r"^\s*(?:loop|alt|opt) ", block.text, re.MULTILINE)) == len(
        re.findall(r"^\s*end$", block.text, re.MULTILINE)
    )


def test_pictures_are_small_and_whole() -> None:
    drawing = (ROOT / "docs/images/flow.svg").read_text("utf-8")
    assert ElementTree.fromstring(drawing).tag.endswith("svg")
    assert "http" not in drawing.replace("http://www.w3.org/2000/svg", "")
    for picture in (ROOT / "docs/images").glob("*.png"):
        assert picture.read_bytes().startswith(b"\x89PNG")
        assert picture.stat().st_size < 150_000
