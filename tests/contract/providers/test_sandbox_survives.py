"""What the sandbox has said is true for ever: its books outlive the process."""

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from adapters.providers.exchange import Patience
from adapters.providers.sandbox.client import SandboxAccess, SandboxProvider
from adapters.providers.trial_cards import TRIAL_CARDS
from core.gateway.ports import Accepted, Captured, Order, Unknown
from core.kernel.money import Money
from core.kernel.secret import Secret
from tests.contract.providers.sandbox_process import sandbox_process


def client(url: str) -> SandboxProvider:
    return SandboxProvider(SandboxAccess(url, Secret("sk_sandbox_a"), Patience(total=20, connect=3)))


async def order_with(provider: SandboxProvider, card: str) -> Order:
    accepted = await provider.validate(f"card {card}", TRIAL_CARDS[card].entry())
    assert isinstance(accepted, Accepted)
    return Order("order-1", accepted.card.token, Money(999, "EUR"), "")


async def until_captured(provider: SandboxProvider, order: Order) -> None:
    async with asyncio.timeout(10):
        while not isinstance(await provider.charge_status(order), Captured):
            pass


async def test_killed_between_charge_and_answer_the_charge_is_in_the_books(tmp_path: Path) -> None:
    async with sandbox_process(tmp_path / "sandbox.db") as (url, process):
        before = client(url)
        order = await order_with(before, "timeout_after_charge")
        charging = asyncio.create_task(before.charge(order))
        await until_captured(before, order)
        assert not charging.done()
        process.kill()
        assert isinstance(await charging, Unknown)
        await before.close()
    async with sandbox_process(tmp_path / "sandbox.db") as (url, _):
        after = client(url)
        found = await after.charge_status(order)
        assert isinstance(found, Captured)
        assert await after.charge(order) == found
        assert [entry.key for entry in await after.ledger()] == ["order-1"]
        await after.close()


@pytest.mark.parametrize("seed", range(3))
async def test_killed_under_load_every_answered_charge_is_kept_and_none_is_made_twice(
    tmp_path: Path, seed: int
) -> None:
    async with sandbox_process(tmp_path / "sandbox.db") as (url, process):
        before = client(url)
        template = await order_with(before, "visa")
        orders = [Order(f"order-{n}", template.token, template.amount, "") for n in range(200)]
        kill_at = random.Random(seed).randrange(1, 150)
        answered: dict[str, Captured] = {}

        async def charge(order: Order) -> None:
            outcome = await before.charge(order)
            if isinstance(outcome, Captured):
                answered[order.key] = outcome
                if len(answered) == kill_at:
                    process.kill()

        await asyncio.gather(*map(charge, orders))
        await before.close()
    assert kill_at <= len(answered) < 200
    async with sandbox_process(tmp_path / "sandbox.db") as (url, _):
        after = client(url)
        kept = {entry.key: entry.reference for entry in await after.ledger()}
        assert {key: outcome.reference for key, outcome in answered.items()}.items() <= kept.items()
        await asyncio.gather(*map(after.charge, orders))
        assert Counter(entry.key for entry in await after.ledger()) == Counter(order.key for order in orders)
        await after.close()
