"""A mail server that refuses by the name of the recipient, and keeps what it takes."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

USER, PASSWORD = b"billow", b"hush"


class Postbox:
    """`nobody@` is refused for ever, `busy@` for now; so are mails to `spam@` and `later@` after their data."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []

    async def handle_RCPT(self, server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802
        match address.partition("@")[0]:
            case "nobody":
                return "550 5.1.1 no such user"
            case "busy":
                return "451 4.3.0 try later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        match envelope.rcpt_tos[0].partition("@")[0]:
            case "spam":
                return "554 5.7.1 looks like spam"
            case "later":
                return "452 4.2.2 mailbox full"
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        if envelope.rcpt_tos[0].startswith("vanish"):
            server.transport.abort()
        if envelope.rcpt_tos[0].startswith("slow"):
            await asyncio.sleep(30)
        return "250 2.0.0 queued"


class Server:
    """Its address, how to trust it, and its postbox."""

    def __init__(self) -> None:
        self.postbox = Postbox()
        self.host, self.port = "localhost", free_port()
        authority, self._tls = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(self._tls)
        self.trust = ssl.create_default_context()
        authority.configure_trust(self.trust)

    @contextmanager
    def running(self) -> Iterator["Server"]:
        controller = Controller(
            self.postbox,
            hostname="127.0.0.1",
            port=self.port,
            tls_context=self._tls,
            require_starttls=True,
            authenticator=authenticate,
            auth_required=True,
        )
        controller.start()
        try:
            yield self
        finally:
            controller.stop()


def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
    known = data.login == USER and data.password == PASSWORD
    return AuthResult(success=known, handled=known)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
