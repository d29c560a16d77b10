"""Between JSON and the sandbox's records. Raises `Malformed` without quoting what was sent: it may be card data."""

import json
from typing import Any, TypeVar
from urllib.parse import unquote

from aiohttp import web

from adapters.providers.sandbox.records import ChargeForm, Order, OrderState, RefundForm
from core.gateway.ports import LedgerEntry
from core.kernel.cards import BrowserToken, CardEntry, Expiry, StoredCard
from core.kernel.money import Money
from core.kernel.secret import Secret
from core.kernel.trouble import Malformed

T = TypeVar("T")
LONGEST = 255
STATUS = {OrderState.CAPTURED: 200, OrderState.PENDING: 202, OrderState.DECLINED: 402}


def key_of(request: web.Request) -> str:
    """The idempotency key, percent-decoded: 1 to 255 characters."""
    key = unquote(request.headers.get("Idempotency-Key", ""))
    if not 1 <= len(key) <= LONGEST:
        raise Malformed("an Idempotency-Key of 1 to 255 characters is needed")
    return key


async def body_of(request: web.Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise Malformed("the body is no JSON") from error
    return typed(body, dict, "the body")


def typed(value: object, kind: type[T], name: str) -> T:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Malformed(f"{name} is missing or of the wrong type")
    return value


def text(body: dict[str, Any], name: str) -> str:
    value = typed(body.get(name), str, name)
    if len(value) > LONGEST:
        raise Malformed(f"{name} is too long")
    return value


def money(body: dict[str, Any]) -> Money:
    amount = Money(typed(body.get("amount"), int, "amount"), text(body, "currency"))
    if amount.minor <= 0:
        raise Malformed("an amount is above nothing")
    return amount


def card_entry(body: dict[str, Any]) -> CardEntry:
    expiry = typed(body.get("expiry"), dict, "expiry")
    year, month = (typed(expiry.get(name), int, name) for name in ("year", "month"))
    return CardEntry(Secret(text(body, "number")), Secret(text(body, "cvc")), Expiry(year, month))


def brought_card(body: dict[str, Any]) -> CardEntry | BrowserToken:
    if "browser_token" not in body:
        return card_entry(body)
    if "number" in body:
        raise Malformed("either a card or a browser_token")
    return BrowserToken(Secret(typed(body["browser_token"], str, "browser_token")))


def charge_form(body: dict[str, Any]) -> ChargeForm:
    return ChargeForm(text(body, "token"), money(body), text(body, "description"))


def refund_form(body: dict[str, Any]) -> RefundForm:
    return RefundForm(text(body, "charge_key"), money(body))


def card_json(card: StoredCard) -> dict[str, Any]:
    expiry = {"year": card.expiry.year, "month": card.expiry.month}
    known = {"token": card.token, "brand": card.brand, "last4": card.last4, "fingerprint": card.fingerprint}
    return {**known, "expiry": expiry}


def money_json(amount: Money) -> dict[str, Any]:
    return {"amount": amount.minor, "currency": amount.currency}


def order_json(order: Order) -> dict[str, Any]:
    said = {"status": order.state, "reference": order.reference, "key": order.key, **money_json(order.amount)}
    if order.refusal:
        said |= {"decline": order.refusal.decline, "hard": order.refusal.decline.hard, "code": order.refusal.detail}
    return said


def entry_json(n: int, entry: LedgerEntry) -> dict[str, Any]:
    return {"n": n, "kind": entry.kind, "key": entry.key, "reference": entry.reference, **money_json(entry.amount)}
