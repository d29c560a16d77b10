"""A user's saved card, and the user as far as charging needs to know."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from core.kernel.cards import StoredCard
from core.kernel.ids import CardId, UserId
from core.kernel.outcomes import DeclineClass
from core.payment.states import CARD_MOVES, CardState

VALIDATION_TIME = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Card:
    """A card at one gateway, from the moment its owner wanted it saved. The number is not here, and never was."""

    id: CardId
    user_id: UserId
    gateway: str
    asked_at: datetime
    expires_at: datetime
    """Until when the gateway may answer."""
    state: CardState = CardState.VALIDATING
    stored: StoredCard | None = None
    decline: DeclineClass | None = None
    default_wanted: bool = False
    """Its owner wants it to be the default card once it is accepted."""

    @property
    def active(self) -> bool:
        return self.state is CardState.ACTIVE

    @property
    def label(self) -> str:
        return str(self.stored) if self.stored else ""

    @property
    def brand(self) -> str:
        return self.stored.brand if self.stored else ""

    @property
    def token(self) -> str:
        return self.stored.token if self.stored else ""

    def same_as(self, other: "Card") -> bool:
        """The same number of the same user at the same provider account, saved another time."""
        return (
            self.id != other.id
            and (self.user_id, self.gateway) == (other.user_id, other.gateway)
            and self.stored is not None
            and other.stored is not None
            and self.stored.fingerprint == other.stored.fingerprint
        )

    def accepted(self, stored: StoredCard) -> "Card":
        return self._moved(CardState.ACTIVE, stored=stored)

    def refused(self, decline: DeclineClass) -> "Card":
        return self._moved(CardState.REFUSED, decline=decline)

    def expired(self) -> "Card":
        return self._moved(CardState.EXPIRED)

    def replaced(self) -> "Card":
        return self._moved(CardState.REPLACED, stored=self._without_token())

    def forgotten(self) -> "Card":
        """The token goes; brand and last digits stay, for the history of what was paid with it."""
        return self._moved(CardState.FORGOTTEN, stored=self._without_token())

    def _without_token(self) -> StoredCard | None:
        return replace(self.stored, token="") if self.stored else None

    def _moved(
        self, state: CardState, *, stored: StoredCard | None = None, decline: DeclineClass | None = None
    ) -> "Card":
        """A move that is not in the table is late news, and changes nothing."""
        if state not in CARD_MOVES[self.state]:
            return self
        return replace(self, state=state, stored=stored, decline=decline)


@dataclass(frozen=True, slots=True)
class User:
    """A user as payment knows them. `changed_at` is None until the identity system told of them."""

    id: UserId
    changed_at: datetime | None = None
    default_card_id: CardId | None = None

    @property
    def known(self) -> bool:
        return self.changed_at is not None

    def with_default(self, card_id: CardId | None) -> "User":
        return replace(self, default_card_id=card_id)

    def changed(self, at: datetime) -> "User":
        """The latest change wins, whatever the order of arrival."""
        return replace(self, changed_at=max(at, self.changed_at or at))
