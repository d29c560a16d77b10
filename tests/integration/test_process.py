"""Billow as processes: helped, refused, run under load and stopped in the middle of it."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import click
import pytest
from aiohttp import ClientError, ClientSession, TCPConnector
from click.testing import CliRunner

from core.contracts.payment_responses import PaymentFailed
from core.kernel.identity import OPERATOR, PRODUCT, USER
from core.kernel.ids import PaymentId, UserId
from core.topology import consumers
from entrypoints.cli import COMMANDS, main
from entrypoints.client import Client
from entrypoints.embedded import local_issuer
from tests.conftest import Databases, ManualClock
from tests.integration.deployed import connected, granted
from tests.integration.processes import billow, end_of, running
from tests.integration.stand import GATEWAYS, stand
from tests.integration.waiting import until
from tests.journeys.world import card_of
from tests.samples import SAMPLES

STOP_SECONDS = 30.0


def commands(command: click.Command, *path: str) -> Iterator[tuple[str, ...]]:
    """Every command and those below it."""
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, *path, name)


@pytest.mark.parametrize("path", [*commands(main)], ids=" ".join)
def test_every_command_explains_itself(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*path, "--help"], prog_name="billow")
    assert result.exit_code == 0, result.output
    assert f"Usage: billow {' '.join(path)}".strip() in result.output
    assert len(result.output.splitlines()) > 5


async def test_the_help_of_the_process_names_every_command() -> None:
    ended = await billow("--help")
    assert (ended.code, ended.errors) == (0, "")
    assert not [name for name in COMMANDS if name not in ended.output]


async def test_an_unknown_command_is_refused() -> None:
    ended = await billow("chrage")
    assert (ended.code, "No such command" in ended.errors) == (2, True)


@pytest.mark.parametrize("consumer", consumers(GATEWAYS))
def test_a_role_without_settings_names_every_one_it_misses(consumer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("BILLOW_")]:
        monkeypatch.delenv(name)
    role, _, gateway = consumer.partition("-")
    arguments = ["run", role, *(["--gateway", gateway] if gateway else [])]
    result = CliRunner(env={"BILLOW_GRACE_DAYS": "soon"}).invoke(main, arguments, prog_name="billow")
    assert result.exit_code == 2
    own = {
        "payment": ["GATEWAY_A_SEALING_PUBLIC_KEY_FILE", "GATEWAY_B_SEALING_PUBLIC_KEY_FILE"],
        "gateway": [f"GATEWAY_{gateway.upper()}_{key}" for key in ("PROVIDER_URL", "PROVIDER_KEY", "SEALING_KEY_FILE")],
        "notifier": ["BUCKET_URL", "BUCKET_SECRET", "SMTP_URL", "SMS_URL"],
    }
    missing = ["DATABASE_URL", "AMQP_URL", "ISSUER", *own.get(role, [])]
    assert not [name for name in missing if f"BILLOW_{name}: missing" not in result.output], result.output
    assert "BILLOW_GRACE_DAYS: " in result.output


async def test_wrong_settings_end_a_process_with_code_2() -> None:
    ended = await billow("run", "activator", environ={"BILLOW_TYPO": "x", "BILLOW_GRACE_DAYS": "-1"})
    faults = ("BILLOW_DATABASE_URL: missing", "BILLOW_ISSUER: missing", "BILLOW_TYPO: unknown", "BILLOW_GRACE_DAYS: ")
    assert (ended.code, "Traceback" in ended.errors, ended.output) == (2, False, "")
    assert not [fault for fault in faults if fault not in ended.errors]


async def test_a_wrong_url_of_a_database_ends_in_words(postgres_server: str) -> None:
    environ = {
        "BILLOW_DATABASE_URL": "postgresql://postgres@127.0.0.1:1/nowhere",
        "BILLOW_ISSUER": "https://id.example.com",
    }
    ended = await billow("run", "activator", environ=environ | {"BILLOW_BUS_DATABASE_URL": postgres_server})
    assert (ended.code, "Traceback" in ended.errors) == (1, False), ended.errors


MANY = 3000


async def test_a_role_that_is_stopped_in_the_middle_leaves_nothing_half_done(
    databases: Databases, clock: ManualClock
) -> None:
    """Every message was handled with its whole effect, or lies in its queue for the next process."""
    url = await granted(databases)
    failed = next(sample for sample in SAMPLES if isinstance(sample, PaymentFailed))
    async with stand(url, clock, "activator") as roles:
        ids = [uuid4() for _ in range(MANY)]
        await roles.publish(*(replace(failed, payment_id=PaymentId(one), user_id=UserId(str(one))) for one in ids))
    environ = {"BILLOW_DATABASE_URL": url, "BILLOW_BUS_DATABASE_URL": url, "BILLOW_ISSUER": "https://id.example.com"}
    async with connected(url) as connection, running("run", "activator", "--consume", environ=environ) as process:

        async def handled() -> int:
            return int(await connection.fetchval("SELECT count(*) FROM activator.inbox"))

        async def some_but_not_all() -> bool:
            return await handled() > 0

        await until(some_but_not_all, True)
        process.send_signal(signal.SIGTERM)
        ended = await end_of(process, STOP_SECONDS)
        assert (ended.code, "cut off" in ended.errors) == (0, False)
        done = await handled()
        assert 0 < done < MANY, "it was stopped in the middle"
        for effect in ("payment_facts", "accesses", "outbox"):
            assert await connection.fetchval(f"SELECT count(*) FROM activator.{effect}") == done
        left = "SELECT count(*), count(leased_until) FROM bus.deliveries WHERE queue = $1"
        assert tuple(await connection.fetchrow(left, "billow.activator.payment-responses")) == (MANY - done, 0)


@dataclass
class Up:
    """`billow up` as a process, and somebody who talks to it."""

    process: asyncio.subprocess.Process
    url: str
    home: Path

    def caller(self, http: ClientSession, user: str, *scopes: str) -> Client:
        return Client(http, self.url, self.token(user, *scopes))

    def token(self, user: str, *scopes: str) -> str:
        return local_issuer(self.home / "up", self.url).issue(user, "shop", scopes, timedelta(hours=1))


@asynccontextmanager
async def up(home: Path) -> AsyncIterator[Up]:
    async with running("up", "--port", "0", environ={"BILLOW_HOME": str(home)}) as process:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            line = (await process.stdout.readline()).decode()
        found = re.search(r"http://[\d.:]+", line)
        assert found, line + (await end_of(process)).errors
        yield Up(process, found[0], home)


async def known_payer(billow: Up, http: ClientSession) -> None:
    staff, ann = billow.caller(http, "staff", OPERATOR), billow.caller(http, "ann", USER)
    person = {"name": "Ann", "email": "ann@example.org", "phone": "+12025550100", "country": "US"}
    await staff.put("/v1/users/ann", person)
    await ann.post("/v1/cards", {"card": card_of("visa")})

    async def states() -> list[str]:
        return [card["state"] for card in (await ann.get("/v1/cards"))["items"]]

    await until(states, ["active"])


async def pay(billow: Up, token: str, request_id: str) -> str | None:
    """The request's id if it was accepted; None if it found the door closed."""
    body = {"user_id": "ann", "request_id": request_id, "amount": {"minor": 100, "currency": "USD"}, "description": "T"}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": request_id}
    try:
        async with (
            ClientSession(connector=TCPConnector(force_close=True)) as http,
            http.post(billow.url + "/v1/payments", json=body, headers=headers) as answer,
        ):
            assert answer.status == 202, await answer.text()
            await answer.read()
            return request_id
    except ClientError:
        return None


