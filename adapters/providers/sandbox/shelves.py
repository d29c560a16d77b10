"""Reading and writing single rows of the ledger; whoever calls holds the transaction."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from adapters.providers.behaviour import Behaviour, Loss, Refusal, Step
from adapters.providers.sandbox.records import Kind, Order, OrderState
from adapters.providers.trial_cards import TRIAL_CARDS
from core.gateway.ports import LedgerEntry
from core.kernel.cards import Expiry, StoredCard
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """All or nothing; takes the write lock at once, so two servers on one file take turns."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


@dataclass(frozen=True, slots=True)
class KeptCard:
    """A card on file and how it behaves."""

    digest: str
    trial: str
    card: StoredCard

    @property
    def behaviour(self) -> Behaviour:
        return TRIAL_CARDS[self.trial].behaviour

    def expired(self, now: datetime) -> bool:
        return (self.card.expiry.year, self.card.expiry.month) < (now.year, now.month)


def _kept(row: sqlite3.Row | None) -> KeptCard | None:
    if row is None:
        return None
    expiry = Expiry(row["year"], row["month"])
    card = StoredCard(row["token"], row["brand"], row["last4"], expiry, row["fingerprint"])
    return KeptCard(row["digest"], row["trial"], card)


def card_by_token(db: sqlite3.Connection, account: str, token: str) -> KeptCard | None:
    return _kept(db.execute("SELECT * FROM cards WHERE account = ? AND token = ?", (account, token)).fetchone())


def card_by_key(db: sqlite3.Connection, account: str, key: str) -> KeptCard | None:
    return _kept(db.execute("SELECT * FROM cards WHERE account = ? AND key = ?", (account, key)).fetchone())


def add_card(db: sqlite3.Connection, account: str, key: str, kept: KeptCard) -> None:
    row = (account, kept.card.token, key, *_about(kept))
    db.execute("INSERT INTO cards VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def _about(kept: KeptCard) -> tuple[str | int, ...]:
    card = kept.card
    return (kept.digest, kept.trial, card.brand, card.last4, card.expiry.year, card.expiry.month, card.fingerprint)


def promised_card(db: sqlite3.Connection, account: str, token: str, now: datetime) -> KeptCard | None:
    """The card that a browser token still stands for."""
    query = "SELECT * FROM browser_tokens WHERE account = ? AND token = ? AND expires_at > ?"
    return _kept(db.execute(query, (account, token, now.timestamp())).fetchone())


def add_browser_token(db: sqlite3.Connection, account: str, promised: KeptCard, expires_at: datetime) -> None:
    row = (account, promised.card.token, *_about(promised), expires_at.timestamp())
    db.execute("INSERT INTO browser_tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def use_browser_token(db: sqlite3.Connection, account: str, token: str) -> None:
    db.execute("DELETE FROM browser_tokens WHERE account = ? AND token = ?", (account, token))


def forget_browser_tokens(db: sqlite3.Connection, now: datetime) -> None:
    """Those whose time is over."""
    db.execute("DELETE FROM browser_tokens WHERE expires_at <= ?", (now.timestamp(),))


def order_by_key(db: sqlite3.Connection, account: str, key: str) -> Order | None:
    row = db.execute("SELECT * FROM orders WHERE account = ? AND key = ?", (account, key)).fetchone()
    if row is None:
        return None
    return Order(
        row["key"],
        Kind(row["kind"]),
        row["digest"],
        row["subject"],
        row["reference"],
        Money(row["minor"], row["currency"]),
        OrderState(row["state"]),
        Refusal(DeclineClass(row["decline"]), row["code"]) if row["decline"] else None,
        row["visible_from"],
    )


def add_order(db: sqlite3.Connection, account: str, order: Order, now: datetime) -> None:
    money = (order.amount.minor, order.amount.currency)
    names = (account, order.key, order.kind, order.digest, order.subject, order.reference)
    ending = (order.state, *_refusal(order), order.visible_from, now.isoformat())
    db.execute("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*names, *money, *ending))
    _enter(db, account, order, now)


def settle_order(db: sqlite3.Connection, account: str, order: Order, now: datetime) -> None:
    """Write down what a pending order has become."""
    values = (order.state, *_refusal(order), account, order.key)
    db.execute("UPDATE orders SET state = ?, decline = ?, code = ? WHERE account = ? AND key = ?", values)
    _enter(db, account, order, now)


def _refusal(order: Order) -> tuple[str | None, str | None]:
    return (order.refusal.decline, order.refusal.detail) if order.refusal else (None, None)


def _enter(db: sqlite3.Connection, account: str, order: Order, now: datetime) -> None:
    if order.state is not OrderState.CAPTURED:
        return
    row = (account, order.kind, order.key, order.reference, order.amount.minor, order.amount.currency, now.isoformat())
    db.execute(
        "INSERT INTO entries (account, kind, key, reference, minor, currency, made_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        row,
    )


def charges_before(db: sqlite3.Connection, account: str, order: Order) -> int:
    """How many other charges of this card there are."""
    query = "SELECT count(*) FROM orders WHERE account = ? AND subject = ? AND kind = 'charge' AND key <> ?"
    return int(db.execute(query, (account, order.subject, order.key)).fetchone()[0])


def refunded(db: sqlite3.Connection, account: str, charge_key: str) -> int:
    """Minor units of this charge given back so far."""
    query = """SELECT coalesce(sum(minor), 0) FROM orders
        WHERE account = ? AND subject = ? AND kind = 'refund' AND state = 'captured'"""
    return int(db.execute(query, (account, charge_key)).fetchone()[0])


def turned_away(db: sqlite3.Connection, account: str, key: str, behaviour: Behaviour, step: Step) -> Loss | None:
    """How a call is lost before anything is done: once for each key."""
    lost = behaviour.lapse_at(step, done=False)
    return lost if lost and _first_time(db, account, f"{step}:{key}") else None


def _first_time(db: sqlite3.Connection, account: str, key: str) -> bool:
    return db.execute("INSERT OR IGNORE INTO turned_away VALUES (?, ?)", (account, key)).rowcount == 1


def entries_after(db: sqlite3.Connection, account: str, after: int, most: int) -> list[tuple[int, LedgerEntry]]:
    """The books of an account in the order they were written, each with its number."""
    query = "SELECT * FROM entries WHERE account = ? AND n > ? ORDER BY n LIMIT ?"
    return [
        (row["n"], LedgerEntry(row["kind"], row["key"], row["reference"], Money(row["minor"], row["currency"])))
        for row in db.execute(query, (account, after, most))
    ]
