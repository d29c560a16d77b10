"""Topic Users: the identity of those who are billed. Each role keeps only the fields it needs."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.contracts.message import Message
from core.kernel.ids import UserId


@dataclass(frozen=True, slots=True)
class UserChanged(Message):
    """A user as they are from `changed_at` on. The latest `changed_at` wins, whatever the order of arrival."""

    topic: ClassVar[str] = "billow.users"
    kind: ClassVar[str] = "user.changed.v1"

    user_id: UserId
    changed_at: datetime
    name: str
    email: str
    phone: str = ""
    """E.164, or empty for no SMS."""
    address: tuple[str, ...] = ()
    """Lines as they go on an envelope, without the name and the country."""
    country: str = ""
    """ISO 3166-1 alpha-2."""
    locale: str = "en"
    """BCP 47."""
    time_zone: str = "UTC"
    """IANA name: the calendar a user's billing dates are reckoned in."""
    tax_id: str = ""

    @property
    def subject(self) -> str:
        return self.user_id
