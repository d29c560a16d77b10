"""What a token must look like before anything is spent on it."""

import re
from typing import NoReturn

import structlog
from authlib.oauth2.rfc6750 import InvalidTokenError

MAX_BYTES = 8 * 1024

_TOKEN68 = re.compile(r"[A-Za-z0-9._~+/-]+=*")

log = structlog.get_logger(__name__)


def check_form(token: str) -> None:
    """At most 8 KiB of RFC 6750 §2.1 characters. Raises `InvalidTokenError`."""
    if len(token) > MAX_BYTES or not _TOKEN68.fullmatch(token):
        refuse("form")


def refuse(reason: str) -> NoReturn:
    """The reason goes to the log; whoever guesses tokens learns nothing from the answer."""
    log.info("token_refused", reason=reason)
    raise InvalidTokenError
