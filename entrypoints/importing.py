"""Reading a list of subscribers: a CSV file (RFC 4180, UTF-8), every row checked, nothing guessed.

Wrong columns or wrong bytes make the whole list `Malformed`; each row is good or bad by itself."""

import csv
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from core.contracts.users import UserChanged
from core.kernel.cards import CardEntry
from core.kernel.ids import UserId
from core.kernel.trouble import Malformed
from core.subscription.model import Plan
from entrypoints.import_row import COLUMNS, Row


@dataclass(frozen=True, slots=True)
class Subscriber:
    """One good row: a person, the plan they have, since when, and the card they pay with at which gateway."""

    line: int
    user_id: UserId
    name: str
    email: str
    phone: str
    address: tuple[str, ...]
    country: str
    locale: str
    time_zone: str
    plan: Plan
    subscribed_on: date
    gateway: str
    card: CardEntry

    @classmethod
    def of(cls, line: int, row: Row) -> "Subscriber":
        return cls(
            line=line,
            user_id=UserId(row.user_id),
            name=row.name,
            email=row.email,
            phone=row.phone,
            address=row.address,
            country=row.country,
            locale=row.locale,
            time_zone=row.time_zone,
            plan=row.offer(),
            subscribed_on=row.subscribed_on,
            gateway=row.gateway,
            card=row.card(),
        )

    def changed(self, at: datetime) -> UserChanged:
        """The person, as the roles are told of them."""
        return UserChanged(
            user_id=self.user_id,
            changed_at=at,
            name=self.name,
            email=self.email,
            phone=self.phone,
            address=self.address,
            country=self.country,
            locale=self.locale,
            time_zone=self.time_zone,
        )


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is not imported. `line` is where it starts; the reasons name the column and never repeat a card."""

    line: int
    reasons: tuple[str, ...]


def read_file(path: Path, gateways: Collection[str]) -> Iterator[Subscriber | BadRow]:
    """The rows of a file, with or without a byte order mark. Raises `Malformed` for what is no list of subscribers."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            yield from read(file, gateways)
        except UnicodeDecodeError as error:
            raise Malformed(f"{path.name} is not UTF-8") from error


def read(lines: Iterable[str], gateways: Collection[str]) -> Iterator[Subscriber | BadRow]:
    """The rows of a list, in its order. Raises `Malformed` when the first line does not name the columns."""
    rows = _rows(csv.reader(lines, strict=True))
    if next(rows, (1, []))[1] != list(COLUMNS):
        raise Malformed(f"the first line must name these columns: {','.join(COLUMNS)}")
    reading = _Reading(frozenset(gateways))
    return (reading.take(line, cells) for line, cells in rows if cells != [])


def _rows(reader: Any) -> Iterator[tuple[int, list[str] | csv.Error]]:
    """Each row with the line it starts on; for what is no CSV, what is wrong with it."""
    while True:
        line = reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, error


@dataclass(frozen=True, slots=True)
class _Reading:
    """What has to be remembered while going through a list."""

    gateways: frozenset[str]
    lines: dict[str, int] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)

    def take(self, line: int, cells: list[str] | csv.Error) -> Subscriber | BadRow:
        if isinstance(cells, csv.Error):
            return BadRow(line, (f"this is no CSV: {cells}",))
        if len(cells) != len(COLUMNS):
            return BadRow(line, (f"{len(cells)} columns instead of {len(COLUMNS)}",))
        try:
            row = Row.model_validate(dict(zip(COLUMNS, map(str.strip, cells), strict=True)))
        except ValidationError as error:
            return BadRow(line, tuple(map(_reason, error.errors(include_url=False, include_input=False))))
        contradictions = tuple(self._contradictions(row))
        return BadRow(line, contradictions) if contradictions else self._keep(line, row)

    def _contradictions(self, row: Row) -> Iterator[str]:
        if row.gateway not in self.gateways:
            yield f"gateway: none of {', '.join(sorted(self.gateways))}"
        if row.user_id in self.lines:
            yield f"user_id: the same as in line {self.lines[row.user_id]}"
        plan = row.offer()
        if (known := self.plans.get(plan.id, plan)) != plan:
            yield f"price: {plan.id} was {known.amount} before"

    def _keep(self, line: int, row: Row) -> Subscriber:
        subscriber = Subscriber.of(line, row)
        self.lines[row.user_id] = line
        self.plans[subscriber.plan.id] = subscriber.plan
        return subscriber


def _reason(fault: Mapping[str, Any]) -> str:
    return f"{fault['loc'][0]}: {fault['msg'].removeprefix('Value error, ')}"
