"""SMS through Twilio's HTTP API, or any server of that shape."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    TCPConnector,
    encode_basic_auth,
)

from adapters.notices.wording import short
from core.kernel.secret import Secret
from core.kernel.trouble import Unavailable
from core.notifier.ports import NoticeText, Sending, Sent


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """`sender` is a number or a sender id. `timeout` in seconds for a whole request; a third of it to connect."""

    sid: str
    token: Secret[str]
    sender: str
    base_url: str = "https://api.twilio.com"
    timeout: float = 15.0

    @property
    def url(self) -> str:
        return f"{self.base_url.rstrip('/')}/2010-04-01/Accounts/{self.sid}"


class TwilioTexts:
    """The core's `Texts`. The API knows no idempotency key: what may have been taken is ambiguous, never retried."""

    def __init__(self, account: TwilioAccount, company: str) -> None:
        self._account = account
        self._company = company

    async def send(self, to: str, message_id: str, text: NoticeText) -> Sent:  # noqa: ARG002  # no such field there
        url = f"{self._account.url}/Messages.json"
        form = {"To": to, "From": self._account.sender, "Body": short(text, self._company)}
        try:
            async with self._session() as session, session.post(url, data=form, allow_redirects=False) as response:
                return await _outcome(response)
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            return Sent(Sending.LATER, type(error).__name__)
        except (ClientError, TimeoutError) as error:
            return Sent(Sending.AMBIGUOUS, type(error).__name__)

    async def check(self) -> None:
        """Asks for our own account. Raises `Unavailable`."""
        try:
            async with self._session() as session, session.get(f"{self._account.url}.json") as response:
                status = response.status
        except (ClientError, TimeoutError) as error:
            raise Unavailable(f"the SMS provider: {type(error).__name__}") from error
        if status != 200:
            raise Unavailable(f"the SMS provider answers {status}")

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[ClientSession]:
        """A connection for each text: a kept one that the server has closed would make the next text ambiguous."""
        account = self._account
        async with ClientSession(
            headers={"Authorization": encode_basic_auth(account.sid, account.token.reveal())},
            connector=TCPConnector(force_close=True),
            timeout=ClientTimeout(total=account.timeout, sock_connect=account.timeout / 3),
        ) as session:
            yield session


async def _outcome(response: ClientResponse) -> Sent:
    """400 is about this text or number; other 4xx are about us or the pace; 503 took nothing; other 5xx may have."""
    if 200 <= response.status < 300:
        return Sent(Sending.SENT, await _field(response, "sid"))
    detail = f"{response.status} {await _field(response, 'code')}".strip()
    if response.status == 400:
        return Sent(Sending.REFUSED, detail)
    later = response.status < 500 or response.status == 503
    return Sent(Sending.LATER if later else Sending.AMBIGUOUS, detail)


async def _field(response: ClientResponse, name: str) -> str:
    """One field of the answer, and never the answer itself: it repeats the phone number."""
    try:
        return str((await response.json(content_type=None))[name])[:64]
    except (ValueError, KeyError, TypeError, ClientError, TimeoutError):
        return ""
