"""E-mail over SMTP."""

import asyncio
import contextlib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum

import aiosmtplib

from adapters.notices.mail import Sender, compose
from core.kernel.clock import Clock
from core.kernel.secret import Secret
from core.kernel.trouble import Unavailable
from core.notifier.ports import Attachment, NoticeText, Sending, Sent


class Security(StrEnum):
    TLS = "tls"
    """From the first byte, usually port 465."""
    STARTTLS = "starttls"
    """Usually port 587; a server that does not offer it is not used."""
    NONE = "none"
    """For a mail catcher on this machine."""


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over. `timeout` in seconds, for each step and four times that for a whole mail."""

    host: str
    port: int = 587
    security: Security = Security.STARTTLS
    username: str = ""
    password: Secret[str] | None = None
    timeout: float = 10.0
    tls: ssl.SSLContext | None = None


class SmtpMailer:
    """The core's `Mailer`.

    Only a word about the recipient or the mail itself is final. A refusal of our login or sender is our own fault
    and would be the same for every mail, so those wait. A mail whose acceptance was lost on the way goes again under
    the same Message-ID, as RFC 5321 wants it."""

    def __init__(self, server: SmtpServer, sender: Sender, clock: Clock) -> None:
        self._server = server
        self._sender = sender
        self._clock = clock

    async def send(self, to: str, message_id: str, text: NoticeText, attachment: Attachment | None = None) -> Sent:
        try:
            mail = compose(self._sender, to, message_id, self._clock.now(), text, attachment)
        except ValueError as error:
            return Sent(Sending.REFUSED, str(error))
        try:
            return await self._hand_over(mail)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refusal(error.recipients[0])
        except aiosmtplib.SMTPDataError as error:
            return _refusal(error)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Sent(Sending.LATER, _told(error))

    async def check(self) -> None:
        """Connects and logs in. Raises `Unavailable`."""
        try:
            async with asyncio.timeout(self._server.timeout), self._client():
                pass
        except (aiosmtplib.SMTPException, OSError) as error:
            raise Unavailable(f"the mail server: {_told(error)}") from error

    async def _hand_over(self, mail: EmailMessage) -> Sent:
        client = self._client()
        try:
            async with asyncio.timeout(4 * self._server.timeout):
                await client.connect()
                _, answer = await client.send_message(mail)
        finally:
            await _leave(client)
        return Sent(Sending.SENT, _line(answer))

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.security is Security.TLS,
            start_tls=server.security is Security.STARTTLS,
            username=server.username or None,
            password=server.password.reveal() if server.password else None,
            timeout=server.timeout,
            tls_context=server.tls,
        )


async def _leave(client: aiosmtplib.SMTP) -> None:
    """Politely if it is quick; whatever the server says now changes nothing."""
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):
        async with asyncio.timeout(1):
            await client.quit()
    client.close()


def _refusal(error: aiosmtplib.SMTPResponseException) -> Sent:
    return Sent(Sending.REFUSED if 500 <= error.code < 600 else Sending.LATER, _told(error))


def _told(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _line(f"{error.code} {error.message}")
    return _line(f"{type(error).__name__} {error}")


def _line(text: str) -> str:
    return " ".join(text.split())[:200]
