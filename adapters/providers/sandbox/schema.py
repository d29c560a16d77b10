"""The tables of the sandbox's ledger, and how to open them."""

import sqlite3
from pathlib import Path

_TABLES = """
CREATE TABLE IF NOT EXISTS cards (
    account TEXT NOT NULL, token TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL,
    trial TEXT NOT NULL, brand TEXT NOT NULL, last4 TEXT NOT NULL CHECK (length(last4) = 4),
    year INTEGER NOT NULL, month INTEGER NOT NULL, fingerprint TEXT NOT NULL,
    PRIMARY KEY (account, token), UNIQUE (account, key)
);
CREATE TABLE IF NOT EXISTS browser_tokens (
    account TEXT NOT NULL, token TEXT NOT NULL, digest TEXT NOT NULL,
    trial TEXT NOT NULL, brand TEXT NOT NULL, last4 TEXT NOT NULL CHECK (length(last4) = 4),
    year INTEGER NOT NULL, month INTEGER NOT NULL, fingerprint TEXT NOT NULL, expires_at REAL NOT NULL,
    PRIMARY KEY (account, token)
);
CREATE TABLE IF NOT EXISTS orders (
    account TEXT NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('charge', 'refund')),
    digest TEXT NOT NULL, subject TEXT NOT NULL, reference TEXT NOT NULL UNIQUE,
    minor INTEGER NOT NULL CHECK (minor > 0), currency TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'captured', 'declined')),
    decline TEXT, code TEXT, visible_from REAL NOT NULL, made_at TEXT NOT NULL,
    PRIMARY KEY (account, key), CHECK ((state = 'declined') = (decline IS NOT NULL))
);
CREATE INDEX IF NOT EXISTS orders_of_subject ON orders (account, subject);
CREATE TABLE IF NOT EXISTS entries (
    n INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
    reference TEXT NOT NULL UNIQUE, minor INTEGER NOT NULL CHECK (minor > 0), currency TEXT NOT NULL,
    made_at TEXT NOT NULL, FOREIGN KEY (account, key) REFERENCES orders (account, key), UNIQUE (account, key)
);
CREATE INDEX IF NOT EXISTS entries_of_account ON entries (account, n);
CREATE TRIGGER IF NOT EXISTS entries_stay BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS entries_hold BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TABLE IF NOT EXISTS turned_away (account TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (account, key));
"""


def open_ledger(path: Path) -> sqlite3.Connection:
    """A connection that begins and ends its own transactions. What was committed outlives a killed process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, isolation_level=None, timeout=10)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.executescript(_TABLES)
    return connection
