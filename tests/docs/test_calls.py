"""The HTTP calls that the pages tell of exist, and there is no call that they do not tell of."""

import re
from typing import Any

from entrypoints.http.activator import activator_routes
from entrypoints.http.gateway import gateway_routes
from entrypoints.http.notifier import notifier_routes
from entrypoints.http.payment import payment_routes
from entrypoints.http.subscription import subscription_routes
from tests.docs.pages import WRITTEN

NOTHING: Any = None
APIS = (
    payment_routes(NOTHING, NOTHING, NOTHING, NOTHING),
    subscription_routes(NOTHING, NOTHING),
    gateway_routes("gateway-{name}", NOTHING, NOTHING),
    notifier_routes(NOTHING, NOTHING),
    activator_routes(NOTHING),
)
SANDBOX = "sandbox.md"
"""The provider's own API."""

CALL = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE) (/v1/[\w/{}-]*)")


def plain(path: str) -> str:
    """Without the names of what is filled in."""
    return re.sub(r"\{\w+\}", "{}", path)


def offered() -> set[tuple[str, str]]:
    return {(operation.method, plain(operation.path)) for api in APIS for operation in api.operations}


def told() -> set[tuple[str, str]]:
    texts = [page.read_text("utf-8") for page in WRITTEN if page.name != SANDBOX]
    return {(method, plain(path)) for text in texts for method, path in CALL.findall(text)}


def test_every_call_that_is_told_exists() -> None:
    assert told() - offered() == set()


def test_every_call_is_told() -> None:
    assert offered() - told() == set()
