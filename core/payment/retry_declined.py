"""The schedule's tries."""

from dataclasses import dataclass

from core.payment.charging import default_card, try_again
from core.payment.model import Origin
from core.payment.networks import NETWORK_RULES, NetworkRules
from core.payment.ports import PaymentTx

BATCH = 200


@dataclass(frozen=True, slots=True)
class RetryDeclined:
    """Failed payments whose date has come are tried again with the default card, as far as card networks allow.
    Without a card they wait for one."""

    networks: NetworkRules = NETWORK_RULES

    async def __call__(self, tx: PaymentTx) -> bool:
        due = await tx.payments.due_for_retry(tx.now, BATCH)
        for payment in due:
            card = await default_card(payment.user_id, tx)
            if card:
                await try_again(payment, card, Origin.RETRY, tx, self.networks)
            else:
                tx.payments.save(payment.retry_on(None))
        return len(due) == BATCH
