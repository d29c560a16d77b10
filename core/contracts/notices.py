"""Topic Notices: things a user has to be told that are no payment response."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.contracts.message import Message
from core.contracts.words import Description, Ordinal, Price
from core.kernel.ids import CardId, PaymentId, UserId
from core.kernel.outcomes import DeclineClass


@dataclass(frozen=True, slots=True)
class ReminderDue(Message):
    """The user has an unpaid request and a date of reminding has come. `reminder_no` counts from 1."""

    topic: ClassVar[str] = "billow.notices"
    kind: ClassVar[str] = "reminder.due.v1"

    payment_id: PaymentId
    reminder_no: Ordinal
    user_id: UserId
    amount: Price
    description: Description
    decline: DeclineClass
    due_at: datetime

    @property
    def subject(self) -> str:
        return str(self.payment_id)


@dataclass(frozen=True, slots=True)
class CardNotSaved(Message):
    """A card its owner wanted saved was refused (`decline` says why) or nobody answered in time (`decline` is null)."""

    topic: ClassVar[str] = "billow.notices"
    kind: ClassVar[str] = "card.not-saved.v1"

    card_id: CardId
    user_id: UserId
    decline: DeclineClass | None
    occurred_at: datetime

    @property
    def subject(self) -> str:
        return str(self.card_id)
