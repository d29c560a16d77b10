"""Topic Access: what the company's products are told."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.contracts.message import Message
from core.contracts.words import Reasons
from core.kernel.ids import UserId


@dataclass(frozen=True, slots=True)
class AccessBlocked(Message):
    """The user may not use the products from `since` on, because of these unpaid payment requests."""

    topic: ClassVar[str] = "billow.access"
    kind: ClassVar[str] = "access.blocked.v1"

    user_id: UserId
    since: datetime
    reasons: Reasons

    @property
    def subject(self) -> str:
        return self.user_id


@dataclass(frozen=True, slots=True)
class AccessRestored(Message):
    """The user may use the products again."""

    topic: ClassVar[str] = "billow.access"
    kind: ClassVar[str] = "access.restored.v1"

    user_id: UserId
    since: datetime

    @property
    def subject(self) -> str:
        return self.user_id
