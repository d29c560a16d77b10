"""Which chain of messages the work at hand belongs to, so that every line of the log can say it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

CORRELATION_ID: ContextVar[str] = ContextVar("billow_correlation_id", default="")
"""Empty where the work belongs to no chain."""


@contextmanager
def following(correlation_id: str) -> Iterator[None]:
    """What is logged in this block, and by tasks started in it, belongs to this chain."""
    token = CORRELATION_ID.set(correlation_id)
    try:
        yield
    finally:
        CORRELATION_ID.reset(token)
