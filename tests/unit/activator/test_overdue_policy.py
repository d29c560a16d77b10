"""How long somebody owes decides what follows, and nothing else does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.activator.policy import BLOCK_AT_ONCE, OverduePolicy, OverdueState
from core.kernel.trouble import Malformed

S = OverdueState
T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PATIENT = OverduePolicy(((S.WARNED, 0 * DAY), (S.LIMITED, 7 * DAY), (S.BLOCKED, 14 * DAY), (S.CANCELLED, 60 * DAY)))


@pytest.mark.parametrize(
    ("days", "state", "since", "wake"),
    [
        (-1, S.CLEAR, None, 0),
        (0, S.WARNED, None, 7),
        (6, S.WARNED, None, 7),
        (7, S.LIMITED, None, 14),
        (14, S.BLOCKED, 14, 60),
        (59, S.BLOCKED, 14, 60),
        (60, S.CANCELLED, 14, None),
        (900, S.CANCELLED, 14, None),
    ],
)
def test_the_ladder_is_climbed_with_time(days: int, state: S, since: int | None, wake: int | None) -> None:
    now = T0 + days * DAY
    assert PATIENT.state(T0, now) is state
    assert PATIENT.blocked_since(T0, now) == (None if since is None else T0 + since * DAY)
    assert PATIENT.wake_at(T0, now) == (None if wake is None else T0 + wake * DAY)


def test_by_default_the_first_failure_blocks_at_once() -> None:
    assert BLOCK_AT_ONCE.state(T0, T0) is S.BLOCKED
    assert BLOCK_AT_ONCE.wake_at(T0, T0) is None


def test_a_grace_puts_the_block_off() -> None:
    policy = OverduePolicy.blocking_after(3 * DAY)
    assert policy.state(T0, T0 + 2 * DAY) is S.CLEAR
    assert policy.wake_at(T0, T0) == T0 + 3 * DAY
    assert policy.state(T0, T0 + 3 * DAY) is S.BLOCKED


def test_who_owes_nothing_is_clear_for_ever() -> None:
    assert PATIENT.state(None, T0) is S.CLEAR
    assert PATIENT.wake_at(None, T0) is None


@pytest.mark.parametrize(
    "steps",
    [
        ((S.BLOCKED, DAY), (S.WARNED, 2 * DAY)),
        ((S.WARNED, 2 * DAY), (S.BLOCKED, DAY)),
        ((S.WARNED, DAY), (S.WARNED, 2 * DAY)),
        ((S.BLOCKED, -DAY),),
    ],
    ids=["milder later", "sooner later", "twice", "before it failed"],
)
def test_a_policy_that_goes_backwards_is_malformed(steps: tuple[tuple[S, timedelta], ...]) -> None:
    with pytest.raises(Malformed):
        OverduePolicy(steps)


@given(st.timedeltas(timedelta(0), timedelta(days=100)))
def test_nothing_changes_before_the_next_wake_up(owed: timedelta) -> None:
    now = T0 + owed
    wake = PATIENT.wake_at(T0, now)
    if wake is not None:
        assert PATIENT.state(T0, wake - timedelta(microseconds=1)) is PATIENT.state(T0, now)
        assert PATIENT.state(T0, wake) is not PATIENT.state(T0, now)
