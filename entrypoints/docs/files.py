"""All generated files."""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from entrypoints.docs.asyncapi import asyncapi
from entrypoints.docs.facts import kinds
from entrypoints.docs.reference import reference

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def files() -> Mapping[str, str]:
    """The text of each file by its path under `docs/messages/`."""
    schemas = {f"schemas/{kind.name}.json": _json(_standalone(kind.name, kind.schema)) for kind in kinds()}
    document = _json(asyncapi(kinds(), _version()))
    return {"README.md": reference(kinds()), "asyncapi.json": document, **schemas}


def _version() -> str:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    return str(project["project"]["version"])


def _standalone(kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": DIALECT, "$id": f"urn:billow:message:{kind}", **schema}


def _json(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
