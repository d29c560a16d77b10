"""One transaction in the notifier's database."""

from collections.abc import Iterator, Sequence

from adapters.postgres.notifier.collections import PostgresInvoices, PostgresNotices, PostgresNumbers, PostgresUsers
from adapters.postgres.unit_of_work import Parts, PostgresTx
from core.contracts.message import Message
from core.contracts.notices import CardNotSaved, ReminderDue
from core.contracts.payment_responses import PaymentFailed, PaymentSucceeded
from core.contracts.users import UserChanged
from core.kernel.ids import UserId
from core.notifier.model import Channel, NoticeKey
from core.notifier.tell_card_not_saved import not_saved_event
from core.notifier.tell_payment_failed import failed_event
from core.notifier.tell_reminder import reminder_event


class PostgresNotifierTx(PostgresTx):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self.users = self.own(PostgresUsers(self.db))
        self.invoices = self.own(PostgresInvoices(self.db))
        self.notices = self.own(PostgresNotices(self.db))
        self.numbers = PostgresNumbers(self.sql)

    async def preload(self, messages: Sequence[Message]) -> None:
        concerned = [message for message in messages if isinstance(message, UserChanged | PaymentSucceeded)]
        paid = [message.payment_id for message in messages if isinstance(message, PaymentSucceeded)]
        await self.users.preload(message.user_id for message in concerned)
        await self.invoices.preload(paid)
        await self.notices.preload(
            NoticeKey(event, channel, user_id) for event, user_id in _told(messages) for channel in Channel
        )


def _told(messages: Sequence[Message]) -> Iterator[tuple[str, UserId]]:
    for message in messages:
        match message:
            case PaymentFailed():
                yield failed_event(message), message.user_id
            case ReminderDue():
                yield reminder_event(message), message.user_id
            case CardNotSaved():
                yield not_saved_event(message), message.user_id
