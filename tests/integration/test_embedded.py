"""The embedded default: one at a time in a folder, in any folder, and nobody else at its database."""

import asyncio
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from adapters.clocks import SystemClock
from adapters.postgres.database import credentials_of
from adapters.postgres.embedded import embedded_postgres_at
from core.kernel.trouble import Refused
from entrypoints.embedded import Wishes, embedded
from entrypoints.local import alone


@pytest.fixture
def place() -> Iterator[Path]:
    """Short, unlike pytest's own folders, and open to the server's user."""
    with TemporaryDirectory(prefix="billow-") as folder:
        yield Path(folder)


def socket_folder(url: str) -> Path:
    return Path(parse_qs(urlsplit(url).query)["host"][0])


async def answers(url: str) -> bool:
    connection = await asyncpg.connect(**credentials_of(url))
    try:
        return bool(await connection.fetchval("SELECT true"))
    finally:
        await connection.close()


@pytest.mark.parametrize("name", ["data", "my data", "n" * 90, "50%+a,b&c#d"])
def test_a_database_starts_in_any_folder_and_lets_nobody_else_in(place: Path, name: str) -> None:
    data = place / name / "postgres"
    with embedded_postgres_at(data) as url:
        assert asyncio.run(answers(url))
        folder = socket_folder(url)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.stat().st_uid == data.stat().st_uid
    assert folder == data or not folder.exists()
    with embedded_postgres_at(data) as again:
        assert again == url


def test_a_folder_of_somebody_else_is_not_taken_for_the_socket(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, sockets = place / "my data" / "postgres", place / "sockets"
    sockets.mkdir()
    monkeypatch.setattr("adapters.postgres.embedded.SHORT", sockets)
    with embedded_postgres_at(data) as url:
        folder = socket_folder(url)
    assert folder.parent == sockets
    folder.symlink_to(place)
    with pytest.raises(Refused, match="socket"), embedded_postgres_at(data):
        pass


async def test_a_second_billow_in_a_folder_is_refused(place: Path) -> None:
    with alone(place), pytest.raises(Refused, match="runs in this folder already"):
        async with embedded(Wishes(place, SystemClock())):
            pass
    with alone(place):
        pass


async def test_a_billow_that_gets_no_port_leaves_the_notes_as_they_are(place: Path) -> None:
    (place / "url").write_text("http://before", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        async with embedded(Wishes(place, SystemClock(), port=taken.getsockname()[1])):
            pass
    assert (place / "url").read_text(encoding="utf-8") == "http://before"
    assert not (place / "keys" / "environ.json").exists()
