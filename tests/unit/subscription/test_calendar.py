"""Periods leave no hole and never overlap, in any zone, through every change of clocks."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kernel.trouble import Malformed
from core.subscription.calendar import Calendar, Interval, Recurrence, midnight, today, zone

ZONES = (
    "Europe/Berlin",
    "US/Pacific",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Havana",
    "Africa/Cairo",
    "America/Nuuk",
    "UTC",
)
FIRST, LAST = date(2024, 1, 1), date(2032, 12, 31)

days = st.dates(FIRST, LAST)
recurrences = st.builds(Recurrence, st.sampled_from(Interval), st.integers(1, 13))
calendars = st.builds(Calendar, days, recurrences, st.sampled_from(ZONES))


def starts(anchor: date, recurrence: Recurrence, periods: int) -> list[str]:
    return [str(recurrence.start(anchor, index)) for index in range(periods)]


def test_months_keep_the_anchor_day_through_short_months() -> None:
    monthly = starts(date(2024, 1, 31), Recurrence(Interval.MONTH), 5)
    assert monthly == ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30", "2024-05-31"]


def test_a_leap_day_comes_back_after_four_years() -> None:
    yearly = starts(date(2024, 2, 29), Recurrence(Interval.YEAR), 5)
    assert yearly == ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]


def test_a_quarter_from_november_crosses_the_year() -> None:
    quarters = starts(date(2025, 11, 30), Recurrence(Interval.MONTH, 3), 3)
    assert quarters == ["2025-11-30", "2026-02-28", "2026-05-30"]


def test_weeks_and_days_count_days() -> None:
    assert starts(date(2026, 12, 28), Recurrence(Interval.WEEK, 2), 3) == ["2026-12-28", "2027-01-11", "2027-01-25"]
    assert starts(date(2026, 12, 30), Recurrence(Interval.DAY, 10), 2) == ["2026-12-30", "2027-01-09"]


@given(calendars, st.integers(0, 120))
def test_each_period_ends_where_the_next_one_starts(calendar: Calendar, index: int) -> None:
    period, following = calendar.period(index), calendar.period(index + 1)
    assert period.start < period.end == following.start
    assert period.due_at < following.due_at


@given(days, st.sampled_from(ZONES))
def test_a_day_is_due_at_its_very_first_moment(day: date, name: str) -> None:
    due_at = midnight(day, ZoneInfo(name))
    assert today(due_at, name) == day
    assert today(due_at - timedelta(microseconds=1), name) == day - timedelta(days=1)


@pytest.mark.parametrize("name", ZONES)
def test_every_day_of_nine_years_begins_once(name: str) -> None:
    moments = [midnight(FIRST + timedelta(days=n), zone(name)) for n in range((LAST - FIRST).days + 1)]
    gaps = {later - earlier for earlier, later in pairwise(moments)}
    assert gaps <= {timedelta(hours=hours) for hours in (23, 23.5, 24, 24.5, 25)}


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        ("Europe/Berlin", date(2026, 3, 29), datetime(2026, 3, 28, 23, tzinfo=UTC)),
        ("Europe/Berlin", date(2026, 3, 30), datetime(2026, 3, 29, 22, tzinfo=UTC)),
        ("America/Havana", date(2026, 3, 8), datetime(2026, 3, 8, 5, tzinfo=UTC)),
        ("America/Havana", date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC)),
        ("Australia/Lord_Howe", date(2026, 4, 6), datetime(2026, 4, 5, 13, 30, tzinfo=UTC)),
        ("Pacific/Apia", date(2011, 12, 30), datetime(2011, 12, 30, 10, tzinfo=UTC)),
        ("Pacific/Apia", date(2011, 12, 31), datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ],
    ids=["before spring", "after spring", "midnight skipped", "midnight twice", "half an hour", "no such day", "next"],
)
def test_midnight_is_well_defined_where_clocks_jump(name: str, day: date, expected: datetime) -> None:
    assert midnight(day, ZoneInfo(name)) == expected


@given(calendars, days)
def test_the_first_period_not_before_a_day_is_the_first(calendar: Calendar, day: date) -> None:
    index = calendar.first_not_before(day)
    assert calendar.period(index).start >= day
    assert index == 0 or calendar.period(index - 1).start < day


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Europe/\x00", "a" * 300])
def test_a_time_zone_nobody_knows_is_malformed(name: str) -> None:
    with pytest.raises(Malformed):
        zone(name)


@pytest.mark.parametrize("count", [0, -1, 367])
def test_a_period_has_a_sensible_length(count: int) -> None:
    with pytest.raises(Malformed):
        Recurrence(Interval.DAY, count)
