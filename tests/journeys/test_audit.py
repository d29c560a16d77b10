"""After a story of everything, all books agree; and a book that was falsified is found."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
import pytest_asyncio

from core.auditing import Check, audit
from tests.journeys.world import World

CARDS = ("visa", "expired_card", "insufficient_funds_1x", "pending", "error_after_charge", "jcb")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def story(world: World) -> World:
    """Paid and failed, repaid and retried, unresolved and resolved, refunded and written off, at both gateways."""
    for gateway in ("a", "b"):
        people = {name: await world.person(name.replace("_", "-"), card=name, gateway=gateway) for name in CARDS}
        for person in people.values():
            await world.charge(person, 1234, "EUR")
            await world.charge(person, 980, "JPY")
        await world.advance(hours=2)
        blocked = people["expired_card"]
        first, second = await blocked.payments(status="failed")
        await world.staff.post(f"/v1/payments/{first['id']}/write-off")
        card = await blocked.save_card("mastercard", gateway)
        await world.settle()
        await blocked.web.post(f"/v1/payments/{second['id']}/repay", {"card_id": card})
        await world.settle()
        paid = (await people["visa"].payments())[0]
        await world.staff.post(f"/v1/payments/{paid['id']}/refunds")
        owing = await world.person("owing", card="do_not_honor", gateway=gateway)
        await world.charge(owing)
        await world.live(3)
    return world


async def test_after_a_story_of_everything_all_books_agree(story: World) -> None:
    checks = await audited(story)
    assert [(check.name, check.wrong) for check in checks if not check.ok] == []
    looked_at = {check.name: check.looked_at for check in checks}
    assert looked_at["provider's books = gateway's journal"] >= 20
    assert looked_at["each invoice has its file, byte for byte"] >= 20
    assert looked_at["blocked = those who owe"] >= 2


OTHER_AMOUNT = (
    "UPDATE payment.payments SET amount_minor = amount_minor {} 1 WHERE id = "
    "(SELECT id FROM payment.payments WHERE state = 'succeeded' ORDER BY id LIMIT 1)"
)
FALSE = {
    "each paid payment has one invoice, same total": OTHER_AMOUNT,
    "paid payments = paid attempts, same amount": OTHER_AMOUNT,
    "provider's books = gateway's journal": (
        "UPDATE gateway_a.charges SET amount_minor = amount_minor {} 1 WHERE key = "
        "(SELECT min(key) FROM gateway_a.charges WHERE state = 'succeeded')"
    ),
    "invoice numbers have no gap": (
        "UPDATE notifier.invoices SET serial = serial {} 1000 WHERE serial = "
        "(SELECT max(serial) FROM notifier.invoices)"
    ),
}


@pytest.mark.parametrize("check", FALSE)
async def test_a_falsified_book_is_found_by_name(story: World, check: str) -> None:
    async with falsified(story, FALSE[check].format("+"), FALSE[check].format("-")):
        assert check in {found.name for found in await audited(story) if not found.ok}
    assert all(found.ok for found in await audited(story))


async def test_a_changed_file_is_found(story: World) -> None:
    file = next(story.home.rglob("*.pdf"))
    content = file.read_bytes()
    file.write_bytes(content + b" ")
    try:
        wrong = {found.name for found in await audited(story) if not found.ok}
    finally:
        file.write_bytes(content)
    assert wrong == {"each invoice has its file, byte for byte"}


async def test_a_user_who_owes_and_is_not_blocked_is_found(story: World) -> None:
    take, give = "DELETE FROM activator.accesses", "INSERT INTO activator.accesses SELECT * FROM public.kept"
    keep = "CREATE TABLE public.kept AS SELECT * FROM activator.accesses"
    async with falsified(story, f"{keep}; {take}", f"{give}; DROP TABLE public.kept"):
        assert "blocked = those who owe" in {found.name for found in await audited(story) if not found.ok}


async def audited(world: World) -> list[Check]:
    return audit(await world.billow.installation.facts())


@asynccontextmanager
async def falsified(world: World, change: str, change_back: str) -> AsyncIterator[None]:
    """By somebody who may do anything, and circumvents every trigger."""
    connection = await asyncpg.connect(world.owner_url)
    try:
        await connection.execute(f"SET session_replication_role = replica; {change}")
        try:
            yield
        finally:
            await connection.execute(change_back)
    finally:
        await connection.close()
