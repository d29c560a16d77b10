"""Cards, payments and users over HTTP."""

from collections.abc import Mapping
from typing import Any

import pytest
from aiohttp import ClientSession

from core.contracts.card_validations import CardValidationOrdered
from core.contracts.charges import ChargeOrdered, RefundOrdered
from core.contracts.payment_responses import PaymentFailed, RefundFailed
from core.contracts.users import UserChanged
from core.kernel.outcomes import DeclineClass
from core.payment.cards import User
from core.payment.mark_unpaid import MarkUnpaid
from core.payment.release_refund import ReleaseRefund
from core.payment.settle_payment import SettlePayment
from core.payment.start_charge import StartCharge
from tests.fakes.payment import ADA, BOB, DAY, NOON, InMemoryPaymentTx, card, failed, requested, succeeded

PAYMENT = requested().payment_id
ADA_TOKEN, BOB_TOKEN = "ada:billing", "bob:billing"
SHOP, STAFF = "shop:billing.products", "sam:billing.operator"
NUMBER = {"number": "4242424242424242", "cvc": "123", "expiry_year": 2030, "expiry_month": 4}
CHARGE = {"user_id": "ada", "request_id": "o-1", "amount": {"minor": 999, "currency": "EUR"}, "description": "Socks"}

Answer = tuple[int, Mapping[str, Any]]


async def ask(
    client: ClientSession, method: str, path: str, token: str = ADA_TOKEN, body: Any = None, key: str = ""
) -> Answer:
    headers = {"Authorization": f"Bearer {token}"} | ({"Idempotency-Key": key} if key else {})
    async with client.request(method, path, json=body, headers=headers) as response:
        text = await response.text()
        return response.status, await response.json(content_type=None) if text else {}


async def unpaid(tx: InMemoryPaymentTx, decline: DeclineClass = DeclineClass.INSUFFICIENT_FUNDS) -> None:
    await StartCharge()(requested(), tx)
    await MarkUnpaid()(failed(tx.outbox.of(ChargeOrdered)[-1], decline), tx)


async def test_saving_a_card_starts_the_process(client: ClientSession, tx: InMemoryPaymentTx):
    status, told = await ask(client, "POST", "/v1/cards", body={"card": NUMBER, "gateway": "b", "default": True})
    assert (status, told["message"]) == (202, "Process started.")
    assert (told["card"]["state"], told["card"]["gateway"], told["card"]["last4"]) == ("validating", "b", None)
    [ordered] = tx.outbox.of(CardValidationOrdered)
    assert (str(ordered.card_id), ordered.user_id, ordered.sealed_card) == (told["card"]["id"], ADA, "sealed for b")


async def test_a_browser_token_is_saved_at_its_own_gateway(client: ClientSession):
    body = {"browser_token": "tok_from_a_form"}
    assert (await ask(client, "POST", "/v1/cards", body={**body, "gateway": "b"}))[0] == 202
    assert (await ask(client, "POST", "/v1/cards", body={**body, "gateway": "a"}))[0] == 422


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"card": NUMBER, "browser_token": "tok"},
        {"browser_token": "tok", "gateway": "b", "card": None, "cvc": "123"},
        {"browser_token": "two words", "gateway": "b"},
        {"browser_token": "t" * 1025, "gateway": "b"},
        {"card": NUMBER | {"number": "4242424242424241"}},
        {"card": NUMBER | {"number": "4242 4242 4242 4242"}},
        {"card": NUMBER | {"cvc": "12"}},
        {"card": NUMBER | {"expiry_month": 13}},
        {"card": NUMBER | {"expiry_month": "4"}},
        {"card": NUMBER, "gateway": "nowhere"},
        {"card": NUMBER, "user_id": "bob"},
    ],
)
async def test_what_is_no_card_is_refused_without_repeating_it(client: ClientSession, tx: InMemoryPaymentTx, body):
    status, told = await ask(client, "POST", "/v1/cards", body=body)
    assert status == 422
    assert "4242" not in str(told)
    assert not tx.outbox.messages


async def test_a_user_sees_cards_with_their_state_and_reason(client: ClientSession, tx: InMemoryPaymentTx):
    _, saved = await ask(client, "POST", "/v1/cards", body={"card": NUMBER})
    refused = tx.cards.things[next(key for key in tx.cards.things if str(key) == saved["card"]["id"])]
    tx.cards.save(refused.refused(DeclineClass.EXPIRED_CARD))
    _, told = await ask(client, "GET", "/v1/cards")
    first, second = told["items"]
    assert (first["last4"], first["brand"], first["default"], first["state"]) == ("4242", "Visa", True, "active")
    assert (second["state"], second["reason"]) == ("refused", "expired_card")
    assert "tok_1" not in str(told)


