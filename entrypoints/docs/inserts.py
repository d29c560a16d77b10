"""What the handwritten pages take from the code: between `<!-- name -->` and `<!-- /name -->`."""

import re
from collections.abc import Callable
from dataclasses import Field, fields
from datetime import timedelta
from typing import Any

from core.kernel.secret import Secret
from entrypoints.samples import samples
from entrypoints.settings import GatewaySettings, Settings

PAGES = ("README.md", "docs/operations.md")
_MARKED = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- /\2 -->)", re.DOTALL)


def filled(page: str) -> str:
    """The page with what the code says now. Raises `KeyError` for a name that is none of ours."""
    return _MARKED.sub(lambda found: f"{found[1]}{INSERTS[found[2]]()}\n{found[3]}", page)


def sample_lines() -> str:
    lines = "\n".join(f"# {sample.what}\n{sample.line}" for sample in samples("http://127.0.0.1:8080"))
    return f"```sh\n{lines}\n```"


def settings_table() -> str:
    return _table(Settings, "BILLOW_")


def gateway_settings_table() -> str:
    return _table(GatewaySettings, "BILLOW_GATEWAY_<NAME>_")


def _table(kind: type[Any], prefix: str) -> str:
    head = ["| variable | meaning | default | needed by |", "| --- | --- | --- | --- |"]
    return "\n".join(head + [_row(setting, prefix) for setting in fields(kind) if "name" in setting.metadata])


def _row(setting: Field[Any], prefix: str) -> str:
    name = prefix + setting.metadata["name"].removeprefix("BILLOW_")
    meaning, needed = setting.metadata["help"].replace("|", "\\|"), setting.metadata["needed_by"]
    by = "every role" if len(needed) > 1 else "".join(needed)
    return f"| `{name}` | {meaning} | {_default(setting.default)} | {by} |"


def _default(value: Any) -> str:
    text = _plain(value)
    return f"`{text}`" if text else ""


def _plain(value: Any) -> str:
    """As it would stand in the environment."""
    if isinstance(value, Secret):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, timedelta):
        return str(value.days)
    if isinstance(value, tuple | frozenset):
        return ",".join(map(_plain, sorted(value) if isinstance(value, frozenset) else value))
    return "" if str(value) == "." else str(value)


INSERTS: dict[str, Callable[[], str]] = {
    "samples": sample_lines,
    "settings": settings_table,
    "gateway_settings": gateway_settings_table,
}
