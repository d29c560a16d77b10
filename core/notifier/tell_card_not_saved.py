"""Whoever's card could not be saved is told why."""

from dataclasses import dataclass

from core.contracts.notices import CardNotSaved
from core.notifier.kinds import NoticeKind
from core.notifier.model import NoticeFacts
from core.notifier.ports import NotifierTx
from core.notifier.telling import tell


@dataclass(frozen=True, slots=True)
class TellCardNotSaved:
    """Refused with a reason, or expired because nobody answered in time."""

    async def __call__(self, missed: CardNotSaved, tx: NotifierTx) -> None:
        kind = NoticeKind.CARD_REFUSED if missed.decline else NoticeKind.CARD_EXPIRED
        facts = NoticeFacts(kind, missed.user_id, missed.occurred_at, reason=missed.decline or "")
        await tell(not_saved_event(missed), facts, tx)


def not_saved_event(missed: CardNotSaved) -> str:
    return f"card_not_saved:{missed.card_id}"
