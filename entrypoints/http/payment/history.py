"""Looking at payments: the history, and what is needed to repay."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from core.kernel.ids import PaymentId, UserId
from core.kernel.trouble import NotFound
from core.payment.model import Payment
from core.payment.ports import Page as Wanted
from core.payment.states import PaymentState
from entrypoints.http.kit import OPERATOR, PRODUCT, USER, Api, Caller, Listing, Owner, Page, found, listing
from entrypoints.http.payment.cards import cards_of
from entrypoints.http.payment.parts import PaymentParts, owner_id
from entrypoints.http.payment.views import PaymentView


class Place(NamedTuple):
    """Where a page ended."""

    requested_at: datetime
    id: UUID


def history_routes(api: Api, parts: PaymentParts) -> None:
    @api.get("/v1/payments", callers=(USER, OPERATOR))
    async def list_payments(
        page: Page, owner: Owner, caller: Caller, user_id: str | None = None, status: PaymentState | None = None
    ) -> Listing[PaymentView]:
        """Payments, newest first, with every attempt and its reason; `status=failed` tells how to repay."""
        whose, after = owner.narrow(user_id), page.after(Place)
        states = frozenset({status} if status else ())
        last = (after.requested_at, PaymentId(after.id)) if after else None
        rows = await parts.reads.payments(Wanted(UserId(whose) if whose else None, states, last, page.fetch))
        cards = await cards_of(UserId(whose), parts) if whose else []
        staff = caller.may(OPERATOR)
        return listing(rows, page, key=_place, view=lambda row: PaymentView.of(row, staff=staff, cards=cards))

    @api.get("/v1/payments/{payment_id}", callers=(USER, PRODUCT, OPERATOR))
    async def read_payment(payment_id: UUID, owner: Owner, caller: Caller) -> PaymentView:
        """One payment. A product sees those it asked for over HTTP."""
        payment = found(await parts.reads.payment(PaymentId(payment_id), owner_id(owner)))
        staff = caller.may(OPERATOR)
        if owner.user_id is None and not staff and payment.source != source_of(caller):
            raise NotFound
        cards = await cards_of(payment.user_id, parts) if staff or owner.user_id else []
        return PaymentView.of(payment, staff=staff, cards=cards)


def source_of(caller: Caller) -> str:
    """The source of what this client asks for over HTTP."""
    return f"api/{caller.client_id}"


def _place(payment: Payment) -> Place:
    return Place(payment.requested_at, payment.id)
