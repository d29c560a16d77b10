"""All generated files."""

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from entrypoints.docs.asyncapi import asyncapi
from entrypoints.docs.facts import kinds
from entrypoints.docs.reference import reference

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def files() -> Mapping[str, str]:
    """The text of each file by its path under `docs/messages/`."""
    schemas = {f"schemas/{kind.name}.json": _json(_standalone(kind.name, kind.schema)) for kind in kinds()}
    document = _json(asyncapi(kinds(), version("billow")))
    return {"README.md": reference(kinds()), "asyncapi.json": document, **schemas}


def _standalone(kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"$schema": DIALECT, "$id": f"urn:billow:message:{kind}", **schema}


def _json(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
