"""A person has looked into a refund and says what became of it."""

from dataclasses import dataclass
from typing import Literal

from core.gateway.model import JournalState, Refund, RefundKey
from core.gateway.ports import GatewayTx
from core.gateway.refund_step import refund_moved_on
from core.kernel.outcomes import DeclineClass
from core.kernel.trouble import Conflict


@dataclass(frozen=True, slots=True)
class ResolveRefund:
    """Ends a manual review. Saying the same again changes nothing; anything else is `Conflict`."""

    async def __call__(
        self,
        key: RefundKey,
        verdict: Literal["succeeded", "declined", "not_attempted"],
        reference: str,
        detail: str,
        tx: GatewayTx,
    ) -> Refund:
        refund, state = await tx.refunds.get(key), JournalState(verdict)
        if refund.progress.state is state:
            return refund
        if refund.progress.state is not JournalState.MANUAL_REVIEW:
            raise Conflict(f"refund {key} is {refund.progress.state}, so there is nothing to resolve")
        decline = DeclineClass.PROVIDER_REFUSED if state is JournalState.DECLINED else None
        known = {"reference": reference or refund.progress.reference, "detail": detail, "decline": decline}
        resolved, told = refund_moved_on(refund, refund.progress.moved(state, tx.now, **known), tx.now)
        tx.refunds.save(resolved)
        if told:
            tx.outbox.add(told)
        return resolved
