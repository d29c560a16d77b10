"""What the core may expect of a bucket, on a folder and on a real S3 server."""

import asyncio
from datetime import timedelta

import pytest

from adapters.storage.bucket import ObstoreBucket
from core.kernel.trouble import Conflict, Malformed, NotFound

PDF = b"%PDF-1.7 " + bytes(range(256)) * 40
HOSTILE = (
    "../secret",
    "invoices/../../secret",
    "/etc/passwd",
    "invoices//x",
    "invoices/./x",
    "..",
    ".",
    "",
    "a\\..\\b",
    "%2e%2e/secret",
    "a\0b",
    "a\nb",
    "ü.pdf",
    "x" * 200,
    "/".join("x" * 20),
    ".hidden",
    "a/.hidden",
)


async def put(bucket: ObstoreBucket, key: str, content: bytes = PDF) -> None:
    await bucket.put_once(key, content, "application/pdf", "INV-1.pdf")


async def test_what_was_put_is_got(bucket: ObstoreBucket, key: str) -> None:
    await put(bucket, key)
    assert await bucket.get(key) == PDF
    assert key in await bucket.keys()


async def test_putting_the_same_again_is_fine(bucket: ObstoreBucket, key: str) -> None:
    await put(bucket, key)
    await put(bucket, key)
    assert await bucket.get(key) == PDF


async def test_putting_something_else_under_the_same_key_is_a_conflict_and_changes_nothing(
    bucket: ObstoreBucket, key: str
) -> None:
    await put(bucket, key)
    with pytest.raises(Conflict):
        await put(bucket, key, PDF + b"!")
    assert await bucket.get(key) == PDF


async def test_of_many_writers_one_wins_and_the_others_learn_it(bucket: ObstoreBucket, key: str) -> None:
    results = await asyncio.gather(
        *(put(bucket, key, b"%PDF" + bytes([number])) for number in range(20)), return_exceptions=True
    )
    assert results.count(None) == 1
    assert all(isinstance(result, Conflict) for result in results if result is not None)
    assert await bucket.get(key) == b"%PDF" + bytes([results.index(None)])


async def test_many_writers_of_the_same_are_all_content(bucket: ObstoreBucket, key: str) -> None:
    await asyncio.gather(*(put(bucket, key) for _ in range(20)))
    assert await bucket.get(key) == PDF


async def test_a_file_of_many_megabytes_is_created_once_too(bucket: ObstoreBucket, key: str) -> None:
    await put(bucket, key, b"x" * 12_000_000)
    with pytest.raises(Conflict):
        await put(bucket, key, b"y" * 12_000_000)


async def test_a_key_that_is_not_there_is_not_found(bucket: ObstoreBucket, key: str) -> None:
    with pytest.raises(NotFound):
        await bucket.get(key)


@pytest.mark.parametrize("hostile", HOSTILE)
async def test_no_key_leads_out_of_the_bucket(bucket: ObstoreBucket, hostile: str) -> None:
    with pytest.raises(Malformed):
        await put(bucket, hostile)
    with pytest.raises(NotFound):
        await bucket.get(hostile)
    with pytest.raises(NotFound):
        await bucket.signed_url(hostile, "x.pdf", timedelta(minutes=5))


async def test_a_bucket_that_is_there_passes_its_check(bucket: ObstoreBucket) -> None:
    await bucket.check()