async def test_staff_names_the_user_whose_cards_to_list(client: ClientSession):
    assert (await ask(client, "GET", "/v1/cards", STAFF))[0] == 422
    status, told = await ask(client, "GET", "/v1/cards?user_id=ada", STAFF)
    assert (status, len(told["items"])) == (200, 1)


async def test_choosing_and_removing_a_card(client: ClientSession, tx: InMemoryPaymentTx):
    tx.cards.save(card(2))
    status, told = await ask(client, "POST", f"/v1/cards/{card(2).id}/default")
    assert (status, told["default"]) == (200, True)
    assert (await ask(client, "DELETE", f"/v1/cards/{card(2).id}"))[0] == 204
    assert (await ask(client, "GET", f"/v1/cards/{card(2).id}"))[1]["state"] == "forgotten"
    assert (await ask(client, "POST", f"/v1/cards/{card(2).id}/default"))[0] == 422


async def test_a_product_charges_a_user_once(client: ClientSession, tx: InMemoryPaymentTx):
    status, told = await ask(client, "POST", "/v1/payments", SHOP, CHARGE, key="k1")
    assert (status, told["state"], told["source"]) == (202, "charging", "api/client")
    assert await ask(client, "POST", "/v1/payments", SHOP, CHARGE, key="k1") == (status, told)
    assert (await ask(client, "POST", "/v1/payments", SHOP, CHARGE, key="k2"))[1]["id"] == told["id"]
    assert len(tx.outbox.of(ChargeOrdered)) == 1
    assert (await ask(client, "GET", f"/v1/payments/{told['id']}", SHOP))[1] == told


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"amount": {"minor": 1, "currency": "EUR"}}, 409),
        ({"amount": {"minor": 0, "currency": "EUR"}}, 422),
        ({"amount": {"minor": 999, "currency": "ZZZ"}}, 422),
        ({"amount": 9.99}, 422),
        ({"description": ""}, 422),
    ],
)
async def test_another_charge_under_the_same_request_id_is_a_conflict_and_no_charge_is_refused(
    client: ClientSession, tx: InMemoryPaymentTx, change, status
):
    await ask(client, "POST", "/v1/payments", SHOP, CHARGE, key="k1")
    assert (await ask(client, "POST", "/v1/payments", SHOP, CHARGE | change, key="k2"))[0] == status
    assert len(tx.outbox.of(ChargeOrdered)) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"user_id": "nobody"}, "unknown_user"),
        ({"user_id": "bob"}, "no_card"),
        ({"amount": {"minor": 980, "currency": "JPY"}}, "currency_not_supported"),
    ],
)
async def test_what_cannot_be_charged_is_a_failed_payment_each_time_its_key_comes(
    client: ClientSession, tx: InMemoryPaymentTx, change, reason
):
    tx.users.save(User(BOB, NOON))
    status, told = await ask(client, "POST", "/v1/payments", SHOP, CHARGE | change, key="k1")
    assert (status, told["state"], told["reason"]) == (202, "failed", reason)
    [attempt] = told["attempts"]
    assert (attempt["number"], attempt["state"], attempt["reason"]) == (0, "not_attempted", reason)
    assert await ask(client, "POST", "/v1/payments", SHOP, CHARGE | change, key="k1") == (status, told)
    assert len(tx.outbox.of(PaymentFailed)) == 1
    assert not tx.outbox.of(ChargeOrdered)


@pytest.mark.parametrize("text", ["a\x01b", "d" * 1001])
async def test_a_text_no_message_may_carry_is_refused_with_its_name(client: ClientSession, text: str):
    status, told = await ask(client, "POST", "/v1/payments", SHOP, CHARGE | {"description": text}, key="k1")
    assert status == 422
    assert "description" in str(told)


async def test_moving_money_needs_a_key(client: ClientSession):
    assert (await ask(client, "POST", "/v1/payments", SHOP, CHARGE))[0] == 400
    assert (await ask(client, "POST", f"/v1/payments/{PAYMENT}/repay"))[0] == 400
    assert (await ask(client, "POST", f"/v1/payments/{PAYMENT}/refunds", STAFF, {}))[0] == 400


async def test_failed_payments_tell_what_is_needed_to_repay(client: ClientSession, tx: InMemoryPaymentTx):
    await unpaid(tx)
    await StartCharge()(requested("r2", requested_at=NOON + DAY), tx)
    _, told = await ask(client, "GET", "/v1/payments?status=failed")
    [payment] = told["items"]
    assert payment["reason"] == "insufficient_funds"
    assert payment["repay"] == {
        "amount": {"minor": 999, "currency": "EUR"},
        "reason": "insufficient_funds",
        "card_id": str(card().id),
        "card_usable": True,
        "cards": (await ask(client, "GET", "/v1/cards"))[1]["items"],
        "url": f"/v1/payments/{PAYMENT}/repay",
    }


