"""`billow demo` as a process: what it writes for machines, tells people and leaves in a folder."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from tests.integration.processes import Ended, end_of, started

DAYS = 8
SECONDS = 240.0
KEYS = {
    *("users", "days", "payments", "attempts", "invoices", "emails", "texts", "blocked", "restored"),
    *("per_currency", "pdf_dir", "audit", "seconds"),
}
BAD_ROWS = {
    "line 19: email: no e-mail address",
    "line 44: currency: no ISO 4217 currency",
    "line 70: subscribed_on: no date such as 2026-01-31",
    "line 93: card_number: no card number",
    "line 117: user_id: the same as in line 7",
    "line 140: name: missing",
    "line 166: 9 columns instead of 16",
    "line 190: time_zone: 'Europe/Atlantis' is no time zone",
}


@dataclass(frozen=True)
class Shown:
    """One run: how it ended, its summary and its PDFs."""

    ended: Ended
    summary: dict[str, Any]
    pdfs: dict[str, bytes]


async def shown(home: Path) -> Shown:
    file = home / "summary.json"
    file.unlink(missing_ok=True)
    process = await started("demo", "--days", str(DAYS), "--json", str(file), environ={"BILLOW_HOME": str(home)})
    ended = await end_of(process, SECONDS)
    assert ended.code == 0, ended.output + ended.errors
    summary = json.loads(file.read_text(encoding="utf-8"))
    return Shown(ended, summary, files_in(Path(summary["pdf_dir"])))


def files_in(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture(scope="module")
def demo_home() -> Iterator[Path]:
    with TemporaryDirectory(prefix="billow-demo-") as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def first(demo_home: Path) -> Shown:
    return asyncio.run(shown(demo_home))


def test_the_summary_has_every_key(first: Shown) -> None:
    assert first.summary.keys() >= KEYS
    assert first.summary["payments"].keys() >= {"requested", "succeeded", "failed", "repaid"}
    assert (first.summary["users"], first.summary["days"]) == (200, DAYS)


def test_the_audit_looked_at_something_and_agrees(first: Shown) -> None:
    audit = first.summary["audit"]
    assert audit["ok"] is True
    looked_at = {check["name"]: check["looked_at"] for check in audit["checks"] if check["ok"]}
    assert len(looked_at) == len(audit["checks"]) > 5
    assert sum(looked_at.values()) > 0
    assert looked_at["each invoice has its file, byte for byte"] == first.summary["invoices"] > 0


def test_each_invoice_is_a_pdf_in_the_folder(first: Shown) -> None:
    assert len(first.pdfs) == first.summary["invoices"] > 0
    assert not [name for name, pdf in first.pdfs.items() if not (name.endswith(".pdf") and pdf.startswith(b"%PDF"))]


def test_each_bad_row_is_told_with_its_line_and_reason(first: Shown) -> None:
    lines = [line.strip() for line in first.ended.output.splitlines()]
    assert "8 rows of subscribers.csv were not imported:" in lines
    assert {line for line in lines if line.startswith("line ")} == BAD_ROWS


def test_three_currencies_are_billed(first: Shown) -> None:
    sums = first.summary["per_currency"]
    assert sums.keys() == {"USD", "EUR", "JPY"}
    assert all(type(minor) is int for amounts in sums.values() for minor in amounts.values())
    assert all(amounts["paid"] > 0 for amounts in sums.values())


async def test_a_second_run_replaces_the_first(first: Shown, demo_home: Path) -> None:
    left = Path(first.summary["pdf_dir"]) / "left-by-the-first.pdf"
    left.write_bytes(b"%PDF")
    second = await shown(demo_home)
    assert left.name not in second.pdfs
    assert len(second.pdfs) == second.summary["invoices"]
    for told in ("users", "payments", "invoices", "per_currency"):
        assert second.summary[told] == first.summary[told]
