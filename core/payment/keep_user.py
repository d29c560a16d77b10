"""What payment has to know of a user."""

from dataclasses import dataclass

from core.contracts.users import UserChanged
from core.payment.cards import User
from core.payment.charging import cured_by_being_known, try_all_again
from core.payment.networks import NETWORK_RULES, NetworkRules
from core.payment.ports import PaymentTx


@dataclass(frozen=True, slots=True)
class KeepUser:
    """Payment keeps that a user is known, and since which change. What failed because nobody knew the user is tried
    at once."""

    networks: NetworkRules = NETWORK_RULES

    async def __call__(self, changed: UserChanged, tx: PaymentTx) -> None:
        user = await tx.users.find(changed.user_id) or User(changed.user_id)
        tx.users.save(user.changed(changed.changed_at))
        if not user.known:
            await try_all_again(user.id, tx, self.networks, cured_by_being_known)


KEEP_USER = KeepUser()
