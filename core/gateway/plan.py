"""What to do with an order that is due: send it, ask for its fate, or leave it to a person."""

from datetime import datetime
from enum import StrEnum

from core.gateway.model import JournalState, Progress
from core.gateway.policy import ProviderPolicy
from core.gateway.ports import Mismatch, NotAttempted, StatusOutcome, Unknown


class Call(StrEnum):
    SEND = "send"
    ASK = "ask"
    GIVE_UP = "give_up"
    """The key has died meanwhile: to send again could charge again."""


def plan_charge(progress: Progress, now: datetime, policy: ProviderPolicy) -> Call:
    """A charge found in `submitting` was left by a process that died: it is asked for, never sent blindly."""
    if progress.state is JournalState.ORDERED:
        return Call.SEND
    if not progress.resend:
        return Call.ASK
    return Call.SEND if policy.key_alive(progress.first_sent_at, now) else Call.GIVE_UP


def plan_refund(progress: Progress, now: datetime, policy: ProviderPolicy) -> Call:
    """Providers answer a repeated refund with the first one's fate, so to ask is to send again while the key lives."""
    if progress.state is JournalState.ORDERED:
        return Call.SEND
    return Call.ASK if policy.key_alive(progress.first_sent_at, now) else Call.GIVE_UP


def taken_up(progress: Progress, call: Call, now: datetime, policy: ProviderPolicy) -> Progress:
    """What is committed before the call: a lease, and how far it may have come if we die in the middle of it."""
    return progress.sending(now, policy.lease) if call is Call.SEND else progress.asking(now, policy.lease)


def answer_to(call: Call, outcome: StatusOutcome) -> StatusOutcome:
    """A question that did not reach the provider says nothing about the order."""
    return Unknown(outcome.detail) if call is Call.ASK and isinstance(outcome, NotAttempted) else outcome


KEY_IS_DEAD = Mismatch("the provider no longer remembers the key")
