"""Links to the files of a folder: who may open what, and how long."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from adapters.storage.bucket import ObstoreBucket
from adapters.storage.links import LONGEST, SignedLinks
from core.kernel.secret import Secret
from core.kernel.trouble import Unavailable

KEY = "invoices/2026/0af3.pdf"
MINUTES = timedelta(minutes=5)


class Watch:
    """Real time that a test can move, in seconds."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.5

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def links(watch: Watch) -> SignedLinks:
    return SignedLinks("https://billow.example/v1/files/", Secret(b"present"), now=watch)


def parts(url: str) -> dict[str, str]:
    """What a handler takes from the link."""
    split = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(split.query).items()}
    return {"key": unquote(split.path).removeprefix("/v1/files/"), **query}


async def test_a_link_opens_its_file_until_it_expires(links: SignedLinks, watch: Watch) -> None:
    url = await links.url(KEY, "Rechnung 7 ü&.pdf", MINUTES)
    assert url.startswith("https://billow.example/v1/files/invoices/2026/0af3.pdf?")
    link = parts(url)
    assert link["filename"] == "Rechnung 7 ü&.pdf"
    assert links.verify(**link)
    watch.now += 299
    assert links.verify(**link)
    watch.now += 1
    assert not links.verify(**link)


@pytest.mark.parametrize(
    "change",
    [
        {"key": "invoices/2026/0af4.pdf"},
        {"filename": "other.pdf"},
        {"expires": "1900000000"},
        {"expires": "999999999999999999999999"},
        {"expires": ""},
        {"expires": "-1"},
        {"expires": "١٩٠٠٠٠٠٠٠٠"},
        {"signature": ""},
        {"signature": "0" * 64},
        {"signature": "ü\ud800"},
        {"key": "\ud800"},
        {"key": KEY + "INV", "filename": "-1.pdf"},
    ],
)
async def test_a_link_that_was_changed_opens_nothing(links: SignedLinks, change: dict[str, str]) -> None:
    link = parts(await links.url(KEY, "INV-1.pdf", MINUTES))
    assert not links.verify(**(link | change))


async def test_another_secret_opens_nothing_unless_it_is_being_rotated(links: SignedLinks, watch: Watch) -> None:
    link = parts(await links.url(KEY, "INV-1.pdf", MINUTES))
    assert not SignedLinks(links.base_url, Secret(b"next"), now=watch).verify(**link)
    assert SignedLinks(links.base_url, Secret(b"next"), (links.secret,), now=watch).verify(**link)


async def test_no_link_lives_longer_than_a_week(links: SignedLinks, watch: Watch) -> None:
    link = parts(await links.url(KEY, "INV-1.pdf", timedelta(days=365)))
    assert int(link["expires"]) == int(watch.now + LONGEST.total_seconds())


async def test_the_bucket_verifies_the_links_it_gives(tmp_path: Path) -> None:
    bucket = ObstoreBucket.open((tmp_path / "with space").as_uri(), Secret("s"), "http://billow.example/v1/files")
    await bucket.put_once(KEY, b"%PDF", "application/pdf", "INV-1.pdf")
    link = parts(await bucket.signed_url(KEY, "INV-1.pdf", MINUTES))
    assert bucket.verify(**link)
    assert (tmp_path / "with space" / KEY).read_bytes() == b"%PDF"


async def test_a_folder_that_went_away_fails_the_check(tmp_path: Path) -> None:
    bucket = ObstoreBucket.open((tmp_path / "bucket").as_uri(), Secret("s"), "http://billow.example")
    (tmp_path / "bucket").rmdir()
    with pytest.raises(Unavailable):
        await bucket.check()


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    bucket = ObstoreBucket.open((tmp_path / "bucket").as_uri(), Secret("s"), "http://billow.example")
    (tmp_path / "bucket" / "invoices").write_bytes(b"a file where a folder should be")
    with pytest.raises(Unavailable):
        await bucket.put_once(KEY, b"%PDF", "application/pdf", "INV-1.pdf")


@pytest.mark.parametrize(
    "url", ["", "file://", "file:///", "file://host/x", "http://x", "s3://", "/tmp/x", "s3://b?endpont=x"]
)
def test_a_url_that_is_no_bucket_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="bucket"):
        ObstoreBucket.open(url, Secret("s"), "http://billow.example")
