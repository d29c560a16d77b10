"""The sandbox's rules for cards, typed or brought as a browser token. A number is in none of what is written down."""

import secrets
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from adapters.providers.behaviour import Loss, Refusal, Step
from adapters.providers.sandbox import shelves
from adapters.providers.sandbox.accounts import Account
from adapters.providers.sandbox.records import TurnedAway, digest_of, letters
from adapters.providers.sandbox.shelves import KeptCard, transaction
from adapters.providers.trial_cards import trial_card_of
from core.kernel.cards import BrowserToken, CardEntry, StoredCard
from core.kernel.outcomes import DeclineClass
from core.kernel.trouble import Conflict

BROWSER_TOKEN_LIFE = timedelta(minutes=15)
NO_TEST_CARD = Refusal(DeclineClass.INVALID_CARD, "not_a_test_card")
WRONG_CVC = Refusal(DeclineClass.INVALID_CARD, "cvc_length")
NO_SUCH_BROWSER_TOKEN = Refusal(DeclineClass.INVALID_CARD, "no_such_browser_token")
EXPIRED = Refusal(DeclineClass.EXPIRED_CARD)


@dataclass(frozen=True, slots=True)
class CardAnswer:
    """The card on file, or why not, and what becomes of the answer."""

    card: StoredCard | Refusal
    lost: Loss | None = None


def keep_card(
    db: sqlite3.Connection, account: Account, key: str, entry: CardEntry | BrowserToken, now: datetime
) -> CardAnswer | TurnedAway:
    """Check a card and give it a token. A browser token is used up when its card is kept, and not before."""
    with transaction(db):
        if known := shelves.card_by_key(db, account.name, key):
            return CardAnswer(_same(known, _digest(account, entry)).card)
        kept = _brought(db, account, entry, now)
        if isinstance(kept, Refusal):
            return CardAnswer(kept)
        if refusal := EXPIRED if kept.expired(now) else kept.behaviour.at_validation:
            return CardAnswer(refusal)
        if lost := shelves.turned_away(db, account.name, key, kept.behaviour, Step.VALIDATE):
            return TurnedAway(lost)
        if isinstance(entry, BrowserToken):
            shelves.use_browser_token(db, account.name, entry.token.reveal())
        shelves.add_card(db, account.name, key, kept)
    return CardAnswer(kept.card, kept.behaviour.lapse_at(Step.VALIDATE, done=True))


def make_browser_token(db: sqlite3.Connection, account: Account, entry: CardEntry, now: datetime) -> str | Refusal:
    """A token with which the card can be kept once, within a quarter of an hour."""
    typed = _typed(account, entry)
    if isinstance(typed, Refusal):
        return typed
    token = _token("btok")
    promised = replace(typed, digest=_digest_of_token(token), card=replace(typed.card, token=token))
    with transaction(db):
        shelves.forget_browser_tokens(db, now)
        shelves.add_browser_token(db, account.name, promised, now + BROWSER_TOKEN_LIFE)
    return token


def _brought(
    db: sqlite3.Connection, account: Account, entry: CardEntry | BrowserToken, now: datetime
) -> KeptCard | Refusal:
    """The card that is to be kept, under a token of its own."""
    if isinstance(entry, CardEntry):
        return _typed(account, entry)
    promised = shelves.promised_card(db, account.name, entry.token.reveal(), now)
    return replace(promised, card=replace(promised.card, token=_token("tok"))) if promised else NO_SUCH_BROWSER_TOKEN


def _typed(account: Account, entry: CardEntry) -> KeptCard | Refusal:
    """The number is forgotten here: only its HMAC under the account's key remains."""
    number = entry.number.reveal()
    trial = trial_card_of(number)
    if trial is None:
        return NO_TEST_CARD
    if len(entry.cvc.reveal()) != trial.cvc_length:
        return WRONG_CVC
    card = StoredCard(_token("tok"), trial.brand, number[-4:], entry.expiry, _fingerprint(account, entry))
    return KeptCard(_digest(account, entry), trial.name, card)


def _fingerprint(account: Account, entry: CardEntry) -> str:
    return account.mark_of(f"card:{entry.number.reveal()}")


def _digest(account: Account, entry: CardEntry | BrowserToken) -> str:
    if isinstance(entry, BrowserToken):
        return _digest_of_token(entry.token.reveal())
    return digest_of("card", _fingerprint(account, entry), str(entry.expiry))


def _digest_of_token(token: str) -> str:
    return digest_of("browser token", token)


def _token(prefix: str) -> str:
    return f"{prefix}_{letters(secrets.token_bytes(15))}"


def _same(known: KeptCard, digest: str) -> KeptCard:
    if known.digest != digest:
        raise Conflict("this key was used for another card")
    return known