async def test_up_is_stopped_under_load_and_the_next_one_finishes_what_was_accepted(home: Path) -> None:
    async with up(home) as first, ClientSession() as http:
        await known_payer(first, http)
        token, requests = first.token("shop", PRODUCT), iter(range(1000))
        accepted: set[str] = set()
        closed = asyncio.Event()

        async def customer() -> None:
            while not closed.is_set():
                done = await pay(first, token, f"r{next(requests)}")
                accepted.add(done) if done else closed.set()

        customers = [asyncio.create_task(customer()) for _ in range(8)]

        async def busy() -> bool:
            return len(accepted) > 40

        await until(busy, True)
        first.process.send_signal(signal.SIGTERM)
        ended = await end_of(first.process, STOP_SECONDS)
        await asyncio.gather(*customers)
        assert (ended.code, "cut off" in ended.errors, "Traceback" in ended.errors) == (0, False, False), ended.errors

    async with up(home) as second, ClientSession() as http:
        ann = second.caller(http, "ann", USER)

        async def paid() -> set[tuple[str, str]]:
            return {(p["request_id"], p["state"]) async for p in ann.every("/v1/payments")}

        await until(paid, {(request_id, "succeeded") for request_id in accepted}, 60)
        numbers = [invoice["number"] async for invoice in ann.every("/v1/invoices")]
        assert len(numbers) == len(set(numbers)) <= len(accepted)
        second.process.send_signal(signal.SIGTERM)
        assert (await end_of(second.process, STOP_SECONDS)).code == 0
