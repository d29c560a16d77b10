"""The real composition: every provider builds, every verb of the table is there, and messages come out at the end."""

import inspect
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.cloudevents.wire import CloudEventsWire
from core.contracts.payment_requests import PaymentRequested
from core.kernel.cards import CardEntry, Expiry
from core.kernel.money import Money
from core.kernel.secret import Secret
from core.messaging.envelope import Trace
from core.reacting import Errands, Every, When
from core.reactions import REACTIONS
from core.subscription.calendar import Interval, Recurrence
from core.subscription.model import Plan, PlanId, SubscriptionId
from core.subscription.offer_plan import OfferPlan
from core.subscription.subscribe import Subscribe
from core.topology import consumers, contracts, topology
from entrypoints.roles import Broker, tickings
from tests.conftest import Databases, ManualClock
from tests.integration.deployed import granted
from tests.integration.stand import CHAIN, GATEWAYS, Outside, Stand, container, settings_for, stand
from tests.integration.waiting import until
from tests.samples import CARD, SAMPLES, USER

CONSUMERS = consumers(GATEWAYS)
BY_KIND = {sample.kind: sample for sample in SAMPLES}


class Anything:
    """Stands for what is opened outside and only passed on."""

    def __getattr__(self, name: str) -> object:
        return self


def wired(consumer: str, clock: ManualClock) -> Any:
    broker = Broker(Anything(), topology(GATEWAYS), CloudEventsWire(contracts()), clock)  # type: ignore[arg-type]
    return container(consumer, settings_for("postgresql://postgres:@/db"), Outside(clock), broker, Anything())


def named_in_table(role: str) -> set[type]:
    """Every use case that the table gives to the role."""
    found: set[type] = set()
    for row in REACTIONS:
        match row:
            case When() if role in row.reactions:
                found.add(row.reactions[role])
            case Every() if role in row.ticks:
                found.add(row.ticks[role])
            case Errands() if role in row.errands:
                found.update(row.errands[role])
    return found


@pytest.mark.parametrize("consumer", CONSUMERS)
def test_every_provider_builds(consumer: str, clock: ManualClock) -> None:
    built = [provider() for provider in wired(consumer, clock).traverse()]
    assert len(built) > 20
    assert not [thing for thing in built if inspect.isawaitable(thing) and not isinstance(thing, Anything)]


@pytest.mark.parametrize("consumer", CONSUMERS)
def test_a_role_has_the_use_cases_of_the_table_and_no_other(consumer: str, clock: ManualClock) -> None:
    use_cases = wired(consumer, clock).use_cases()
    assert set(use_cases) == named_in_table(consumer.partition("-")[0])
    assert not [kind for kind, use_case in use_cases.items() if type(use_case) is not kind]


@pytest.mark.parametrize("consumer", CONSUMERS)
def test_a_check_watches_each_dependency(consumer: str, clock: ManualClock) -> None:
    of_all = {"database", "broker"}
    more = {"gateway": {"provider"}, "notifier": {"bucket", "mail", "sms", "renderer"}}
    assert set(wired(consumer, clock).checks()) == of_all | more.get(consumer.partition("-")[0], set())


def test_a_policy_of_the_settings_reaches_its_use_case(clock: ManualClock) -> None:
    made = wired("payment", clock)
    made.settings.override(settings_for("postgresql://postgres:@/db", BILLOW_CURRENCIES="JPY", BILLOW_RETRY_DAYS="9"))
    assert made.start_charge().currencies == {"JPY"}
    assert made.schedule() == type(made.schedule())((timedelta(days=9),))


@pytest.fixture
async def url(databases: Databases) -> str:
    return await granted(databases)


@pytest.fixture
async def all_roles(url: str, clock: ManualClock) -> AsyncIterator[Stand]:
    async with stand(url, clock) as opened:
        opened.start()
        yield opened


async def test_payment_answers_a_request_it_cannot_charge(all_roles: Stand) -> None:
    await all_roles.publish(BY_KIND["payment.requested.v1"])
    await until(lambda: all_roles.outbox("payment"), [("payment.failed.v1", CHAIN)])


@pytest.mark.parametrize("name", GATEWAYS)
async def test_a_gateway_charges_what_was_ordered_at_its_own_provider(all_roles: Stand, name: str) -> None:
    card = CardEntry(Secret("4000100000000018"), Secret("123"), Expiry(2030, 1))
    accepted: Any = await all_roles.outside.providers[name].validate("k", card)
    ordered: Any = BY_KIND["charge.ordered.v1"]
    await all_roles.publish(replace(ordered, gateway=name, card_token=accepted.card.token))
    await until(lambda: all_roles.outbox(f"gateway-{name}"), [("payment.succeeded.v1", CHAIN)])
    ledgers = {gateway: await provider.ledger() for gateway, provider in all_roles.outside.providers.items()}
    assert {gateway for gateway, entries in ledgers.items() if entries} == {name}


async def test_the_notifier_files_an_invoice_and_tells_on_both_channels(all_roles: Stand) -> None:
    await all_roles.publish(BY_KIND["user.changed.v1"], BY_KIND["payment.succeeded.v1"])
    states = "SELECT array_agg(channel || ' ' || state ORDER BY channel) FROM notices"
    await until(lambda: all_roles.value("notifier", states), ["email sent", "sms sent"])
    assert await all_roles.value("notifier", "SELECT state FROM invoices") == "filed"
    assert len(all_roles.outside.bucket.objects) == 1
    assert [attached is not None for attached in all_roles.outside.mailer.attachments] == [True]


async def test_the_activator_blocks_who_failed_to_pay(all_roles: Stand) -> None:
    await all_roles.publish(BY_KIND["payment.failed.v1"])
    await until(lambda: all_roles.outbox("activator"), [("access.blocked.v1", CHAIN)])


async def test_subscription_bills_a_period_at_its_tick(all_roles: Stand, clock: ManualClock) -> None:
    role = all_roles.roles["subscription"]
    await all_roles.publish(BY_KIND["user.changed.v1"])
    await until(lambda: all_roles.value("subscription", "SELECT count(*) FROM users"), 1)
    plan = Plan(PlanId("plus"), "Plus", Money(999, "EUR"), Recurrence(Interval.MONTH, 1))
    async with role.transactions(Trace(CHAIN, "c")) as tx:
        await OfferPlan()(plan, tx)
        await Subscribe()(SubscriptionId(CARD), USER, plan.id, tx)
    clock.time += timedelta(days=31)
    for ticking in tickings(role):
        await ticking()
    kinds = [kind for kind, _ in await all_roles.outbox("subscription")]
    assert kinds == [PaymentRequested.kind] * 2
