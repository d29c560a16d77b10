"""What became known of a payment, joined to what was known before."""

from core.activator.model import Access, PaymentFact
from core.activator.policy import OverduePolicy
from core.activator.ports import ActivatorTx
from core.activator.settle_access import settle_access


async def take_fact(fact: PaymentFact, policy: OverduePolicy, tx: ActivatorTx) -> None:
    """A fact that tells nothing new changes nothing."""
    former = await tx.accesses.find(fact.user_id) or Access(fact.user_id)
    known = await tx.payment_facts.find(fact.payment_id)
    joined = fact.joined(known)
    if joined != known:
        tx.payment_facts.save(joined)
        await settle_access(former, policy, tx)
