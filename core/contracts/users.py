"""Topic Users: the identity of those who are billed. Each role keeps only the fields it needs."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.contracts.message import Message
from core.contracts.words import Address, Country, Email, Locale, PersonName, Phone, TaxId, TimeZone
from core.kernel.ids import UserId


@dataclass(frozen=True, slots=True)
class UserChanged(Message):
    """A user as they are from `changed_at` on. The latest `changed_at` wins, whatever the order of arrival."""

    topic: ClassVar[str] = "billow.users"
    kind: ClassVar[str] = "user.changed.v1"

    user_id: UserId
    changed_at: datetime
    name: PersonName
    email: Email
    phone: Phone = ""
    """E.164, or empty for no SMS."""
    address: Address = ()
    """Lines as they go on an envelope, without the name and the country."""
    country: Country = ""
    """ISO 3166-1 alpha-2."""
    locale: Locale = "en"
    """BCP 47. In a language nobody here speaks people are written to in English."""
    time_zone: TimeZone = "UTC"
    """IANA name: the calendar a user's billing dates are reckoned in. A name nobody knows is malformed."""
    tax_id: TaxId = ""

    @property
    def subject(self) -> str:
        return self.user_id