async def test_a_card_that_was_declined_for_good_is_not_usable_again(client: ClientSession, tx: InMemoryPaymentTx):
    await unpaid(tx, DeclineClass.EXPIRED_CARD)
    _, told = await ask(client, "GET", f"/v1/payments/{PAYMENT}")
    assert not told["repay"]["card_usable"]


async def test_repaying_starts_once_for_its_key_and_conflicts_while_it_runs(
    client: ClientSession, tx: InMemoryPaymentTx
):
    await unpaid(tx)
    path, body = f"/v1/payments/{PAYMENT}/repay", {"card_id": str(card().id)}
    status, told = await ask(client, "POST", path, body=body, key="k1")
    assert (status, told["message"], told["payment"]["state"]) == (202, "Payment started.", "charging")
    assert await ask(client, "POST", path, body=body, key="k1") == (status, told)
    assert (await ask(client, "POST", path, body=body, key="k2"))[0] == 409
    assert (await ask(client, "POST", path, key="k1"))[0] == 422, "the same key for another body"
    assert [order.attempt_no for order in tx.outbox.of(ChargeOrdered)] == [1, 2]


async def test_repaying_without_a_body_charges_the_default_card(client: ClientSession, tx: InMemoryPaymentTx):
    await unpaid(tx)
    assert (await ask(client, "POST", f"/v1/payments/{PAYMENT}/repay", key="k1"))[0] == 202
    assert tx.outbox.of(ChargeOrdered)[-1].card_token == "tok_1"


async def test_history_goes_by_pages_with_every_attempt_and_its_reason(client: ClientSession, tx: InMemoryPaymentTx):
    await unpaid(tx)
    for number in range(3):
        await StartCharge()(requested(f"n{number}", requested_at=NOON + number * DAY), tx)
    seen, path = [], "/v1/payments?limit=2"
    while path:
        _, told = await ask(client, "GET", path)
        seen += told["items"]
        path = f"/v1/payments?limit=2&cursor={told['next']}" if told["next"] else ""
    assert [payment["request_id"] for payment in seen][:2] == ["n2", "n1"]
    assert {payment["request_id"] for payment in seen[2:]} == {"n0", "r1"}
    first = next(payment for payment in seen if payment["request_id"] == "r1")
    [attempt] = first["attempts"]
    assert (attempt["number"], attempt["state"], attempt["reason"], attempt["card"]) == (
        1,
        "declined",
        "insufficient_funds",
        "Visa ···· 4242",
    )
    assert (attempt["detail"], attempt["reference"]) == (None, None), "the provider's own words are for staff"


async def test_staff_sees_everybodys_payments_and_the_providers_words(client: ClientSession, tx: InMemoryPaymentTx):
    await unpaid(tx)
    _, told = await ask(client, "GET", "/v1/payments", STAFF)
    assert told["items"][0]["attempts"][0]["detail"] == "51"


async def test_staff_gives_money_back(client: ClientSession, tx: InMemoryPaymentTx):
    await StartCharge()(requested(), tx)
    await SettlePayment()(succeeded(tx.outbox.of(ChargeOrdered)[-1]), tx)
    path, part = f"/v1/payments/{PAYMENT}/refunds", {"amount": {"minor": 400, "currency": "EUR"}}
    status, told = await ask(client, "POST", path, STAFF, part, key="k1")
    assert (status, told["number"], told["amount"]["minor"], told["refunded_at"]) == (202, 1, 400, None)
    assert (await ask(client, "POST", path, STAFF, {}, key="k2"))[1]["amount"]["minor"] == 599
    assert (await ask(client, "POST", path, STAFF, {}, key="k3"))[0] == 409
    assert [order.refund_no for order in tx.outbox.of(RefundOrdered)] == [1, 2]


