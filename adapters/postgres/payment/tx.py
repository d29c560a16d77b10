"""One transaction in the payment role's database."""

from collections.abc import Sequence

from adapters.postgres.idempotency import PostgresIdempotencyKeys
from adapters.postgres.payment.collections import (
    PostgresCards,
    PostgresTransactions,
    PostgresUsers,
)
from adapters.postgres.payment.payments import PostgresPayments
from adapters.postgres.payment.reminders import PostgresReminders
from adapters.postgres.unit_of_work import Parts, PostgresTx
from core.contracts.card_responses import CardAccepted, CardRefused
from core.contracts.message import Message
from core.contracts.payment_requests import PaymentRequested
from core.contracts.payment_responses import (
    PaymentFailed,
    PaymentRefunded,
    PaymentSucceeded,
    PaymentUnresolved,
    RefundFailed,
    RefundUnresolved,
)
from core.contracts.users import UserChanged

_OF_REFUND = (PaymentRefunded, RefundFailed, RefundUnresolved)
_OF_PAYMENT = (PaymentRequested, PaymentSucceeded, PaymentFailed, PaymentUnresolved, *_OF_REFUND)
_OF_USER = (PaymentRequested, CardAccepted, UserChanged)


class PostgresPaymentTx(PostgresTx):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.cards = self.own(PostgresCards(self.db))
        self.users = self.own(PostgresUsers(self.db))
        self.payments = self.own(PostgresPayments(self.db, self.cards))
        self.reminders = self.own(PostgresReminders(self.db, self.payments))
        self.transactions = self.own(PostgresTransactions(self.db))
        self.idempotency = PostgresIdempotencyKeys(self.sql, self.now)

    async def preload(self, messages: Sequence[Message]) -> None:
        await self.payments.preload(one.payment_id for one in messages if isinstance(one, _OF_PAYMENT))
        settled = (one.payment_id for one in messages if isinstance(one, PaymentSucceeded | PaymentFailed))
        await self.reminders.preload(settled)
        users = [one.user_id for one in messages if isinstance(one, _OF_USER)]
        await self.users.preload(users)
        await self.cards.preload(one.card_id for one in messages if isinstance(one, CardAccepted | CardRefused))
        if any(isinstance(one, PaymentRequested) for one in messages):
            known = [await self.users.find(user_id) for user_id in users]
            await self.cards.preload(user.default_card_id for user in known if user and user.default_card_id)
