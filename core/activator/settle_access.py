"""The one place where an answer changes: facts and time in, the new answer and its announcement out."""

from core.activator.model import Access
from core.activator.policy import OverduePolicy
from core.activator.ports import ActivatorTx
from core.contracts.access import AccessBlocked, AccessRestored


async def settle_access(former: Access, policy: OverduePolicy, tx: ActivatorTx) -> None:
    """Derive the user's access anew, keep it if it differs, and tell the products if yes became no or no became yes."""
    unpaid = await tx.payment_facts.unpaid_of(former.user_id)
    access = former.derived(unpaid, policy, tx.now)
    if access != former:
        tx.accesses.save(access)
    if access.since is not None and not former.blocked:
        tx.outbox.add(AccessBlocked(access.user_id, access.since, access.reasons))
    elif former.blocked and not access.blocked:
        tx.outbox.add(AccessRestored(access.user_id, tx.now))
