"""Looking for a card number and its CVC everywhere they must not be: in clear, in base64, in hex."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg


@dataclass(frozen=True)
class Canary:
    """What must be found nowhere."""

    number: str
    cvc: str

    def is_in(self, content: bytes) -> bool:
        return any(trace in content for trace in (*self._number_traces(), *self._cvc_traces()))

    def _number_traces(self) -> Iterator[bytes]:
        plain = self.number.encode()
        groups = [plain[start : start + 4] for start in range(0, len(plain), 4)]
        yield from (b" ".join(groups), b"-".join(groups), plain, plain.hex().encode())
        yield from _base64_traces(plain)

    def _cvc_traces(self) -> Iterator[bytes]:
        """A few digits are anywhere; in quotes they were a value."""
        for quote in (b'"', b"'"):
            yield quote + self.cvc.encode() + quote


def _base64_traces(plain: bytes) -> Iterator[bytes]:
    """The middle of its base64 for each of the three places it may begin at; the ends depend on the neighbours."""
    for before in range(3):
        coded = b64encode(b"\0" * before + plain)
        yield coded[4 if before else 0 : len(coded) - 4]


async def seen_in_database(url: str, canary: Canary) -> list[str]:
    """Tables of every schema with a trace of it."""
    connection = await asyncpg.connect(url)
    try:
        found = await connection.fetch(
            "SELECT schemaname AS schema, tablename AS name FROM pg_tables "
            "WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        )
        names = [f'"{row["schema"]}"."{row["name"]}"' for row in found]
        return [name for name in names if _in_rows(await connection.fetch(f"SELECT * FROM {name}"), canary)]
    finally:
        await connection.close()


async def seen_in_write_ahead_log(url: str, canary: Canary) -> list[str]:
    """What was in a table only for a moment stands there all the same."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("SELECT pg_switch_wal()")  # so that nothing waits in memory any more
        folder = Path(await connection.fetchval("SHOW data_directory")) / "pg_wal"
    finally:
        await connection.close()
    return seen_in_files(folder, canary)


def seen_in_files(folder: Path, canary: Canary) -> list[str]:
    files = (file for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
    return [str(file.relative_to(folder)) for file in files if canary.is_in(file.read_bytes())]


def seen_in_texts(texts: Iterable[str | bytes], canary: Canary) -> list[str]:
    found = (text.encode() if isinstance(text, str) else text for text in texts)
    return [text.decode("utf-8", "replace")[:200] for text in found if canary.is_in(text)]


def _in_rows(rows: "list[asyncpg.Record]", canary: Canary) -> bool:
    values = [value for row in rows for value in row.values()]
    raw = (value if isinstance(value, bytes) else str(value).encode() for value in values)
    return any(canary.is_in(value) for value in raw) or canary.cvc in values
