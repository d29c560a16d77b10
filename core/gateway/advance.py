"""The table of provider answers: how far an order has come after each."""

from dataclasses import replace
from datetime import datetime
from typing import assert_never

from core.gateway.model import JournalState, Progress
from core.gateway.policy import ProviderPolicy
from core.gateway.ports import Captured, Declined, Mismatch, NotAttempted, NotFound, Pending, StatusOutcome, Unknown

S = JournalState


def advance(progress: Progress, outcome: StatusOutcome, now: datetime, policy: ProviderPolicy) -> Progress:
    """What is known after this answer. Knowledge only climbs: an answer that comes late or twice changes nothing."""
    match outcome:
        case Captured(reference):
            return progress.moved(S.SUCCEEDED, now, reference=reference)
        case Declined(decline, detail, reference):
            return progress.moved(
                S.DECLINED, now, decline=decline, detail=detail, reference=reference or progress.reference
            )
        case Mismatch(detail, reference):
            return progress.moved(S.MANUAL_REVIEW, now, detail=detail, reference=reference or progress.reference)
        case Pending(reference):
            return _pending(progress, reference, now, policy)
        case NotAttempted(detail):
            return _not_reached(progress, detail, now, policy)
        case Unknown(detail):
            return _in_doubt(progress, detail, now, policy)
        case NotFound():
            return _not_found(progress, now, policy)
        case _:
            assert_never(outcome)


def _in_doubt(progress: Progress, detail: str, now: datetime, policy: ProviderPolicy) -> Progress:
    """It may or may not have charged: its fate is asked for by the schedule."""
    if progress.state in (S.ORDERED, S.SUBMITTING):
        progress = progress.moved(S.UNKNOWN, now, detail=detail)
    return _wait(progress, now, policy)


def _pending(progress: Progress, reference: str, now: datetime, policy: ProviderPolicy) -> Progress:
    if progress.state is not S.PENDING:
        progress = progress.moved(S.PENDING, now, reference=reference, queries=0)
    return _wait(progress, now, policy)


def _not_reached(progress: Progress, detail: str, now: datetime, policy: ProviderPolicy) -> Progress:
    """Only an order that was never in doubt can be called not attempted."""
    if progress.state is not S.SUBMITTING:
        return _wait(progress, now, policy)
    if progress.tries > len(policy.not_attempted):
        return progress.moved(S.NOT_ATTEMPTED, now, detail=detail)
    due = now + policy.not_attempted[progress.tries - 1]
    return replace(progress, state=S.ORDERED, available_at=due, detail=detail, changed_at=now)


def _not_found(progress: Progress, now: datetime, policy: ProviderPolicy) -> Progress:
    """Believed when it is said twice, long enough after the order was sent; then the order goes again, same key."""
    if progress.state is S.SUBMITTING:
        progress = progress.moved(S.UNKNOWN, now, detail="our own crash")
    too_early = progress.last_sent_at is None or now - progress.last_sent_at < policy.settles_within
    if progress.state is not S.UNKNOWN or too_early:
        return _wait(progress, now, policy)
    if progress.not_found_at is None or now - progress.not_found_at < policy.not_found_gap:
        return _wait(replace(progress, not_found_at=progress.not_found_at or now), now, policy)
    if not policy.key_alive(progress.first_sent_at, now):
        return progress.moved(S.MANUAL_REVIEW, now, detail="the provider knows nothing of it and its key is too old")
    return replace(progress, resend=True, available_at=now)


def _wait(progress: Progress, now: datetime, policy: ProviderPolicy) -> Progress:
    if progress.state not in (S.UNKNOWN, S.PENDING):
        return progress
    schedule = policy.pending if progress.state is S.PENDING else policy.unknown
    if progress.queries >= len(schedule):
        return progress.moved(S.MANUAL_REVIEW, now, detail=progress.detail or "the provider never told its fate")
    return replace(progress, available_at=now + schedule[progress.queries])
