"""The operations that move money, each once for its Idempotency-Key; and giving up on it."""

from datetime import date
from uuid import UUID

from pydantic import Field

from core.contracts.payment_requests import PaymentRequested
from core.kernel.ids import CardId, PaymentId, UserId
from core.payment.order_refund import OrderRefund
from core.payment.repay import Repay
from core.payment.write_off import WriteOff
from entrypoints.http.kit import OPERATOR, PRODUCT, USER, Amount, Api, Ask, Caller, Once, Owner, View
from entrypoints.http.payment.history import source_of
from entrypoints.http.payment.parts import PaymentHttpTx, PaymentParts, owner_id
from entrypoints.http.payment.views import PaymentView, RefundView


class PaymentAsk(Ask):
    """Charge a user. The same request_id of the same client is one payment for ever."""

    user_id: str = Field(min_length=1, max_length=255)
    request_id: str = Field(min_length=1, max_length=255)
    amount: Amount
    description: str = Field(min_length=1, max_length=1000)
    period_start: date | None = Field(default=None, strict=False)
    period_end: date | None = Field(default=None, strict=False)


class RepayAsk(Ask):
    """The card to charge; none is the default card."""

    card_id: UUID | None = Field(default=None, strict=False)


class RefundAsk(Ask):
    """What to give back; none is all that is left."""

    amount: Amount | None = None


class Started(View):
    message: str = "Payment started."
    payment: PaymentView


def money_routes(api: Api, parts: PaymentParts) -> None:
    @api.post("/v1/payments", status=202, callers=(PRODUCT,), errors=(409,), money=True)
    async def request_payment(body: PaymentAsk, caller: Caller, once: Once) -> PaymentView:
        """Charge a user."""

        async def work(tx: PaymentHttpTx) -> PaymentView:
            requested = PaymentRequested(
                source=source_of(caller),
                request_id=body.request_id,
                user_id=UserId(body.user_id),
                amount=body.amount.money(),
                description=body.description,
                requested_at=tx.now,
                period_start=body.period_start,
                period_end=body.period_end,
            )
            await parts.start_charge(requested, tx)
            return PaymentView.of(await tx.payments.get(requested.payment_id), staff=False)

        return await once(parts.uow, work)

    @api.post("/v1/payments/{payment_id}/repay", status=202, callers=(USER, OPERATOR), errors=(409,), money=True)
    async def repay(payment_id: UUID, owner: Owner, caller: Caller, once: Once, body: RepayAsk = RepayAsk()) -> Started:  # noqa: B008
        """Pay a failed payment again, with the old or another card."""

        async def work(tx: PaymentHttpTx) -> Started:
            card_id = CardId(body.card_id) if body.card_id else None
            payment = await Repay()(tx, payment_id=PaymentId(payment_id), owner=owner_id(owner), card_id=card_id)
            return Started(payment=PaymentView.of(payment, staff=caller.may(OPERATOR)))

        return await once(parts.uow, work)

    @api.post("/v1/payments/{payment_id}/refunds", status=202, callers=(OPERATOR,), errors=(409,), money=True)
    async def order_refund(payment_id: UUID, body: RefundAsk, once: Once) -> RefundView:
        """Give back part or all of a payment."""

        async def work(tx: PaymentHttpTx) -> RefundView:
            amount = body.amount.money() if body.amount else None
            return RefundView.of(await OrderRefund()(tx, payment_id=PaymentId(payment_id), amount=amount), staff=True)

        return await once(parts.uow, work)

    @api.post("/v1/payments/{payment_id}/write-off", callers=(OPERATOR,), errors=(409,))
    async def write_off(payment_id: UUID) -> PaymentView:
        """Give up on a failed payment: it is owed no longer, neither retried nor reminded of."""
        async with parts.uow() as tx:
            payment = await WriteOff()(tx, payment_id=PaymentId(payment_id))
        return PaymentView.of(payment, staff=True)
