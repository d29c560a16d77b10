"""What the notifier needs from outside."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol
from uuid import UUID

from core.kernel.ids import PaymentId, UserId
from core.kernel.money import Money
from core.messaging.ports import Collection, Tx
from core.notifier.document import InvoiceDocument
from core.notifier.kinds import NoticeKind as NoticeKind
from core.notifier.model import Invoice, Notice, NoticeKey, User


@dataclass(frozen=True, slots=True)
class NoticeText:
    """The facts a notice is worded from; the adapter chooses language, words and layout."""

    kind: NoticeKind
    locale: str
    user_name: str
    amount: Money | None = None
    description: str = ""
    reason: str = ""
    """A `DeclineClass` value, or empty."""
    invoice_number: str = ""
    card: str = ""
    """For example "VISA ···· 4242"."""
    repay_url: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    filename: str
    content: bytes
    media_type: str = "application/pdf"


class Sending(StrEnum):
    """What came of handing a notice over."""

    SENT = "sent"
    LATER = "later"
    """Nothing was sent and trying again may help."""
    REFUSED = "refused"
    """Nothing was sent and nothing will be: a wrong address, a final no."""
    AMBIGUOUS = "ambiguous"
    """It may have been sent: it is marked, and never sent again blindly."""


@dataclass(frozen=True, slots=True)
class Sent:
    """The result, and the words of whoever refused."""

    result: Sending
    detail: str = ""


class Mailer(Protocol):
    """Sends e-mail. Never raises for what a mail server did."""

    async def send(self, to: str, message_id: str, text: NoticeText, attachment: Attachment | None = None) -> Sent: ...

    async def check(self) -> None: ...


class Texts(Protocol):
    """Sends SMS to an E.164 number. Never raises for what a provider did."""

    async def send(self, to: str, message_id: str, text: NoticeText) -> Sent: ...

    async def check(self) -> None: ...


class Renderer(Protocol):
    """Makes the PDF. Raises `Unavailable` when it could not be made in time, `Malformed` when it never can."""

    async def render(self, document: InvoiceDocument) -> bytes: ...


class Bucket(Protocol):
    """Keeps files. Raises `Unavailable` when the storage is away, `NotFound` for a key that is not there."""

    async def put_once(self, key: str, content: bytes, media_type: str, filename: str) -> None:
        """Create the object. If it is there with the same bytes, all is well; with others, raises `Conflict`."""
        ...

    async def get(self, key: str) -> bytes: ...

    async def signed_url(self, key: str, filename: str, lifetime: timedelta) -> str:
        """A URL that serves the object to whoever holds it, until it expires."""
        ...

    async def keys(self) -> list[str]:
        """All object keys, for the audit."""
        ...

    async def check(self) -> None: ...


class Users(Collection[UserId, User], Protocol):
    """Those we write to."""

    async def known(self, user_ids: Iterable[UserId]) -> Mapping[UserId, User]:
        """Those of them that are known. Not locked."""
        ...


class Invoices(Collection[PaymentId, Invoice], Protocol):
    """Invoices by their payment."""

    async def claim_due(self, now: datetime, most: int) -> Sequence[Invoice]:
        """Those with `available_at` <= now, oldest first, locked; skips what others have locked."""
        ...

    async def known(self, payment_ids: Iterable[PaymentId]) -> Mapping[PaymentId, Invoice]:
        """Those of the payments that were made, with their invoices. Not locked."""
        ...

    async def wake(self, user_id: UserId, now: datetime) -> None:
        """The user's waiting invoices become due."""
        ...


class Numbers(Protocol):
    """Gapless numbers: given only if the transaction commits."""

    async def next(self, series: str, year: int) -> int:
        """1, 2, 3 … within the series and year. Whoever asks next waits until this transaction ends."""
        ...


class Notices(Collection[NoticeKey, Notice], Protocol):
    """Every e-mail and SMS."""

    async def claim_due(self, now: datetime, most: int) -> Sequence[Notice]:
        """Like `Invoices.claim_due`."""
        ...

    async def wake(self, user_id: UserId, now: datetime) -> None:
        """The user's pending notices become due."""
        ...


class NotifierTx(Tx, Protocol):
    @property
    def correlation_id(self) -> str:
        """Names the chain of messages that the work at hand belongs to."""
        ...

    @property
    def users(self) -> Users: ...

    @property
    def invoices(self) -> Invoices: ...

    @property
    def numbers(self) -> Numbers: ...

    @property
    def notices(self) -> Notices: ...


class Place(NamedTuple):
    """Where a page of invoices ends."""

    issued_at: datetime
    payment_id: UUID


class NotifierReads(Protocol):
    """For those who look. Nothing is locked."""

    async def invoices(self, user_id: str | None, after: Place | None, most: int) -> Sequence[Invoice]:
        """Issued invoices of one user or of all, the newest first."""
        ...

    async def invoice(self, payment_id: UUID) -> Invoice | None:
        """The payment's invoice, issued or still waiting for its buyer."""
        ...
