"""No message that can be made or read makes a database refuse: what is too long was malformed before."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.cloudevents.wire import CloudEventsWire
from adapters.postgres.activator.tx import PostgresActivatorTx
from adapters.postgres.database import Database
from adapters.postgres.gateway.tx import PostgresGatewayTx
from adapters.postgres.notifier.tx import PostgresNotifierTx
from adapters.postgres.payment.tx import PostgresPaymentTx
from adapters.postgres.subscription.tx import PostgresSubscriptionTx
from adapters.postgres.unit_of_work import PostgresTransactions
from core.contracts.card_responses import CardAccepted
from core.contracts.message import Message
from core.contracts.payment_requests import PaymentRequested
from core.contracts.payment_responses import (
    PaymentRefunded,
    PaymentSucceeded,
    PaymentUnresolved,
    RefundFailed,
    RefundUnresolved,
)
from core.contracts.users import UserChanged
from core.kernel.ids import payment_id
from core.messaging.envelope import Trace
from core.reacting import messages as rows
from core.reactions import REACTIONS
from tests.conftest import ManualClock, OpenSchema
from tests.contract.wire.strategies import messages
from tests.samples import CONTRACTS

ROLES: dict[str, tuple[str, type[Any]]] = {
    "payment": ("payment", PostgresPaymentTx),
    "subscription": ("subscription", PostgresSubscriptionTx),
    "gateway": ("gateway_a", PostgresGatewayTx),
    "notifier": ("notifier", PostgresNotifierTx),
    "activator": ("activator", PostgresActivatorTx),
}
WIRE = CloudEventsWire(CONTRACTS)
REACTING = {
    (role, row.message): use_case
    for row in rows(REACTIONS)
    for role, use_case in row.reactions.items()
    if not row.message.perishable
}
OF_A_REFUND = PaymentRefunded | RefundFailed | RefundUnresolved


def before(role: str, message: Any, draw: Any) -> Iterator[Message]:
    """What has to be known already, so that all of the message is written down."""
    if (role, UserChanged) in REACTING:
        yield replace(draw(messages(UserChanged)), user_id=message.user_id)
    if isinstance(message, PaymentRequested):
        yield replace(draw(messages(CardAccepted)), user_id=message.user_id)
    if isinstance(message, PaymentUnresolved):
        yield replace(draw(messages(PaymentSucceeded)), payment_id=message.payment_id, attempt_no=2**31 - 1)
    if isinstance(message, OF_A_REFUND):
        paid = draw(messages(PaymentSucceeded))
        yield replace(paid, payment_id=message.payment_id, attempt_no=message.attempt_no, amount=message.amount)


@dataclass(frozen=True)
class Stage:
    """A role's database, and how its transactions are opened."""

    database: Database
    open: PostgresTransactions[Any]

    async def clear(self) -> None:
        names = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename <> 'alembic_version'"
        tables = [row["tablename"] for row in await self.database.pool.fetch(names)]
        removals = "; ".join(f"DELETE FROM {table}" for table in tables)
        # Past the foreign keys, and past the trigger that keeps the book.
        await self.database.pool.execute(f"SET LOCAL session_replication_role = replica; {removals}")


@pytest.fixture
async def stage(open_schema: OpenSchema, clock: ManualClock, role: str) -> AsyncIterator[Stage]:
    schema, tx_type = ROLES[role]
    async with open_schema(schema) as database:
        yield Stage(database, PostgresTransactions(database, tx_type, clock, WIRE, f"/billow/{role}"))


@pytest.mark.parametrize(("role", "contract"), REACTING, ids=[f"{role}-{contract.kind}" for role, contract in REACTING])
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_whatever_a_message_may_carry_is_written_down(
    stage: Stage, role: str, contract: type[Message], data: st.DataObject
) -> None:
    async def take(one: Message) -> None:
        async with stage.open(Trace("c" * 255, str(uuid4()))) as tx:
            await REACTING[role, type(one)]()(one, tx)

    await stage.clear()
    message = told(data.draw(messages(contract)))
    for known in before(role, message, data.draw):
        await take(known)
    await take(message)


def told(message: Any) -> Any:
    """A payment's id is that of its source and request id, as whoever published it had it."""
    names = {field.name for field in fields(message)}
    if names >= {"payment_id", "source", "request_id"}:
        return replace(message, payment_id=payment_id(message.source, message.request_id))
    return message
