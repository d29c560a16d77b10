"""Refunds are carried out at the provider, each at most once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.gateway.advance import advance
from core.gateway.model import Refund
from core.gateway.plan import KEY_IS_DEAD, Call, answer_to, plan_refund, taken_up
from core.gateway.policy import USUAL, ProviderPolicy
from core.gateway.ports import GatewayTx, Provider, RefundOrder, StatusOutcome
from core.gateway.readable import readable
from core.gateway.refund_step import refund_moved_on


@dataclass(frozen=True, slots=True)
class RefundTask:
    """One refund to be sent, or to be sent again to learn what became of it."""

    refund: Refund
    call: Call

    @property
    def correlation_id(self) -> str:
        return self.refund.correlation_id

    @property
    def order(self) -> RefundOrder:
        return RefundOrder(str(self.refund.key), str(self.refund.charge_key), self.refund.amount)


@dataclass(frozen=True, slots=True)
class RefundThroughProvider:
    """Like a charge: written down before the call, repeated only under the same key, in the end left to a person."""

    provider: Provider
    policy: ProviderPolicy = USUAL

    async def claim(self, tx: GatewayTx, most: int) -> Sequence[RefundTask]:
        return [self._take_up(refund, tx) for refund in await tx.refunds.claim_due(tx.now, most)]

    async def perform(self, task: RefundTask) -> StatusOutcome:
        if task.call is Call.GIVE_UP:
            return KEY_IS_DEAD
        return answer_to(task.call, readable(await self.provider.refund(task.order)))

    async def record(self, task: RefundTask, outcome: StatusOutcome, tx: GatewayTx) -> None:
        before = await tx.refunds.get(task.refund.key)
        after, told = refund_moved_on(before, advance(before.progress, outcome, tx.now, self.policy), tx.now)
        tx.refunds.save(after)
        if told:
            tx.outbox.add(told)

    def _take_up(self, refund: Refund, tx: GatewayTx) -> RefundTask:
        call = plan_refund(refund.progress, tx.now, self.policy)
        refund = replace(refund, progress=taken_up(refund.progress, call, tx.now, self.policy))
        tx.refunds.save(refund)
        return RefundTask(refund, call)
