"""What staff do with a gateway: look into charges and refunds, and end manual reviews."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from core.gateway.model import Charge, ChargeKey, JournalState, Refund, RefundKey
from core.gateway.ports import GatewayReads, GatewayTx, Place
from core.gateway.resolve_charge import ResolveCharge
from core.gateway.resolve_refund import ResolveRefund
from core.kernel.ids import PaymentId
from core.kernel.outcomes import DeclineClass
from entrypoints.http.kit import OPERATOR, Amount, Api, Ask, Listing, Page, View, listing


class ChargeView(View):
    """One attempt as this gateway's journal knows it."""

    payment_id: UUID
    attempt_no: int
    user_id: str
    amount: Amount
    card: str
    state: JournalState
    decline: DeclineClass | None
    detail: str
    provider_key: str
    provider_reference: str
    ordered_at: datetime
    changed_at: datetime
    tries: int
    next_look_at: datetime | None

    @classmethod
    def of(cls, charge: Charge) -> "ChargeView":
        progress = charge.progress
        return cls(
            payment_id=charge.key.payment_id,
            attempt_no=charge.key.attempt_no,
            user_id=charge.user_id,
            amount=Amount.of(charge.amount),
            card=charge.card_label,
            state=progress.state,
            decline=progress.decline,
            detail=progress.detail,
            provider_key=str(charge.key),
            provider_reference=progress.reference,
            ordered_at=charge.ordered_at,
            changed_at=progress.changed_at,
            tries=progress.tries,
            next_look_at=progress.available_at,
        )


class JournalRefundView(View):
    """One refund as this gateway's journal knows it."""

    payment_id: UUID
    refund_no: int
    attempt_no: int
    user_id: str
    amount: Amount
    state: JournalState
    decline: DeclineClass | None
    detail: str
    provider_key: str
    provider_reference: str
    ordered_at: datetime
    changed_at: datetime
    tries: int
    next_look_at: datetime | None

    @classmethod
    def of(cls, refund: Refund) -> "JournalRefundView":
        progress = refund.progress
        return cls(
            payment_id=refund.key.payment_id,
            refund_no=refund.key.refund_no,
            attempt_no=refund.attempt_no,
            user_id=refund.user_id,
            amount=Amount.of(refund.amount),
            state=progress.state,
            decline=progress.decline,
            detail=progress.detail,
            provider_key=str(refund.key),
            provider_reference=progress.reference,
            ordered_at=refund.ordered_at,
            changed_at=progress.changed_at,
            tries=progress.tries,
            next_look_at=progress.available_at,
        )


class Verdict(Ask):
    """What the provider's own books say of the charge or the refund."""

    verdict: Literal["succeeded", "declined", "not_attempted"]
    provider_reference: str = Field(default="", max_length=255)
    detail: str = Field(default="", max_length=1000)


Uow = Callable[[], AbstractAsyncContextManager[GatewayTx]]
Number = Annotated[int, Field(ge=1, le=2**31 - 1)]


def gateway_routes(consumer: str, reads: GatewayReads, uow: Uow) -> Api:
    """`consumer` is "gateway-" and the name of the gateway, which stands in its paths."""
    api, home = Api(consumer), f"/v1/gateways/{consumer.removeprefix('gateway-')}"
    _charge_routes(api, f"{home}/charges", reads, uow)
    _refund_routes(api, f"{home}/refunds", reads, uow)
    return api


def _charge_routes(api: Api, charges: str, reads: GatewayReads, uow: Uow) -> None:
    @api.get(charges, callers=(OPERATOR,))
    async def list_charges(page: Page, state: JournalState = JournalState.MANUAL_REVIEW) -> Listing[ChargeView]:
        """Charges in one state, the oldest first."""
        found = await reads.charges(state, page.after(Place), page.fetch)
        return listing(found, page, key=lambda charge: Place(charge.ordered_at, str(charge.key)), view=ChargeView.of)

    @api.post(charges + "/{payment_id}/{attempt_no}/resolve", callers=(OPERATOR,), errors=(409,))
    async def resolve_charge(payment_id: UUID, attempt_no: Number, body: Verdict) -> ChargeView:
        """End a manual review with what was found out; the same verdict again changes nothing."""
        key = ChargeKey(PaymentId(payment_id), attempt_no)
        async with uow() as tx:
            charge = await ResolveCharge()(key, body.verdict, body.provider_reference, body.detail, tx)
        return ChargeView.of(charge)


def _refund_routes(api: Api, refunds: str, reads: GatewayReads, uow: Uow) -> None:
    @api.get(refunds, callers=(OPERATOR,))
    async def list_refunds(page: Page, state: JournalState = JournalState.MANUAL_REVIEW) -> Listing[JournalRefundView]:
        """Refunds in one state, the oldest first."""
        found = await reads.refunds(state, page.after(Place), page.fetch)
        place, view = (lambda refund: Place(refund.ordered_at, str(refund.key))), JournalRefundView.of
        return listing(found, page, key=place, view=view)

    @api.post(refunds + "/{payment_id}/{refund_no}/resolve", callers=(OPERATOR,), errors=(409,))
    async def resolve_refund(payment_id: UUID, refund_no: Number, body: Verdict) -> JournalRefundView:
        """End a manual review with what was found out; the same verdict again changes nothing."""
        key = RefundKey(PaymentId(payment_id), refund_no)
        async with uow() as tx:
            refund = await ResolveRefund()(key, body.verdict, body.provider_reference, body.detail, tx)
        return JournalRefundView.of(refund)
