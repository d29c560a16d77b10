"""Texts: a final no, a no for now, and the ones that may have been sent."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import encode_basic_auth, web

from adapters.notices.files import FileTexts
from adapters.notices.twilio import TwilioAccount, TwilioTexts
from core.kernel.secret import Secret
from core.kernel.trouble import Unavailable
from core.notifier.ports import Sending
from tests.contract.notices.mail_server import free_port
from tests.contract.notices.samples import FAILED, MESSAGE_ID

ANNA = "+4915112345678"
ACCOUNT = "AC1"
ANSWERS = {
    "+15005550001": (400, 21211),
    "+15005550004": (400, 21610),
    "+15005550009": (429, 20429),
    "+15005550010": (503, 20503),
    "+15005550011": (500, 20500),
    "+15005550012": (302, 0),
}


class FakeTwilio:
    """Keeps what it takes; answers by the number, some as Twilio's magic numbers do."""

    def __init__(self) -> None:
        self.taken: list[dict[str, str]] = []
        self.url = ""

    async def message(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        if request.headers["Authorization"] != encode_basic_auth(ACCOUNT, "hush"):
            return web.json_response({"code": 20003, "message": "Authenticate"}, status=401)
        if form["To"] in ANSWERS:
            status, code = ANSWERS[form["To"]]
            return web.json_response({"code": code, "message": form["To"]}, status=status, headers={"Location": "/"})
        self.taken.append(form)
        if form["To"] == "+1silent":
            await asyncio.sleep(30)
        if form["To"] == "+1cut":
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({"sid": "SM7", "status": "queued"}, status=201)

    async def account(self, request: web.Request) -> web.Response:
        known = request.headers["Authorization"] == encode_basic_auth(ACCOUNT, "hush")
        return web.json_response({"sid": ACCOUNT}, status=200 if known else 401)


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    fake, app, port = FakeTwilio(), web.Application(), free_port()
    app.router.add_post(f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", fake.message)
    app.router.add_get(f"/2010-04-01/Accounts/{ACCOUNT}.json", fake.account)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    fake.url = f"http://127.0.0.1:{port}"
    yield fake
    await runner.cleanup()


def texts(url: str, token: str = "hush") -> TwilioTexts:
    return TwilioTexts(TwilioAccount(ACCOUNT, Secret(token), "+15005550006", url, timeout=0.5), "Harbour")


async def test_a_text_is_taken_with_its_sender_and_words(twilio: FakeTwilio) -> None:
    sent = await texts(twilio.url).send(ANNA, MESSAGE_ID, FAILED)
    assert (sent.result, sent.detail) == (Sending.SENT, "SM7")
    (taken,) = twilio.taken
    assert (taken["To"], taken["From"]) == (ANNA, "+15005550006")
    assert taken["Body"].startswith("Harbour: your payment of €19.99 did not go through.")


@pytest.mark.parametrize(
    ("to", "result", "detail"),
    [
        ("+15005550001", Sending.REFUSED, "400 21211"),
        ("+15005550004", Sending.REFUSED, "400 21610"),
        ("+15005550009", Sending.LATER, "429 20429"),
        ("+15005550010", Sending.LATER, "503 20503"),
        ("+15005550011", Sending.AMBIGUOUS, "500 20500"),
        ("+15005550012", Sending.LATER, "302 0"),
    ],
)
async def test_the_providers_word_decides(twilio: FakeTwilio, to: str, result: Sending, detail: str) -> None:
    sent = await texts(twilio.url).send(to, MESSAGE_ID, FAILED)
    assert (sent.result, sent.detail) == (result, detail)


@pytest.mark.parametrize("to", ["+1silent", "+1cut"])
async def test_a_text_that_may_have_been_sent_is_ambiguous(twilio: FakeTwilio, to: str) -> None:
    assert (await texts(twilio.url).send(to, MESSAGE_ID, FAILED)).result is Sending.AMBIGUOUS
    assert len(twilio.taken) == 1


async def test_wrong_credentials_are_our_fault_and_wait(twilio: FakeTwilio) -> None:
    assert (await texts(twilio.url, "wrong").send(ANNA, MESSAGE_ID, FAILED)).result is Sending.LATER


@pytest.mark.parametrize("url", [f"http://127.0.0.1:{free_port()}", "http://nowhere.invalid"])
async def test_nobody_there_means_later(url: str) -> None:
    assert (await texts(url).send(ANNA, MESSAGE_ID, FAILED)).result is Sending.LATER


async def test_the_check_asks_for_our_own_account(twilio: FakeTwilio) -> None:
    await texts(twilio.url).check()
    for wrong in (texts(twilio.url, "wrong"), texts(f"http://127.0.0.1:{free_port()}")):
        with pytest.raises(Unavailable):
            await wrong.check()


async def test_a_text_becomes_one_file_however_often_it_is_sent(tmp_path: Path) -> None:
    carrier = FileTexts(tmp_path / "texts", "Harbour")
    for _ in range(2):
        assert (await carrier.send(ANNA, MESSAGE_ID, FAILED)).result is Sending.SENT
    assert os.listdir(tmp_path / "texts") == [f"payment_failed-{MESSAGE_ID}.json"]
    kept = json.loads((tmp_path / "texts" / f"payment_failed-{MESSAGE_ID}.json").read_text("utf-8"))
    assert (kept["to"], kept["id"]) == (ANNA, MESSAGE_ID)
    assert "€19.99" in kept["body"]


async def test_a_strange_id_stays_inside_the_folder(tmp_path: Path) -> None:
    await FileTexts(tmp_path / "texts", "Harbour").send(ANNA, "../../x", FAILED)
    assert os.listdir(tmp_path / "texts") == ["payment_failed-.._.._x.json"]
