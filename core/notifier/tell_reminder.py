"""Whoever still owes is reminded."""

from dataclasses import dataclass

from core.contracts.notices import ReminderDue
from core.notifier.kinds import NoticeKind
from core.notifier.model import NoticeFacts
from core.notifier.ports import NotifierTx
from core.notifier.telling import tell


@dataclass(frozen=True, slots=True)
class TellReminder:
    """Once for each reminder; dropped at its sending when the payment has been made by then."""

    async def __call__(self, due: ReminderDue, tx: NotifierTx) -> None:
        facts = NoticeFacts(
            kind=NoticeKind.REMINDER,
            user_id=due.user_id,
            at=due.due_at,
            payment_id=due.payment_id,
            amount=due.amount,
            description=due.description,
            reason=due.decline,
        )
        await tell(reminder_event(due), facts, tx)


def reminder_event(due: ReminderDue) -> str:
    return f"reminder:{due.payment_id}:{due.reminder_no}"
