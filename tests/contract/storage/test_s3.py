"""What only S3 can do wrong: rights, buckets, lost answers, silence; and links it serves itself."""

import asyncio
import socket
from datetime import timedelta
from functools import partial

import aiohttp
import pytest

from adapters.storage.bucket import ObstoreBucket
from core.kernel.secret import Secret
from core.kernel.trouble import Unavailable
from tests.contract.storage.s3_server import S3Server, deaf_proxy, free_ports

PDF = b"%PDF-1.7 test"


def opened(url: str) -> ObstoreBucket:
    return ObstoreBucket.open(url, Secret("unused"), "http://billow.example")


async def fetched(url: str) -> tuple[int, bytes, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as response:
        return response.status, await response.read(), response.headers.get("Content-Disposition", "")


async def test_a_link_serves_the_file_under_its_name_and_only_unchanged(s3: S3Server, key: str) -> None:
    bucket = opened(s3.url())
    await bucket.put_once(key, PDF, "application/pdf", "Rechnung ü.pdf")
    url = await bucket.signed_url(key, "Rechnung ü.pdf", timedelta(minutes=5))
    assert await fetched(url) == (200, PDF, "attachment; filename*=UTF-8''Rechnung%20%C3%BC.pdf")
    assert (await fetched(url[:-4] + "0000"))[0] == 403
    assert not bucket.verify(key, "Rechnung ü.pdf", "1900000000", "0" * 64)


async def test_a_link_expires(s3: S3Server, key: str) -> None:
    bucket = opened(s3.url())
    await bucket.put_once(key, PDF, "application/pdf", "x.pdf")
    url = await bucket.signed_url(key, "x.pdf", timedelta(seconds=1))
    assert (await fetched(url))[0] == 200
    await asyncio.sleep(2.1)
    assert (await fetched(url))[0] == 403


async def test_a_link_names_the_server_as_browsers_know_it(s3: S3Server, key: str) -> None:
    bucket = opened(s3.url(public_endpoint="https://files.example"))
    assert (await bucket.signed_url(key, "x.pdf", timedelta(minutes=1))).startswith("https://files.example/invoices/")


@pytest.mark.parametrize("lost", [1, 2])
async def test_a_put_whose_answer_was_lost_is_found_done(s3: S3Server, key: str, lost: int) -> None:
    async with deaf_proxy(s3.port, answers_lost=lost) as port:
        bucket = opened(s3.url(port=port))
        try:
            await bucket.put_once(key, PDF, "application/pdf", "x.pdf")
        except Unavailable:
            await bucket.put_once(key, PDF, "application/pdf", "x.pdf")
    assert await opened(s3.url()).get(key) == PDF


async def test_a_missing_bucket_is_no_missing_file(s3: S3Server, key: str) -> None:
    await everything_is_unavailable(opened(s3.url(bucket="elsewhere")), key)


async def test_a_wrong_key_is_unavailable(s3: S3Server, key: str) -> None:
    await everything_is_unavailable(opened(s3.url(secret="wrong")), key)


async def test_nobody_there_is_unavailable(s3: S3Server, key: str) -> None:
    await everything_is_unavailable(opened(s3.url(port=free_ports(1)[0], timeout="0.5")), key)


async def test_a_server_that_never_answers_is_given_up(s3: S3Server, key: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with asyncio.timeout(20):
            await everything_is_unavailable(opened(s3.url(port=silent.getsockname()[1], timeout="0.3")), key)


async def everything_is_unavailable(bucket: ObstoreBucket, key: str) -> None:
    with pytest.raises(Unavailable):
        await bucket.put_once(key, PDF, "application/pdf", "x")
    for attempt in (partial(bucket.get, key), bucket.keys, bucket.check):
        with pytest.raises(Unavailable):
            await attempt()
