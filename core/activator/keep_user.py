"""The activator knows who exists: nobody else is answered for."""

from dataclasses import dataclass

from core.activator.model import User
from core.activator.ports import ActivatorTx
from core.contracts.users import UserChanged


@dataclass(frozen=True, slots=True)
class KeepUser:
    """Keeps the id. The latest change wins, whatever the order of arrival."""

    async def __call__(self, changed: UserChanged, tx: ActivatorTx, /) -> None:
        known = await tx.users.find(changed.user_id)
        if known is None or known.changed_at < changed.changed_at:
            tx.users.save(User(changed.user_id, changed.changed_at))
