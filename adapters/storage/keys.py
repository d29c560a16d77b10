"""Which keys there can be: nothing that leads out of a folder, in any spelling."""

import re

from core.kernel.trouble import Malformed, NotFound

_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,127}){0,7}")


def writable(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise Malformed("this is no key of a file")
    return key


def readable(key: str) -> str:
    """A key that cannot be is one that is not there."""
    if not _KEY.fullmatch(key):
        raise NotFound("there is no such file")
    return key
