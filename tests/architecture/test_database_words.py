"""The words in the database's CHECKs are the words of core: read from a migrated database, not from the scripts."""

import asyncio
import re
from collections.abc import Mapping
from enum import StrEnum

import asyncpg
import pytest

from core.activator.model import Outcome
from core.activator.policy import OverdueState
from core.gateway.model import JournalState
from core.kernel.outcomes import CLAIMING, AttemptState, DeclineClass
from core.notifier.kinds import NoticeKind
from core.notifier.model import Channel, InvoiceState, NoticeState
from core.payment.model import Origin
from core.payment.records import TransactionKind
from core.payment.states import CardState, PaymentState
from core.subscription.calendar import Interval
from core.subscription.model import RunState, SubscriptionState
from entrypoints.settings import schemas
from tests.conftest import Databases

WORDS: dict[str, type[StrEnum]] = {
    "payment.cards.state": CardState,
    "payment.cards.decline": DeclineClass,
    "payment.payments.state": PaymentState,
    "payment.payments.decline": DeclineClass,
    "payment.attempts.state": AttemptState,
    "payment.attempts.decline": DeclineClass,
    "payment.attempts.origin": Origin,
    "payment.refunds.state": AttemptState,
    "payment.refunds.reason": DeclineClass,
    "payment.transactions.kind": TransactionKind,
    "subscription.plans.interval": Interval,
    "subscription.subscriptions.interval": Interval,
    "subscription.subscriptions.state": SubscriptionState,
    "subscription.billing_runs.state": RunState,
    "gateway_a.charges.state": JournalState,
    "gateway_a.charges.decline": DeclineClass,
    "gateway_a.refunds.state": JournalState,
    "gateway_a.refunds.decline": DeclineClass,
    "notifier.invoices.state": InvoiceState,
    "notifier.notices.state": NoticeState,
    "notifier.notices.kind": NoticeKind,
    "notifier.notices.channel": Channel,
    "activator.accesses.state": OverdueState,
    "activator.payment_facts.outcome": Outcome,
}
PARTS: dict[str, frozenset[str]] = {
    "payment.payments.closed": frozenset(
        {PaymentState.WRITTEN_OFF, PaymentState.CANCELLED, PaymentState.DISPUTED},
    ),
}
"""Columns that hold some of an enum's words: those that `Payment.close` is called with."""

_CHECKS = """
SELECT n.nspname || '.' || c.relname || '.' || a.attname AS column, pg_get_constraintdef(k.oid) AS rule
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND k.conkey = ARRAY[a.attnum]
WHERE k.contype = 'c'
"""
_WIDTHS = """
SELECT table_schema || '.' || table_name || '.' || column_name AS name, character_maximum_length AS width
FROM information_schema.columns
"""
_CLAIM = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'payment' AND indexname = 'attempts_one_claim'"
_ONLY_A_LIST = re.compile(r'CHECK \(\(\("?\w+"?\)::text = ANY \(+ARRAY\[(.*?)\]\)?::text\[\]\)+')
_WORD = re.compile(r"'(\w+)'::")


@pytest.fixture(scope="module")
def database(databases: Databases) -> str:
    return asyncio.run(databases.fresh(*schemas(("a",))))


@pytest.fixture(scope="module")
def lists(database: str) -> Mapping[str, set[str]]:
    """By column: the words it may hold, where a CHECK lists them."""
    return asyncio.run(_lists(database))


async def _lists(url: str) -> Mapping[str, set[str]]:
    connection = await asyncpg.connect(url)
    try:
        checks = await connection.fetch(_CHECKS)
    finally:
        await connection.close()
    matches = ((row["column"], _ONLY_A_LIST.fullmatch(row["rule"])) for row in checks)
    return {column: set(_WORD.findall(match[1])) for column, match in matches if match}


def test_every_list_of_words_belongs_to_an_enum(lists: Mapping[str, set[str]]) -> None:
    assert set(lists) == {*WORDS, *PARTS}


@pytest.mark.parametrize("column", WORDS)
def test_a_column_takes_exactly_the_words_of_its_enum(lists: Mapping[str, set[str]], column: str) -> None:
    assert lists[column] == set(WORDS[column])


@pytest.mark.parametrize("column", PARTS)
def test_a_column_takes_exactly_its_part_of_an_enum(lists: Mapping[str, set[str]], column: str) -> None:
    assert lists[column] == PARTS[column]


async def test_the_index_of_the_one_claim_is_the_rule_of_core(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        index = await connection.fetchval(_CLAIM)
    finally:
        await connection.close()
    assert index.startswith("CREATE UNIQUE INDEX attempts_one_claim ON payment.attempts USING btree (payment_id) WHERE")
    assert set(_WORD.findall(index)) == CLAIMING


async def test_every_word_fits_its_column(database: str) -> None:
    connection = await asyncpg.connect(database)
    try:
        widths = {row["name"]: row["width"] for row in await connection.fetch(_WIDTHS)}
    finally:
        await connection.close()
    assert not [column for column, words in WORDS.items() if widths[column] < max(map(len, words))]
