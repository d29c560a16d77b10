"""One S3 server for all tests of this folder, and the two buckets every promise is checked on."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from adapters.storage.bucket import ObstoreBucket
from core.kernel.secret import Secret
from tests.contract.storage.s3_server import S3Server, s3_server

FILES_URL = "http://billow.example/v1/files"
LINK_SECRET = Secret("a secret of links")


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    with s3_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture(params=["folder", "s3"])
def bucket(request: pytest.FixtureRequest, tmp_path: Path) -> ObstoreBucket:
    if request.param == "folder":
        return ObstoreBucket.open(f"{(tmp_path / 'bucket').as_uri()}", LINK_SECRET, FILES_URL)
    server: S3Server = request.getfixturevalue("s3")
    return ObstoreBucket.open(server.url(), LINK_SECRET, FILES_URL)


@pytest.fixture
def key() -> str:
    """One that no other test has used."""
    return f"invoices/2026/{uuid4().hex}.pdf"
