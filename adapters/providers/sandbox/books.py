"""The sandbox's rules for money: every function is one transaction, and one key does a thing once."""

import hashlib
import sqlite3
from dataclasses import replace
from datetime import datetime

from adapters.providers.behaviour import Behaviour, Refusal, Step
from adapters.providers.sandbox import shelves
from adapters.providers.sandbox.accounts import Account
from adapters.providers.sandbox.cards import EXPIRED
from adapters.providers.sandbox.records import (
    Answered,
    ChargeForm,
    Kind,
    Order,
    OrderState,
    RefundForm,
    TurnedAway,
    letters,
)
from adapters.providers.sandbox.shelves import KeptCard, transaction
from core.kernel.money import Money
from core.kernel.outcomes import DeclineClass
from core.kernel.trouble import Conflict, NotFound

NO_SUCH_TOKEN = Refusal(DeclineClass.INVALID_CARD, "no_such_token")
NOTHING_TO_REFUND = Refusal(DeclineClass.PROVIDER_REFUSED, "nothing_to_refund")


def charge(
    db: sqlite3.Connection, account: Account, key: str, form: ChargeForm, now: datetime
) -> Answered | TurnedAway:
    """Take the money, or say why not."""
    with transaction(db):
        if known := _known(db, account, key, form.digest):
            return Answered(known)
        kept = shelves.card_by_token(db, account.name, form.token)
        behaviour = kept.behaviour if kept else Behaviour()
        if lost := shelves.turned_away(db, account.name, key, behaviour, Step.CHARGE):
            return TurnedAway(lost)
        order = _charge_order(account, key, form, behaviour, now)
        if not behaviour.pending:
            order = _ended(order, _verdict(db, account, kept, order, now))
        shelves.add_order(db, account.name, order, now)
    return Answered(order, behaviour.lapse_at(Step.CHARGE, done=True))


def _charge_order(account: Account, key: str, form: ChargeForm, behaviour: Behaviour, now: datetime) -> Order:
    amount = form.amount + Money(behaviour.overcharge, form.amount.currency)
    visible_from = now.timestamp() + behaviour.hidden_for if behaviour.hidden_for else 0.0
    reference = _reference("ch", account, key)
    state = OrderState.PENDING
    return Order(key, Kind.CHARGE, form.digest, form.token, reference, amount, state, visible_from=visible_from)


def _verdict(
    db: sqlite3.Connection, account: Account, kept: KeptCard | None, order: Order, now: datetime
) -> Refusal | None:
    if kept is None:
        return NO_SUCH_TOKEN
    if kept.expired(now):
        return EXPIRED
    return kept.behaviour.verdict(shelves.charges_before(db, account.name, order))


def find_charge(db: sqlite3.Connection, account: Account, key: str, now: datetime) -> Order:
    """What became of a charge; asking settles a pending one. Raises `NotFound`."""
    with transaction(db):
        order = shelves.order_by_key(db, account.name, key)
        if order is None or order.kind is not Kind.CHARGE or order.visible_from > now.timestamp():
            raise NotFound("no charge under this key")
        if order.state is not OrderState.PENDING:
            return order
        kept = shelves.card_by_token(db, account.name, order.subject)
        settled = _ended(order, _verdict(db, account, kept, order, now))
        shelves.settle_order(db, account.name, settled, now)
    return settled


def refund(
    db: sqlite3.Connection, account: Account, key: str, form: RefundForm, now: datetime
) -> Answered | TurnedAway:
    """Give back part or all of a captured charge; never more than was taken."""
    with transaction(db):
        if known := _known(db, account, key, form.digest):
            return Answered(known)
        charged = shelves.order_by_key(db, account.name, form.charge_key)
        behaviour = _behaviour_of(db, account, charged)
        if lost := shelves.turned_away(db, account.name, key, behaviour, Step.REFUND):
            return TurnedAway(lost)
        reference = _reference("re", account, key)
        order = Order(key, Kind.REFUND, form.digest, form.charge_key, reference, form.amount, OrderState.PENDING)
        order = _ended(order, None if _refundable(db, account, charged, form) else NOTHING_TO_REFUND)
        shelves.add_order(db, account.name, order, now)
    return Answered(order, behaviour.lapse_at(Step.REFUND, done=True))


def _refundable(db: sqlite3.Connection, account: Account, charged: Order | None, form: RefundForm) -> bool:
    if charged is None or charged.kind is not Kind.CHARGE or charged.state is not OrderState.CAPTURED:
        return False
    same_currency = charged.amount.currency == form.amount.currency
    left = charged.amount.minor - shelves.refunded(db, account.name, charged.key)
    return same_currency and form.amount.minor <= left


def _behaviour_of(db: sqlite3.Connection, account: Account, charged: Order | None) -> Behaviour:
    kept = shelves.card_by_token(db, account.name, charged.subject) if charged else None
    return kept.behaviour if kept else Behaviour()


def _known(db: sqlite3.Connection, account: Account, key: str, digest: str) -> Order | None:
    known = shelves.order_by_key(db, account.name, key)
    if known and known.digest != digest:
        raise Conflict("this key was used for another order")
    return known


def _ended(order: Order, refusal: Refusal | None) -> Order:
    return replace(order, state=OrderState.DECLINED if refusal else OrderState.CAPTURED, refusal=refusal)


def _reference(prefix: str, account: Account, key: str) -> str:
    return f"{prefix}_{letters(hashlib.sha256(f'{account.name}:{key}'.encode()).digest())}"
