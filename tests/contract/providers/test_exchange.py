"""What a client may conclude from how a request ended; the wire is real, the far end misbehaves."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import trustme
from aiohttp import web

from adapters.providers.exchange import Patience
from adapters.providers.sandbox.client import SandboxAccess, SandboxProvider
from core.gateway.ports import Captured, Mismatch, NotAttempted, Order, RefundOrder, Unknown
from core.kernel.money import Money
from core.kernel.secret import Secret
from core.kernel.trouble import Unavailable

ORDER = Order("order-1", "tok_x", Money(999, "EUR"), "")
CAPTURED = {"status": "captured", "reference": "ch_1", "amount": 999, "currency": "EUR"}

Connected = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def client(url: str, total: float = 1.0, connect: float = 0.5) -> AsyncIterator[SandboxProvider]:
    provider = SandboxProvider(SandboxAccess(url, Secret("sk"), Patience(total, connect)))
    try:
        yield provider
    finally:
        await provider.close()


@asynccontextmanager
async def listening(connected: Connected, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@asynccontextmanager
async def answering(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def cut_short(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"status": "captured", "refe')
    writer.close()


async def test_refused_connection_is_not_attempted() -> None:
    async with listening(silent) as address:
        pass
    async with client(f"http://{address}") as provider:
        assert isinstance(await provider.charge(ORDER), NotAttempted)


async def test_a_name_nobody_resolves_is_not_attempted() -> None:
    async with client("http://nobody.invalid") as provider:
        assert isinstance(await provider.charge(ORDER), NotAttempted)


async def test_a_certificate_nobody_vouches_for_is_not_attempted() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    async with listening(silent, context) as address, client(f"https://{address}") as provider:
        assert isinstance(await provider.charge(ORDER), NotAttempted)


async def test_a_handshake_that_hangs_is_not_attempted_after_the_connect_time() -> None:
    async with listening(silent) as address, client(f"https://{address}", total=30, connect=0.2) as provider:
        async with asyncio.timeout(5):
            assert isinstance(await provider.charge(ORDER), NotAttempted)


@pytest.mark.parametrize("ending", [silent, hang_up, cut_short], ids=lambda ending: ending.__name__)
async def test_an_answer_that_does_not_come_or_breaks_off_is_unknown(ending: Connected) -> None:
    async with listening(ending) as address, client(f"http://{address}", total=0.3) as provider:
        assert isinstance(await provider.charge(ORDER), Unknown)
        assert isinstance(await provider.refund(RefundOrder("r", "order-1", Money(1, "EUR"))), Unknown)
        with pytest.raises(Unavailable):
            await provider.check()


async def test_a_redirect_is_not_followed_and_unknown() -> None:
    asked: list[str] = []

    async def redirect(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    async with answering(redirect) as url, client(url) as provider:
        assert isinstance(await provider.charge(ORDER), Unknown)
    assert asked == ["/v1/charges"]


async def test_a_charge_is_sent_once_even_when_the_connection_breaks() -> None:
    sent = 0

    async def break_second(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        sent += 1
        if sent == 2 and request.transport:
            request.transport.close()
        return web.json_response(CAPTURED)

    async with answering(break_second) as url, client(url) as provider:
        assert isinstance(await provider.charge(ORDER), Captured)
        assert isinstance(await provider.charge(ORDER), Unknown)
    assert sent == 2


@pytest.mark.parametrize("status", [400, 403, 404, 408, 409, 422, 500, 502, 503, 504])
async def test_an_answer_nobody_agreed_on_is_unknown(status: int) -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(status=status, text="<html>sorry</html>")

    async with answering(handler) as url, client(url) as provider:
        assert isinstance(await provider.charge(ORDER), Unknown)
        assert isinstance(await provider.charge_status(ORDER), Unknown)


async def test_a_proxy_that_says_too_many_is_not_attempted() -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(status=429, text="slow down")

    async with answering(handler) as url, client(url) as provider:
        assert isinstance(await provider.charge(ORDER), NotAttempted)


async def test_a_key_the_provider_does_not_know_is_not_attempted() -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.json_response({"error": "unauthorized"}, status=401)

    async with answering(handler) as url, client(url) as provider:
        assert isinstance(await provider.charge(ORDER), NotAttempted)
        with pytest.raises(Unavailable):
            await provider.check()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"status": "captured"}',
        b'{"status": "captured", "reference": "ch_1"}',
        b'{"status": "captured", "reference": 7, "amount": 999, "currency": "EUR"}',
        b'{"status": "paid", "reference": "ch_1", "amount": 999, "currency": "EUR"}',
        b'{"status": "captured", "reference": "ch_1", "amount": "999", "currency": "EUR"}',
        b" " * 2_000_000 + b'{"status": "captured", "reference": "ch_1", "amount": 999, "currency": "EUR"}',
    ],
    ids=lambda body: body[:40].decode(),
)
async def test_a_yes_that_cannot_be_read_is_unknown(body: bytes) -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json")

    async with answering(handler) as url, client(url) as provider:
        assert isinstance(await provider.charge(ORDER), Unknown)


@pytest.mark.parametrize("said", [{"amount": 99900}, {"currency": "USD"}], ids=str)
async def test_another_amount_or_currency_needs_a_person(said: dict[str, object]) -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.json_response({**CAPTURED, **said})

    async with answering(handler) as url, client(url) as provider:
        assert isinstance(await provider.charge(ORDER), Mismatch)
        assert isinstance(await provider.charge_status(ORDER), Mismatch)


async def test_a_ledger_that_cannot_be_read_is_no_empty_ledger() -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.json_response({"entries": [{"n": 1}]})

    async with answering(handler) as url, client(url) as provider:
        with pytest.raises(Unavailable):
            await provider.ledger()