async def test_staff_sees_why_a_refund_failed_and_orders_another(client: ClientSession, tx: InMemoryPaymentTx):
    await StartCharge()(requested(), tx)
    await SettlePayment()(succeeded(tx.outbox.of(ChargeOrdered)[-1]), tx)
    path = f"/v1/payments/{PAYMENT}/refunds"
    await ask(client, "POST", path, STAFF, {}, key="k1")
    reason = DeclineClass.PROVIDER_REFUSED
    await ReleaseRefund()(RefundFailed(PAYMENT, 1, 1, ADA, requested().amount, "a", reason, "closed", NOON), tx)
    [refund] = (await ask(client, "GET", f"/v1/payments/{PAYMENT}", STAFF))[1]["refunds"]
    assert (refund["state"], refund["reason"], refund["detail"], refund["refunded_at"]) == (
        "declined",
        "provider_refused",
        "closed",
        None,
    )
    assert refund["failed_at"]
    [shown] = (await ask(client, "GET", f"/v1/payments/{PAYMENT}"))[1]["refunds"]
    assert (shown["state"], shown["detail"], shown["reference"]) == ("declined", None, None)
    status, told = await ask(client, "POST", path, STAFF, {}, key="k2")
    assert (status, told["number"], told["state"]) == (202, 2, "submitting")


async def test_staff_writes_a_failed_payment_off(client: ClientSession, tx: InMemoryPaymentTx):
    await unpaid(tx)
    status, told = await ask(client, "POST", f"/v1/payments/{PAYMENT}/write-off", STAFF)
    assert (status, told["state"], told["repay"]) == (200, "written_off", None)


USER = {
    "name": "Nour Haddad",
    "email": "nour@example.com",
    "phone": "+4915112345678",
    "address": ["Hauptstraße 1", "10115 Berlin"],
    "country": "DE",
    "locale": "ar",
    "time_zone": "Europe/Berlin",
}


async def test_staff_says_who_a_user_is_and_every_role_is_told(client: ClientSession, tx: InMemoryPaymentTx):
    status, told = await ask(client, "PUT", "/v1/users/nour", STAFF, USER)
    assert (status, told["user_id"]) == (200, "nour")
    [changed] = tx.outbox.of(UserChanged)
    assert (changed.user_id, changed.name, changed.address) == (
        "nour",
        "Nour Haddad",
        ("Hauptstraße 1", "10115 Berlin"),
    )
    assert tx.users.things["nour"].known


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"email": "nobody"},
        {"phone": "0151 123"},
        {"country": "Germany"},
        {"locale": "a b"},
        {"time_zone": "Mars/Olympus"},
        {"address": ["x"] * 7},
        {"nickname": "N"},
    ],
)
async def test_what_is_no_user_is_refused(client: ClientSession, tx: InMemoryPaymentTx, change):
    assert (await ask(client, "PUT", "/v1/users/nour", STAFF, USER | change))[0] == 422
    assert not tx.outbox.messages


ROUTES = [
    ("POST", "/v1/cards", {"card": NUMBER}, {ADA_TOKEN}),
    ("GET", "/v1/cards?user_id=ada", None, {ADA_TOKEN, STAFF}),
    ("GET", f"/v1/cards/{card().id}", None, {ADA_TOKEN, STAFF}),
    ("DELETE", f"/v1/cards/{card().id}", None, {ADA_TOKEN, STAFF}),
    ("POST", f"/v1/cards/{card().id}/default", None, {ADA_TOKEN, STAFF}),
    ("GET", "/v1/payments?user_id=ada", None, {ADA_TOKEN, STAFF}),
    ("GET", f"/v1/payments/{PAYMENT}", None, {ADA_TOKEN, STAFF}),
    ("POST", "/v1/payments", CHARGE, {SHOP}),
    ("POST", f"/v1/payments/{PAYMENT}/repay", {}, {ADA_TOKEN, STAFF}),
    ("POST", f"/v1/payments/{PAYMENT}/refunds", {}, {STAFF}),
    ("POST", f"/v1/payments/{PAYMENT}/write-off", None, {STAFF}),
    ("PUT", "/v1/users/ada", USER, {STAFF}),
]
REACHED = {200, 202, 204, 409}


@pytest.mark.parametrize("token", [ADA_TOKEN, BOB_TOKEN, SHOP, STAFF, "ada:openid", "anonymous"])
@pytest.mark.parametrize(("method", "path", "body", "allowed"), ROUTES, ids=[f"{r[0]} {r[1]}" for r in ROUTES])
async def test_everybody_reaches_what_is_theirs_and_nothing_else(
    client: ClientSession, tx: InMemoryPaymentTx, method, path, body, allowed, token
):
    tx.users.save(tx.users.things[ADA])
    await unpaid(tx)
    before = dict(tx.payments.things)
    status, _ = await ask(client, method, path, token, body, key="k1")
    own_card = token == BOB_TOKEN and (method, path) == ("POST", "/v1/cards")
    if token in allowed or own_card:
        assert status in REACHED
    else:
        assert status in {401, 403, 404}
        assert tx.payments.things == before
    assert BOB not in tx.users.things
