"""JSON that means one thing only: UTF-8, no NaN, no duplicate keys, no nesting deeper than `MAX_DEPTH`."""

import json
from typing import Any, NoReturn

from core.kernel.trouble import Malformed

MAX_DEPTH = 32


def parse(raw: bytes) -> Any:
    """The value that `raw` stands for. Raises `Malformed`, never repeating what was sent."""
    try:
        value = _DECODER.decode(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Malformed("the body is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is not JSON") from error
    if _deeper_than(MAX_DEPTH, value):
        raise Malformed(f"the body is nested deeper than {MAX_DEPTH}")
    return value


def dump(value: Any) -> bytes:
    """Compact UTF-8; text in any script stays readable."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _deeper_than(levels: int, value: Any) -> bool:
    if isinstance(value, dict):
        return levels == 0 or any(_deeper_than(levels - 1, item) for item in value.values())
    if isinstance(value, list):
        return levels == 0 or any(_deeper_than(levels - 1, item) for item in value)
    return False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("the body has a duplicate key")
    return members


def _constant(name: str) -> NoReturn:
    raise Malformed(f"the body has {name}")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)
