"""Putting down that a user has to be told."""

from core.notifier.model import Channel, Notice, NoticeFacts, NoticeKey, NoticeState
from core.notifier.ports import NotifierTx


async def tell(event: str, facts: NoticeFacts, tx: NotifierTx) -> None:
    """One notice for each channel. The event's natural key tells repeats: of one event a user is told once."""
    for channel in Channel:
        key = NoticeKey(event, channel, facts.user_id)
        if await tx.notices.find(key) is None:
            chain = tx.correlation_id
            tx.notices.save(Notice(key, facts, NoticeState.PENDING, available_at=tx.now, correlation_id=chain))
