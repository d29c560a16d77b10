"""Every mailer carries the same mail; only a word about the recipient or the mail is final."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from adapters.notices.files import FileMailer
from adapters.notices.smtp import Security, SmtpMailer, SmtpServer
from core.kernel.secret import Secret
from core.kernel.trouble import Unavailable
from core.notifier.ports import Mailer, Sending
from tests.contract.notices.mail_server import PASSWORD, USER, Server, free_port
from tests.contract.notices.samples import FAILED, INVOICE, MESSAGE_ID, PDF, SENDER, FixedClock

Taken = Callable[[], list[EmailMessage]]


@pytest.fixture(scope="module")
def running() -> Iterator[Server]:
    with Server().running() as server:
        yield server


@pytest.fixture
def server(running: Server) -> Server:
    running.postbox.taken.clear()
    return running


def smtp(server: Server, **changes: object) -> SmtpMailer:
    password = Secret(PASSWORD.decode())
    told = SmtpServer(
        server.host, server.port, username=USER.decode(), password=password, timeout=1.0, tls=server.trust
    )
    return SmtpMailer(replace(told, **changes), SENDER, FixedClock())


@pytest.fixture(params=["files", "smtp"])
async def mailer(request: pytest.FixtureRequest, server: Server, tmp_path: Path) -> AsyncIterator[tuple[Mailer, Taken]]:
    if request.param == "smtp":
        yield smtp(server), lambda: server.postbox.taken
    else:
        yield (
            FileMailer(tmp_path / "mails", SENDER, FixedClock()),
            lambda: [
                message_from_bytes(path.read_bytes(), policy=policy.default)
                for path in sorted((tmp_path / "mails").glob("*.eml"))
            ],
        )


async def test_an_invoice_arrives_with_text_html_and_the_pdf(mailer: tuple[Mailer, Taken]) -> None:
    carrier, taken = mailer
    sent = await carrier.send("anna@example.org", MESSAGE_ID, INVOICE, PDF)
    assert sent.result is Sending.SENT
    (mail,) = taken()
    assert mail["From"] == "Harbour Media <billing@harbour.example>"
    assert mail["To"] == "anna@example.org"
    assert mail["Subject"] == "Your invoice INV-2026-000123"
    assert mail["Message-ID"] == f"<{MESSAGE_ID}@harbour.example>"
    assert mail["Date"].datetime == FixedClock().now()
    assert "Hello Anna Käufer" in mail.get_body(("plain",)).get_content()
    assert "Hello Anna Käufer" in mail.get_body(("html",)).get_content()
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == (PDF.filename, "application/pdf")
    assert attached.get_content() == PDF.content


async def test_a_mail_without_attachment_and_in_arabic_arrives(mailer: tuple[Mailer, Taken]) -> None:
    carrier, taken = mailer
    assert (await carrier.send("anna@example.org", MESSAGE_ID, replace(FAILED, locale="ar-EG"))).result is Sending.SENT
    (mail,) = taken()
    assert mail["Content-Language"] == "ar"
    assert "مرحبًا Anna Käufer" in mail.get_body(("plain",)).get_content()
    assert list(mail.iter_attachments()) == []


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028"])
async def test_line_ends_in_a_name_make_no_header(mailer: tuple[Mailer, Taken], end: str) -> None:
    carrier, taken = mailer
    hostile = f"Anna{end}Bcc: eve@example.org{end}{end}<script>"
    notice = replace(INVOICE, user_name=hostile, description=hostile, invoice_number=f"INV-1{end}Bcc: eve@example.org")
    await carrier.send("anna@example.org", MESSAGE_ID, notice)
    (mail,) = taken()
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Your invoice INV-1 Bcc: eve@example.org"


@pytest.mark.parametrize(
    "to",
    ["", "anna", "@example.org", "anna@", "a b@example.org", "anna@example.org\r\nBcc: eve@example.org",
     "anna@example.org, eve@example.org", "Anna <anna@example.org>", "änna@example.org", "a@" + "x" * 70 + ".org"],
)  # fmt: skip
async def test_what_is_no_address_is_refused_before_anything_is_sent(mailer: tuple[Mailer, Taken], to: str) -> None:
    carrier, taken = mailer
    assert (await carrier.send(to, MESSAGE_ID, FAILED)).result is Sending.REFUSED
    assert taken() == []


async def test_a_domain_in_another_script_is_written_as_idna(mailer: tuple[Mailer, Taken]) -> None:
    carrier, taken = mailer
    assert (await carrier.send("anna@bücher.example", MESSAGE_ID, FAILED)).result is Sending.SENT
    assert taken()[0]["To"] == "anna@xn--bcher-kva.example"


async def test_a_ready_mailer_passes_its_check(mailer: tuple[Mailer, Taken]) -> None:
    await mailer[0].check()


async def test_the_same_mail_twice_is_one_file(tmp_path: Path) -> None:
    mailer = FileMailer(tmp_path, SENDER, FixedClock())
    for _ in range(2):
        await mailer.send("anna@example.org", MESSAGE_ID, INVOICE, PDF)
    assert os.listdir(tmp_path) == [f"invoice-{MESSAGE_ID}.eml"]


async def test_a_folder_that_cannot_be_written_means_later(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    mailer = FileMailer(tmp_path / "file" / "mails", SENDER, FixedClock())
    assert (await mailer.send("anna@example.org", MESSAGE_ID, INVOICE)).result is Sending.LATER
    with pytest.raises(Unavailable):
        await mailer.check()


@pytest.mark.parametrize(
    ("to", "result", "detail"),
    [
        ("nobody", Sending.REFUSED, "550 5.1.1 no such user"),
        ("spam", Sending.REFUSED, "554 5.7.1 looks like spam"),
        ("busy", Sending.LATER, "451 4.3.0 try later"),
        ("later", Sending.LATER, "452 4.2.2 mailbox full"),
    ],
)
async def test_the_servers_word_decides(server: Server, to: str, result: Sending, detail: str) -> None:
    sent = await smtp(server).send(f"{to}@example.org", MESSAGE_ID, FAILED)
    assert (sent.result, sent.detail) == (result, detail)
    assert server.postbox.taken == []


@pytest.mark.parametrize(
    "changes",
    [
        {"port": free_port()},
        {"host": "nowhere.invalid"},
        {"password": Secret("wrong")},
        {"tls": None},
        {"security": Security.NONE, "username": "", "password": None},
    ],
    ids=["nobody listens", "no such host", "wrong password", "unknown certificate", "login demanded"],
)
async def test_what_is_wrong_with_us_or_the_way_waits(server: Server, changes: dict[str, object]) -> None:
    mailer = smtp(server, **changes)
    assert (await mailer.send("anna@example.org", MESSAGE_ID, FAILED)).result is Sending.LATER
    assert server.postbox.taken == []


@pytest.mark.parametrize("changes", [{"port": free_port()}, {"password": Secret("wrong")}, {"tls": None}])
async def test_a_server_that_will_not_have_us_fails_the_check(server: Server, changes: dict[str, object]) -> None:
    with pytest.raises(Unavailable):
        await smtp(server, **changes).check()


@pytest.mark.parametrize("to", ["vanish@example.org", "slow@example.org"])
async def test_a_mail_whose_acceptance_is_lost_goes_again_under_the_same_id(server: Server, to: str) -> None:
    mailer = smtp(server)
    for _ in range(2):
        assert (await mailer.send(to, MESSAGE_ID, FAILED)).result is Sending.LATER
    assert {mail["Message-ID"] for mail in server.postbox.taken} == {f"<{MESSAGE_ID}@harbour.example>"}
