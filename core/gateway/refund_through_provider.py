"""Refunds are carried out at the provider, each at most once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.contracts.payment_responses import PaymentRefunded
from core.gateway.advance import advance
from core.gateway.model import JournalState, Progress, Refund
from core.gateway.plan import plan_refund, taken_up
from core.gateway.policy import USUAL, ProviderPolicy
from core.gateway.ports import ChargeOutcome, GatewayTx, Provider, RefundOrder


@dataclass(frozen=True, slots=True)
class RefundThroughProvider:
    """Like a charge: written down before the call, repeated only under the same key, in the end left to a person."""

    provider: Provider
    policy: ProviderPolicy = USUAL

    async def claim(self, tx: GatewayTx, most: int) -> Sequence[Refund]:
        due = await tx.refunds.take_due(tx.now, most)
        return [refund for refund in (self._take_up(refund, tx) for refund in due) if refund.progress.available_at]

    async def perform(self, refund: Refund) -> ChargeOutcome:
        return await self.provider.refund(RefundOrder(str(refund.key), str(refund.charge_key), refund.amount))

    async def record(self, refund: Refund, outcome: ChargeOutcome, tx: GatewayTx) -> None:
        known = await tx.refunds.get(refund.key)
        self._keep(known, advance(known.progress, outcome, tx.now, self.policy), tx)

    def _take_up(self, refund: Refund, tx: GatewayTx) -> Refund:
        call = plan_refund(refund.progress, tx.now, self.policy)
        return self._keep(refund, taken_up(refund.progress, call, tx.now, self.policy), tx)

    def _keep(self, refund: Refund, progress: Progress, tx: GatewayTx) -> Refund:
        after = replace(refund, progress=progress)
        tx.refunds.save(after)
        if progress.state is JournalState.SUCCEEDED is not refund.progress.state:
            tx.outbox.add(_refunded(after, tx))
        return after


def _refunded(refund: Refund, tx: GatewayTx) -> PaymentRefunded:
    return PaymentRefunded(
        payment_id=refund.key.payment_id,
        attempt_no=refund.attempt_no,
        refund_no=refund.key.refund_no,
        user_id=refund.user_id,
        amount=refund.amount,
        gateway=refund.gateway,
        provider_reference=refund.progress.reference,
        occurred_at=tx.now,
    )
