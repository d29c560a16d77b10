"""A user is changed from outside, through payment's own doors."""

from dataclasses import dataclass

from core.contracts.users import UserChanged
from core.payment.keep_user import KEEP_USER, KeepUser
from core.payment.ports import PaymentTx


@dataclass(frozen=True, slots=True)
class ChangeUser:
    """Staff, or an identity system, says who a user is: every role is told."""

    keep: KeepUser = KEEP_USER

    async def __call__(self, changed: UserChanged, tx: PaymentTx) -> None:
        await self.keep(changed, tx)
        tx.outbox.add(changed)
