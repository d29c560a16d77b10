"""What to do with an order that is due: send it, ask for its fate, or leave it to a person."""

from datetime import datetime
from enum import StrEnum

from core.gateway.model import JournalState, Progress
from core.gateway.policy import ProviderPolicy


class Call(StrEnum):
    SEND = "send"
    ASK = "ask"
    NONE = "none"
    """The key has died meanwhile: to send again could charge again."""


def plan_charge(progress: Progress, now: datetime, policy: ProviderPolicy) -> Call:
    """A charge found in `submitting` was left by a process that died: it is asked for, never sent blindly."""
    if progress.state is JournalState.ORDERED:
        return Call.SEND
    if not progress.resend:
        return Call.ASK
    return Call.SEND if policy.key_alive(progress.first_sent_at, now) else Call.NONE


def plan_refund(progress: Progress, now: datetime, policy: ProviderPolicy) -> Call:
    """Providers answer a repeated refund with the first one's fate, so to ask is to send again while the key lives."""
    if progress.state is JournalState.ORDERED:
        return Call.SEND
    return Call.ASK if policy.key_alive(progress.first_sent_at, now) else Call.NONE


def taken_up(progress: Progress, call: Call, now: datetime, policy: ProviderPolicy) -> Progress:
    """What is committed before the call: a lease, and how far it may have come when we die in the middle of it."""
    if call is Call.SEND:
        return progress.sending(now, policy.lease)
    if call is Call.NONE:
        return progress.moved(JournalState.MANUAL_REVIEW, now, detail="the provider no longer remembers the key")
    if progress.state is JournalState.SUBMITTING:
        progress = progress.moved(JournalState.UNKNOWN, now, detail="our own crash", queries=0)
    return progress.asking(now, policy.lease)
