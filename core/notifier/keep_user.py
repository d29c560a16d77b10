"""Users are kept as we write to them."""

from dataclasses import dataclass

from core.contracts.users import UserChanged
from core.notifier.document import Party
from core.notifier.model import User
from core.notifier.ports import NotifierTx


@dataclass(frozen=True, slots=True)
class KeepUser:
    """The latest change wins. Invoices and notices that waited for a user become due when they appear."""

    async def __call__(self, changed: UserChanged, tx: NotifierTx) -> None:
        known = await tx.users.find(changed.user_id)
        if known and known.changed_at >= changed.changed_at:
            return
        tx.users.save(_user(changed))
        if known is None:
            await tx.invoices.wake(changed.user_id, tx.now)
            await tx.notices.wake(changed.user_id, tx.now)


def _user(changed: UserChanged) -> User:
    party = Party(changed.name, changed.address, changed.country, changed.email, changed.phone, changed.tax_id)
    return User(changed.user_id, changed.changed_at, party, changed.locale, changed.time_zone)
