"""The sandbox's HTTP API. docs/sandbox.md describes it for people."""

import asyncio
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from adapters.providers.behaviour import Refusal
from adapters.providers.sandbox import browser, forms
from adapters.providers.sandbox.accounts import Account
from adapters.providers.sandbox.cards import BROWSER_TOKEN_LIFE, CardAnswer
from adapters.providers.sandbox.lapses import CLOSING, HOLD, lose
from adapters.providers.sandbox.ledger import Ledger
from adapters.providers.sandbox.records import Answered, TurnedAway
from core.kernel.trouble import Conflict, Malformed, NotFound, Trouble

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LEDGER = web.AppKey("sandbox_ledger", Ledger)
ACCOUNTS = web.AppKey("sandbox_accounts", tuple[Account, ...])
ACCOUNT = web.RequestKey("sandbox_account", Account)

LARGEST_BODY = 16 * 1024
LARGEST_PAGE = 500


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """Who may call, and for how many seconds at most an answer is held back by the cards that time out."""

    accounts: tuple[Account, ...]
    hold: float = 60.0


def sandbox_app(ledger: Ledger, settings: SandboxSettings) -> web.Application:
    """The application; whoever runs it closes the ledger afterwards."""
    app = web.Application(middlewares=[browser.cross_origin, _troubles, _authorise], client_max_size=LARGEST_BODY)
    app[LEDGER], app[ACCOUNTS], app[HOLD] = ledger, settings.accounts, settings.hold
    app.cleanup_ctx.append(_closing)
    app.on_shutdown.append(_stop_holding)
    app.router.add_post(browser.PATH, _make_browser_token)
    app.router.add_post("/v1/cards", _keep_card)
    app.router.add_post("/v1/charges", _charge)
    app.router.add_post("/v1/refunds", _refund)
    app.router.add_get("/v1/charges", _find_charge)
    app.router.add_get("/v1/ledger", _list_entries)
    app.router.add_get("/v1/account", _say_account)
    app.router.add_get("/healthz", _healthy)
    return app


async def _closing(app: web.Application) -> AsyncIterator[None]:
    app[CLOSING] = asyncio.Event()
    yield


async def _stop_holding(app: web.Application) -> None:
    app[CLOSING].set()


@web.middleware
async def _troubles(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Trouble as trouble:
        status, error = _problem(trouble)
        return web.json_response({"error": error, "detail": str(trouble)}, status=status)


def _problem(trouble: Trouble) -> tuple[int, str]:
    match trouble:
        case NotFound():
            return 404, "not_found"
        case Conflict():
            return 422, "idempotency_conflict"
        case Malformed():
            return 400, "malformed"
    raise trouble


@web.middleware
async def _authorise(request: web.Request, handler: Handler) -> web.StreamResponse:
    if request.path == "/healthz":
        return await handler(request)
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").encode()
    for account in request.app[ACCOUNTS]:
        if hmac.compare_digest(_key_for(request.path, account).encode(), given):
            request[ACCOUNT] = account
            return await handler(request)
    return web.json_response({"error": "unauthorized"}, status=401, headers={"WWW-Authenticate": "Bearer"})


def _key_for(path: str, account: Account) -> str:
    return account.publishable_key if path == browser.PATH else account.api_key.reveal()


async def _make_browser_token(request: web.Request) -> web.StreamResponse:
    entry = forms.card_entry(await forms.body_of(request))
    made = await request.app[LEDGER].make_browser_token(request[ACCOUNT], entry)
    if isinstance(made, Refusal):
        return _refused(made)
    return web.json_response({"browser_token": made, "expires_in": int(BROWSER_TOKEN_LIFE.total_seconds())})


async def _keep_card(request: web.Request) -> web.StreamResponse:
    key, entry = forms.key_of(request), forms.brought_card(await forms.body_of(request))
    answer = await request.app[LEDGER].keep_card(request[ACCOUNT], key, entry)
    if answer.lost is not None:
        return await lose(answer.lost, request)
    assert isinstance(answer, CardAnswer)
    card = answer.card
    return _refused(card) if isinstance(card, Refusal) else web.json_response(forms.card_json(card))


def _refused(no: Refusal) -> web.Response:
    return web.json_response({"decline": no.decline, "hard": no.decline.hard, "code": no.detail}, status=402)


async def _charge(request: web.Request) -> web.StreamResponse:
    key, form = forms.key_of(request), forms.charge_form(await forms.body_of(request))
    return await _answer(request, await request.app[LEDGER].charge(request[ACCOUNT], key, form))


async def _refund(request: web.Request) -> web.StreamResponse:
    key, form = forms.key_of(request), forms.refund_form(await forms.body_of(request))
    return await _answer(request, await request.app[LEDGER].refund(request[ACCOUNT], key, form))


async def _answer(request: web.Request, answer: Answered | TurnedAway) -> web.StreamResponse:
    if answer.lost is not None:
        return await lose(answer.lost, request)
    assert isinstance(answer, Answered)
    return web.json_response(forms.order_json(answer.order), status=forms.STATUS[answer.order.state])


async def _find_charge(request: web.Request) -> web.StreamResponse:
    order = await request.app[LEDGER].find_charge(request[ACCOUNT], request.query.get("key", ""))
    return web.json_response(forms.order_json(order))


async def _list_entries(request: web.Request) -> web.StreamResponse:
    after = request.query.get("after", "0")
    if not (after.isascii() and after.isdigit() and len(after) <= 18):
        raise Malformed("after is the number of an entry")
    entries = await request.app[LEDGER].entries(request[ACCOUNT], int(after), LARGEST_PAGE)
    return web.json_response({"entries": [forms.entry_json(n, entry) for n, entry in entries]})


async def _say_account(request: web.Request) -> web.StreamResponse:
    return web.json_response({"account": request[ACCOUNT].name})


async def _healthy(_: web.Request) -> web.StreamResponse:
    return web.json_response({"status": "ok"})
