"""JSON that means one thing only, and is cheap to refuse: in front of every body, of a request or of a message."""

import json
import math
import re
from typing import Any, NoReturn

from core.kernel.trouble import Malformed

MAX_DEPTH = 32
MAX_DIGITS = 18

_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]', re.DOTALL)
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""NUL and lone surrogates: no database and no UTF-8 writer takes them."""


def parse(raw: bytes) -> Any:
    """UTF-8 without NaN, Infinity, duplicate keys, integers above 18 digits, NUL, or nesting deeper than 32.

    Raises `Malformed` in words that never repeat what was sent."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("the body is not UTF-8") from error
    _check_depth(text)
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is not JSON") from error


def dump(value: Any) -> bytes:
    """Compact UTF-8; text in any script stays readable."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _check_depth(text: str) -> None:
    depth = 0
    for token in _TOKENS.finditer(text):
        match token[0]:
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth -= 1
            case string:
                _check_string(string)
        if depth > MAX_DEPTH:
            raise Malformed(f"the body is nested deeper than {MAX_DEPTH}")


def _check_string(literal: str) -> None:
    if "\\u" in literal or "\0" in literal:
        try:
            text = json.loads(literal)
        except ValueError as error:
            raise Malformed("the body is not JSON") from error
        if UNSTORABLE.search(text):
            raise Malformed("the body has a character that is no text")


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        raise Malformed(f"the body has an integer of more than {MAX_DIGITS} digits")
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Malformed("the body has a number that is too large")
    return number


def _constant(_name: str) -> NoReturn:
    raise Malformed("the body has NaN or Infinity")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Malformed("the body has a duplicate key")
    return members


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_constant
)
