"""Transactions opened for a request: what they send carries the request's correlation id."""

from contextlib import AbstractAsyncContextManager
from typing import Generic, TypeVar
from uuid import uuid4

import structlog

from core.messaging.envelope import Trace
from core.messaging.ports import Transactions

T = TypeVar("T")


class Traced(Generic[T]):
    """Opens a role's transactions with the trace of the request at hand."""

    def __init__(self, transactions: Transactions[T]) -> None:
        self._transactions = transactions

    def __call__(self) -> AbstractAsyncContextManager[T]:
        cause = uuid4().hex
        correlation = structlog.contextvars.get_contextvars().get("correlation_id", cause)
        return self._transactions(Trace(correlation, cause))
