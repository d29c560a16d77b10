"""Runs the environments of tox.ini, then says in one line what passed:  python -m scripts.check [ENV,ENV…]"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

from scripts.interpreters import WANTED, find
from scripts.machine import ROOT, STATE, VENV

REPORTS = STATE / "reports"
CHECKS = ("lint", "types", "imports")
Ran = dict[str, list[dict[str, int]]]
Ended = dict[str, Ran]
LAYERS = ("contract", "integration", "journeys", "architecture", "docs")


def main(only: str = "") -> int:
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    pythons = {version: find(version) for version in WANTED}
    units = {unit(version): version for version in WANTED}
    environments = only.split(",") if only else [*CHECKS, *units, *LAYERS]
    absent = [units[name] for name in environments if name in units and not pythons[units[name]]]
    environments = [name for name in environments if units.get(name) not in absent]
    serverless = [name for name in environments if name not in LAYERS]
    began = time.monotonic()
    ended = tox("run-parallel", serverless, pythons) | tox("run", [n for n in environments if n in LAYERS], pythons)
    return report(environments, ended, absent, time.monotonic() - began)


def unit(version: str) -> str:
    return f"unit-py{version.replace('.', '')}"


def tox(how: str, environments: list[str], pythons: dict[str, Path | None]) -> Ended:
    """What tox noted of each environment. Side by side only what needs no server and measures no time."""
    if not environments:
        return {}
    result = REPORTS / f"{how}.json"
    options: list[str | Path] = ["--result-json", result, "--discover", *(path for path in pythons.values() if path)]
    if how == "run-parallel":
        options = ["--parallel", "2", "--parallel-no-spinner", *options]
    subprocess.run([VENV / "bin" / "tox", how, "-e", ",".join(environments), *options], cwd=ROOT, check=False)
    noted: Ended = json.loads(result.read_text())["testenvs"] if result.exists() else {}
    return {name: noted[name] for name in environments if name in noted}


def report(environments: list[str], ended: Ended, absent: list[str], seconds: float) -> int:
    red = [name for name in environments if not is_green(ended.get(name, {}))]
    passed = failed = skipped = 0
    for name in environments:
        tests, bad, left_out = counts(name)
        passed, failed, skipped = passed + tests - bad - left_out, failed + bad, skipped + left_out
        # A check without tests counts as one; so does a layer that broke before or beside its tests.
        passed += not tests and name not in red
        failed += not bad and name in red
    print(f"\n{len(environments) - len(red)} of {len(environments)} environments are green, after {seconds:.0f} s.")
    for name in red:
        print(f"RED: {name}; again with: make test ENVS={name}")
    for version in absent:
        print(f"NOT RUN: {unit(version)}, without a Python {version}. One way: .venv/bin/uv python install {version}")
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if red or not environments else 0


def is_green(environment: Ran) -> bool:
    runs = environment.get("test", [])
    return bool(runs) and all(run["retcode"] == 0 for run in runs)


def counts(name: str) -> tuple[int, int, int]:
    """Tests, those that failed or broke, those skipped."""
    path = REPORTS / f"{name}.xml"
    if not path.exists():
        return 0, 0, 0
    suites = list(ElementTree.parse(path).getroot().iter("testsuite"))  # noqa: S314 - pytest wrote it just now
    total = {key: sum(int(suite.get(key, 0)) for suite in suites) for key in ("tests", "failures", "errors", "skipped")}
    return total["tests"], total["failures"] + total["errors"], total["skipped"]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
