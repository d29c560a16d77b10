"""A payment request, and its first attempt."""

from dataclasses import dataclass

from core.contracts.payment_requests import PaymentRequested
from core.contracts.payment_responses import PaymentFailed
from core.kernel.money import EXPONENTS
from core.kernel.outcomes import DeclineClass
from core.payment.charging import default_card, start_attempt
from core.payment.model import Origin, Payment
from core.payment.ports import PaymentTx
from core.payment.told import failure_told, payment_told


@dataclass(frozen=True, slots=True)
class StartCharge:
    """A payment request becomes its first attempt, at the gateway of the user's default card. What cannot be charged
    is kept as failed and told like any failure. Repeating a request does nothing; changing it raises `Conflict`."""

    currencies: frozenset[str] = frozenset(EXPONENTS)

    async def __call__(self, requested: PaymentRequested, tx: PaymentTx) -> None:
        told = payment_told(requested)
        known = await tx.payments.find(requested.payment_id)
        if known:
            tx.payments.save(known.asked(told))
            return
        user, card = await tx.users.find(requested.user_id), await default_card(requested.user_id, tx)
        if requested.amount.currency not in self.currencies:
            self._fail(told, DeclineClass.CURRENCY_NOT_SUPPORTED, tx)
        elif user is None or not user.known:
            self._fail(told, DeclineClass.UNKNOWN_USER, tx)
        elif card is None:
            self._fail(told, DeclineClass.NO_CARD, tx)
        else:
            start_attempt(told, card, Origin.REQUEST, tx)

    def _fail(self, payment: Payment, decline: DeclineClass, tx: PaymentTx) -> None:
        failed = PaymentFailed(
            payment_id=payment.id,
            attempt_no=0,
            user_id=payment.user_id,
            amount=payment.amount,
            description=payment.description,
            decline=decline,
            occurred_at=tx.now,
            source=payment.source,
            request_id=payment.request_id,
            period_start=payment.period_start,
            period_end=payment.period_end,
        )
        tx.payments.save(payment.learn(failure_told(failed)))
        tx.outbox.add(failed)
