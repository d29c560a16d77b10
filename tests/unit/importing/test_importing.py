"""A list of subscribers is read strictly: each bad row is named with line and reason, the good ones are used."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.providers.trial_cards import trial_card_of
from core.kernel.cards import Expiry
from core.kernel.money import Money
from core.kernel.trouble import Malformed
from core.subscription.calendar import Interval, Recurrence
from core.subscription.model import Plan, PlanId
from entrypoints.import_row import COLUMNS
from entrypoints.importing import BadRow, Subscriber, read, read_file

EXAMPLE = Path(__file__).parents[3] / "examples" / "subscribers.csv"
HEADER = ",".join(COLUMNS)
GOOD = {
    "user_id": "u1",
    "name": "Zoë Müller",
    "email": "zoe@example.org",
    "phone": "+49 30 23125 042",
    "address": "Oranienstraße 5 | 10999 Berlin",
    "country": "DE",
    "locale": "de-DE",
    "time_zone": "Europe/Berlin",
    "plan": "monthly",
    "currency": "EUR",
    "price": "9.49",
    "subscribed_on": "2025-01-31",
    "gateway": "a",
    "card_number": "4000 1000 0000 0018",
    "card_expiry": "09/2031",
    "card_cvc": "123",
}


def line(**changed: str) -> str:
    return ",".join(f'"{value}"' for value in (GOOD | changed).values())


def rows(*lines: str) -> list[Subscriber | BadRow]:
    return list(read(StringIO("\n".join((HEADER, *lines)) + "\n"), ["a", "b"]))


def reasons(*lines: str) -> list[tuple[int, str]]:
    return [(row.line, reason) for row in rows(*lines) if isinstance(row, BadRow) for reason in row.reasons]


def test_a_good_row_is_read_whole() -> None:
    [one] = rows(line())
    assert isinstance(one, Subscriber)
    assert (one.line, one.name, one.phone) == (2, "Zoë Müller", "+493023125042")
    assert one.address == ("Oranienstraße 5", "10999 Berlin")
    assert one.plan == Plan(PlanId("monthly-eur"), "Monthly plan", Money(949, "EUR"), Recurrence(Interval.MONTH))
    assert one.subscribed_on == date(2025, 1, 31)
    assert (one.card.number.reveal(), one.card.expiry) == ("4000100000000018", Expiry(2031, 9))


def test_the_person_is_told_of_as_they_stand_in_the_list() -> None:
    [one] = rows(line())
    assert isinstance(one, Subscriber)
    told = one.changed(datetime(2026, 3, 1, tzinfo=UTC))
    assert (told.user_id, told.email, told.time_zone) == ("u1", "zoe@example.org", "Europe/Berlin")


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("user_id", "", "missing"),
        ("user_id", "x" * 256, "String should have at most 255 characters"),
        ("name", " ", "missing"),
        ("name", "A\rB", "control characters"),
        ("email", "zoe.example.org", "no e-mail address"),
        ("email", "zoe@example", "no e-mail address"),
        ("phone", "030 23125042", "no telephone number with + and country code"),
        ("address", "a||b", "1 to 6 lines with | between them"),
        ("country", "XX", "no ISO 3166-1 code of two letters"),
        ("locale", "tlh-Qo", "no locale such as de or de-AT"),
        ("time_zone", "Europe/Atlantis", "'Europe/Atlantis' is no time zone"),
        ("plan", "hourly", "none of weekly, monthly, yearly"),
        ("currency", "EURO", "no ISO 4217 currency"),
        ("price", "9.999", "'9.999' has more digits than EUR knows"),
        ("price", "0", "more than nothing, please"),
        ("price", "NaN", "'NaN' has more digits than EUR knows"),
        ("subscribed_on", "2025-02-30", "no date such as 2026-01-31"),
        ("subscribed_on", "31.01.2025", "no date such as 2026-01-31"),
        ("gateway", "z", "none of a, b"),
        ("card_number", "4000 1000 0000 0019", "no card number"),
        ("card_expiry", "13/2031", "an expiry is a month 1-12 of a year 2000-2099"),
        ("card_expiry", "9/31", "no month such as 09/2030"),
        ("card_cvc", "12", "3 or 4 digits"),
    ],
)
def test_each_fault_is_named_with_its_line_and_column(column: str, value: str, reason: str) -> None:
    assert reasons(line(user_id="u0"), line(**{column: value})) == [(3, f"{column}: {reason}")]


def test_all_faults_of_a_row_are_told_at_once() -> None:
    assert [reason.partition(":")[0] for _, reason in reasons(line(name="", currency="", card_cvc="x"))] == [
        "name",
        "currency",
        "card_cvc",
    ]


def test_the_second_row_of_a_user_is_bad() -> None:
    assert reasons(line(), line(name="Another")) == [(3, "user_id: the same as in line 2")]


def test_a_user_whose_first_row_was_bad_may_come_again() -> None:
    assert [type(row) for row in rows(line(name=""), line())] == [BadRow, Subscriber]


def test_a_plan_has_one_price_in_each_currency() -> None:
    assert reasons(line(), line(user_id="u2", price="9.50"), line(user_id="u3", currency="USD", price="9.50")) == [
        (3, "price: monthly-eur was 9.49 EUR before")
    ]


@pytest.mark.parametrize("broken", ["u1,Zoë", line() + ",more"], ids=["too few", "too many"])
def test_a_row_of_another_width_is_bad(broken: str) -> None:
    found = rows(line(), broken)
    assert isinstance(found[1], BadRow)
    assert found[1].reasons[0].endswith("columns instead of 16")


def test_what_is_no_csv_is_a_bad_row_and_the_next_one_is_read() -> None:
    assert [type(row) for row in rows('"u0"x,', line())] == [BadRow, Subscriber]


def test_a_quote_that_never_ends_is_a_bad_row() -> None:
    assert reasons(line(), '"u2') == [(3, "this is no CSV: unexpected end of data")]


def test_lines_are_counted_where_rows_start() -> None:
    two_lines = line(name="A").replace('"A"', '"A\nB"')
    assert reasons(two_lines, "", line(email="x")) == [(2, "name: control characters"), (5, "email: no e-mail address")]


def test_no_reason_repeats_a_card() -> None:
    told = str(rows(line(card_number="4000100000000019", card_cvc="98765", card_expiry="4000")))
    assert not any(secret in told for secret in ("4000", "98765"))


@pytest.mark.parametrize("first", ["", "user_id,name", HEADER.upper(), HEADER + ",more", f'"{HEADER}'])
def test_a_list_without_the_right_columns_is_refused(first: str) -> None:
    with pytest.raises(Malformed, match="must name these columns"):
        list(read([f"{first}\n", line()], ["a"]))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_does_not_matter(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{HEADER}\r\n{line()}\r\n", encoding=encoding, newline="")
    assert [type(row) for row in read_file(path, ["a"])] == [Subscriber]


def test_other_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"{HEADER}\n{line()}\n", encoding="latin-1")
    with pytest.raises(Malformed, match="not UTF-8"):
        list(read_file(path, ["a"]))


@given(st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])), max_size=5))
def test_no_line_whatsoever_breaks_the_reading(lines: Iterable[str]) -> None:
    assert all(isinstance(row, BadRow) for row in rows(*lines))


def test_the_example_has_two_hundred_good_rows_and_eight_bad_ones() -> None:
    found = list(read_file(EXAMPLE, ["a", "b"]))
    good = [row for row in found if isinstance(row, Subscriber)]
    bad = {row.line: row.reasons[0].partition(":")[0] for row in found if isinstance(row, BadRow)}
    assert len(good) == 200
    assert bad == {
        19: "email",
        44: "currency",
        70: "subscribed_on",
        93: "card_number",
        117: "user_id",
        140: "name",
        166: "9 columns instead of 16",
        190: "time_zone",
    }
    assert {row.plan.amount.currency for row in good} == {"USD", "EUR", "JPY"}
    assert {row.plan.recurrence.interval for row in good} == {Interval.WEEK, Interval.MONTH, Interval.YEAR}


def test_the_example_pays_with_test_cards_only() -> None:
    good = [row for row in read_file(EXAMPLE, ["a", "b"]) if isinstance(row, Subscriber)]
    cards = [trial_card_of(row.card.number.reveal()) for row in good]
    assert all(card and card.cvc_length == len(row.card.cvc.reveal()) for card, row in zip(cards, good, strict=True))
