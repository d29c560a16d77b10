"""What every role's HTTP side has: probes, metrics, correlation, a graceful end."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
import structlog
from aiohttp import ClientConnectionError, ClientSession

from entrypoints.http.kit import ANYBODY, Api, Check, CorrelationId, RunningServer, application, probes, serve
from tests.unit.http.requests import bearer
from tests.unit.http.shop import NamedTokens, Shop


@asynccontextmanager
async def running(
    *apis: Api, checks: dict[str, Check] | None = None
) -> AsyncIterator[tuple[RunningServer, ClientSession]]:
    app = application(apis, tokens=NamedTokens(), title="T", issuer="https://issuer.example", checks=checks)
    server = await serve(app)
    async with ClientSession(server.url) as client:
        yield server, client
    await server.stop()


async def test_readiness_names_what_is_away_and_says_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "CHECK_SECONDS", 0.05)

    async def green() -> None: ...

    async def red() -> None:
        raise ConnectionError("postgresql://user:secret@host")

    async def hanging() -> None:
        await asyncio.Event().wait()

    async with running(checks={"bus": green, "database": red, "bucket": hanging}) as (_, client):
        async with client.get("/readyz") as answer:
            problem = await answer.json(content_type=None)
            assert (answer.status, answer.content_type) == (503, "application/problem+json")
            assert problem["failed"] == ["database", "bucket"]
            assert "secret" not in str(problem)
        async with client.get("/healthz") as answer:
            assert answer.status == 200


async def test_ready_when_every_check_is_green() -> None:
    async def green() -> None: ...

    async with running(checks={"bus": green}) as (_, client), client.get("/readyz") as answer:
        assert answer.status == 200
        assert await answer.json() == {"status": "ok", "checks": ["bus"]}


async def test_requests_are_counted_by_route_and_never_by_path(client: ClientSession, shop: Shop) -> None:
    for path in (f"/v1/payments/{shop.payments[0].id}", "/v1/payments/other", "/nowhere/4242"):
        await client.get(path, headers=bearer())
    await client.request("PURGE", "/coffee")
    text = await (await client.get("/metrics")).text()
    count = "billow_http_request_seconds_count"
    assert f'{count}{{method="GET",route="/v1/payments/{{payment_id}}",status="200"}} 1.0' in text
    assert f'{count}{{method="GET",route="/v1/payments/{{payment_id}}",status="404"}} 1.0' in text
    assert f'{count}{{method="unmatched",route="unmatched",status="404"}} 2.0' in text
    assert str(shop.payments[0].id) not in text
    assert "PURGE" not in text


@pytest.mark.parametrize(("sent", "kept"), [("order-7.a:b_c", True), ("a b", False), ("x" * 65, False), ("é", False)])
async def test_a_sane_correlation_id_is_kept(client: ClientSession, sent: str, kept: bool) -> None:
    headers = bearer(X_Correlation_Id=sent)
    async with client.post("/v1/echo", json={"text": "a"}, headers=headers) as answer:
        told = answer.headers["X-Correlation-Id"]
        assert (told == sent) is kept
        assert (await answer.json())["correlation_id"] == told


async def test_each_request_logs_under_its_own_correlation_id() -> None:
    api = Api("log")

    @api.get("/v1/log", callers=ANYBODY)
    async def read_context(correlation_id: CorrelationId) -> bool:
        await asyncio.sleep(0)
        return structlog.contextvars.get_contextvars() == {"correlation_id": correlation_id}

    async with running(api) as (_, client):
        answers = await asyncio.gather(*(client.get("/v1/log") for _ in range(10)))
        assert all([await answer.json() for answer in answers])
        assert len({answer.headers["X-Correlation-Id"] for answer in answers}) == 10


async def test_head_is_answered_as_get_without_a_body(client: ClientSession) -> None:
    async with client.head("/healthz") as answer:
        assert (answer.status, await answer.read()) == (200, b"")


def slow_api(began: asyncio.Event, go_on: asyncio.Event) -> Api:
    api = Api("slow")

    @api.get("/v1/slow", callers=ANYBODY)
    async def slow() -> str:
        began.set()
        await go_on.wait()
        return "done"

    return api


@pytest.fixture
def new_event() -> Callable[[], asyncio.Event]:
    return asyncio.Event


async def test_stopping_lets_a_request_end_and_takes_no_more(new_event: Callable[[], asyncio.Event]) -> None:
    began, go_on = new_event(), new_event()
    async with running(slow_api(began, go_on)) as (server, client):
        under_way = asyncio.create_task(client.get("/v1/slow"))
        await began.wait()
        stopping = asyncio.create_task(server.stop())
        await asyncio.sleep(0.05)
        async with ClientSession(server.url) as late:
            with pytest.raises(ClientConnectionError):
                await late.get("/healthz")
        assert not stopping.done()
        go_on.set()
        assert await (await under_way).json() == "done"
        await asyncio.wait_for(stopping, 5)


async def test_an_idle_connection_does_not_delay_the_end() -> None:
    async with running() as (server, client):
        await client.get("/healthz")
        await asyncio.wait_for(server.stop(), 2)
