"""A person has looked into a charge and says what became of it."""

from dataclasses import dataclass
from typing import Literal

from core.gateway.model import Charge, ChargeKey, JournalState
from core.gateway.next_step import moved_on
from core.gateway.ports import GatewayTx
from core.kernel.outcomes import DeclineClass
from core.kernel.trouble import Conflict


@dataclass(frozen=True, slots=True)
class ResolveCharge:
    """Ends a manual review. Saying the same again changes nothing; anything else is `Conflict`."""

    async def __call__(
        self,
        key: ChargeKey,
        verdict: Literal["succeeded", "declined", "not_attempted"],
        reference: str,
        detail: str,
        tx: GatewayTx,
    ) -> Charge:
        charge, state = await tx.charges.get(key), JournalState(verdict)
        if charge.progress.state is state:
            return charge
        if charge.progress.state is not JournalState.MANUAL_REVIEW:
            raise Conflict(f"charge {key} is {charge.progress.state}, so there is nothing to resolve")
        decline = DeclineClass.PROVIDER_REFUSED if state is JournalState.DECLINED else None
        known = {"reference": reference or charge.progress.reference, "detail": detail, "decline": decline}
        resolved, told = moved_on(charge, charge.progress.moved(state, tx.now, **known), tx.now)
        tx.charges.save(resolved)
        if told:
            tx.outbox.add(told)
        return resolved
