"""Charges are carried out at the provider, at most one captured for each key."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.gateway.model import Charge
from core.gateway.next_step import next_step
from core.gateway.plan import KEY_IS_DEAD, Call, answer_to, plan_charge, taken_up
from core.gateway.policy import USUAL, ProviderPolicy
from core.gateway.ports import GatewayTx, Order, Provider, StatusOutcome
from core.gateway.readable import readable


@dataclass(frozen=True, slots=True)
class ChargeTask:
    """One charge to be sent, or to be asked for."""

    charge: Charge
    call: Call

    @property
    def correlation_id(self) -> str:
        return self.charge.correlation_id

    @property
    def order(self) -> Order:
        return Order(str(self.charge.key), self.charge.card_token, self.charge.amount, self.charge.description)


@dataclass(frozen=True, slots=True)
class ChargeThroughProvider:
    """The journal says `submitting` before the provider is called: a crash leaves a question, no second charge."""

    provider: Provider
    policy: ProviderPolicy = USUAL

    async def claim(self, tx: GatewayTx, most: int) -> Sequence[ChargeTask]:
        return [self._take_up(charge, tx) for charge in await tx.charges.claim_due(tx.now, most)]

    async def perform(self, task: ChargeTask) -> StatusOutcome:
        match task.call:
            case Call.SEND:
                return readable(await self.provider.charge(task.order))
            case Call.ASK:
                return answer_to(task.call, readable(await self.provider.charge_status(task.order)))
            case Call.GIVE_UP:
                return KEY_IS_DEAD

    async def record(self, task: ChargeTask, outcome: StatusOutcome, tx: GatewayTx) -> None:
        charge, told = next_step(await tx.charges.get(task.charge.key), outcome, tx.now, self.policy)
        tx.charges.save(charge)
        if told:
            tx.outbox.add(told)

    def _take_up(self, charge: Charge, tx: GatewayTx) -> ChargeTask:
        call = plan_charge(charge.progress, tx.now, self.policy)
        charge = replace(charge, progress=taken_up(charge.progress, call, tx.now, self.policy))
        tx.charges.save(charge)
        return ChargeTask(charge, call)
