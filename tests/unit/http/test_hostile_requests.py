"""G16: every error is problem+json and leaks nothing; hostile requests are cheap to refuse."""

import asyncio
import gzip

import pytest
from aiohttp import ClientSession

from entrypoints.http.kit import RunningServer, body
from tests.unit.http.conftest import Raw
from tests.unit.http.requests import JSON, bearer

PROBLEM = "application/problem+json"

BODIES = {
    "no JSON": (b"{nope", 400),
    "nothing": (b"", 400),
    "100,000 levels": (b"[" * 60_000, 400),
    "a 5,000-digit integer": (b'{"text": ' + b"1" * 5_000 + b"}", 400),
    "bad UTF-8": (b'{"text": "\xff\xfe"}', 400),
    "NaN": (b'{"text": NaN}', 400),
    "duplicate keys": (b'{"text": "a", "text": "b"}', 400),
    "NUL": (b'{"text": "\\u0000"}', 400),
    "more than 64 KiB": (b'"' + b"a" * 65_537 + b'"', 413),
    "another type": (b'{"text": 1}', 422),
    "an unknown member": (b'{"text": "a", "more": 1}', 422),
    "a list": (b"[]", 422),
}


@pytest.mark.parametrize(("content", "status"), BODIES.values(), ids=BODIES)
async def test_a_hostile_body_is_a_problem(client: ClientSession, content: bytes, status: int) -> None:
    async with client.post("/v1/echo", data=content, headers=bearer(**JSON)) as answer:
        assert (answer.status, answer.content_type) == (status, PROBLEM)
        assert (await answer.json(content_type=None))["status"] == status


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/json; charset=no-such-thing"},
        {"Content-Type": "nonsense"},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {"Content-Type": "application/json", "Content-Encoding": "br"},
    ],
    ids=str,
)
async def test_only_plain_utf_8_json_is_read(client: ClientSession, headers: dict[str, str]) -> None:
    async with client.post("/v1/echo", data=b'{"text": "a"}', headers=bearer() | headers) as answer:
        assert (answer.status, answer.content_type) == (415, PROBLEM)


async def test_a_gzip_bomb_is_not_unpacked(client: ClientSession) -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    headers = bearer(**JSON) | {"Content-Encoding": "gzip"}
    async with client.post("/v1/echo", data=bomb[:60_000], headers=headers) as answer:
        assert answer.status == 415


async def test_faults_are_pointed_at_and_never_repeated(client: ClientSession) -> None:
    content = {"text": 4242424242424242, "amount": {"minor": "9", "currency": "eur/x"}}
    async with client.post("/v1/echo", json=content, headers=bearer()) as answer:
        text = await answer.text()
        found = (await answer.json(content_type=None))["errors"]
    assert [fault["pointer"] for fault in found] == ["/body/text", "/body/amount/minor", "/body/amount/currency"]
    assert "4242" not in text
    assert "eur/x" not in text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("PATCH", "/v1/echo", 405),
        ("GET", "/v1/trouble/crash", 500),
        ("GET", "/v1/trouble/away", 503),
        ("GET", "/v1/trouble/teapot", 418),
        ("GET", "/v1/trouble/other", 404),
        ("GET", "/v1/trouble/%00", 404),
    ],
)
async def test_every_error_is_a_problem_that_leaks_nothing(
    client: ClientSession, method: str, path: str, status: int
) -> None:
    async with client.request(method, path) as answer:
        text = await answer.text()
        assert (answer.status, answer.content_type) == (status, PROBLEM)
    assert not [word for word in ("secret", "Traceback", "guest", ".py", "Error(") if word in text]
    assert "aiohttp" not in answer.headers["Server"]
    assert answer.headers["X-Correlation-Id"]
    if status == 405:
        assert answer.headers["Allow"] == "POST"
    if status == 503:
        assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "limit=1&limit=2", "user_id=%00", "limit=101"])
async def test_a_bad_query_is_pointed_at(client: ClientSession, query: str) -> None:
    async with client.get(f"/v1/payments?{query}", headers=bearer()) as answer:
        assert answer.status == 422
        assert (await answer.json(content_type=None))["errors"][0]["pointer"] == f"/query/{query.partition('=')[0]}"


@pytest.mark.parametrize(
    "wire",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n",
        b"POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /v1/echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 20_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    ],
    ids=lambda wire: repr(wire[:40]),
)
async def test_what_is_no_http_is_a_problem_too(raw: Raw, wire: bytes) -> None:
    status, headers, problem = await raw(wire)
    assert (status, headers["content-type"]) == (400, PROBLEM)
    assert problem == {"type": "about:blank", "title": "Bad Request", "status": 400}


async def test_an_unknown_expectation_is_a_problem_too(raw: Raw) -> None:
    status, headers, _ = await raw(b"GET /healthz HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\n\r\n")
    assert (status, headers["content-type"]) == (417, PROBLEM)


@pytest.mark.parametrize("began", [b"", b"GET /he", b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: "])
async def test_slow_headers_are_hung_up_on(server: RunningServer, began: bytes) -> None:
    reader, writer = await asyncio.open_connection(server.host, server.port)

    async def drip() -> None:
        while True:
            writer.write(b"a" if began else b"")
            await asyncio.sleep(0.1)

    writer.write(began)
    dripping = asyncio.create_task(drip())
    try:
        assert await asyncio.wait_for(reader.read(), 3) == b""
    except ConnectionResetError:
        pass  # hung up while a byte was on its way
    finally:
        dripping.cancel()
        writer.close()


async def test_a_slow_body_ends_in_408(raw: Raw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "READ_SECONDS", 0.2)
    wire = b"POST /v1/echo HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ann:billing\r\n"
    status, headers, _ = await raw(wire + b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
    assert (status, headers["content-type"], headers["connection"]) == (408, PROBLEM, "close")


async def test_a_body_is_not_read_for_a_stranger(raw: Raw) -> None:
    wire = b"POST /v1/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9999999\r\n\r\n{"
    status, headers, _ = await raw(wire)
    assert status == 401
    assert headers["www-authenticate"] == 'Bearer realm="billow"'
