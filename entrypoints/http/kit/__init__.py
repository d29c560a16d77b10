'''What every role's HTTP module is written with.

A role's module is one function that declares its operations; dependencies come by closure:

    class PaymentView(View):
        """One payment as its owner sees it."""

        id: UUID
        amount: Amount

        @classmethod
        def of(cls, payment: Payment) -> "PaymentView": ...

    class Repay(Ask):
        card_id: UUID | None = None

    class Started(View):
        message: str = "Payment started."

    def payment_routes(payments: Payments, uow: Callable[[], AbstractAsyncContextManager[PaymentTx]]) -> Api:
        """What users, products and staff do with payments."""
        api = Api("payment")

        @api.get("/v1/payments", callers=(USER, OPERATOR))
        async def list_payments(
            page: Page, owner: Owner, user_id: str | None = None, status: Status | None = None
        ) -> Listing[PaymentView]:
            """Payments, newest first."""
            rows = await payments.of(owner.narrow(user_id), status, page.after(PaymentKey), page.fetch)
            return listing(rows, page, key=lambda row: PaymentKey(row.at, row.id), view=PaymentView.of)

        @api.post("/v1/payments/{payment_id}/repay", status=202, callers=(USER, OPERATOR), errors=(409,), money=True)
        async def repay(payment_id: UUID, body: Repay, owner: Owner, once: Once) -> Started:
            """Pay a failed payment again."""

            async def work(tx: PaymentTx) -> Started:
                request = found(await tx.requests.find(payment_id))
                owner.require(request.user_id)
                await RepayNow()(request, body.card_id, tx)
                return Started()

            return await once(uow, work)

        return api

Parameters are filled by type (`Caller`, `Owner`, `Page`, `Once`, `CorrelationId`, `web.Request`), by name (those of the
path, and `body`), by mark (`Annotated[str, Header("If-Match")]`); all others are query parameters. The answer is the
return type: a model, `Listing`, `Redirect`, None (204), or an aiohttp response. Raise `HttpProblem` or core's words for
trouble; `NotFound` is a 404. A role of many operations declares them by noun: `_cards(api, deps)`.
Types in signatures are names of the module: not local, not under TYPE_CHECKING.
'''

from core.kernel.identity import OPERATOR, PRODUCT, USER, Caller
from entrypoints.http.kit.api import Api
from entrypoints.http.kit.application import application
from entrypoints.http.kit.callers import ANYBODY, Owner, Tokens
from entrypoints.http.kit.idempotency import IdempotencyKeys, KeptAnswer, KeyTx, Once
from entrypoints.http.kit.inputs import CorrelationId, Header
from entrypoints.http.kit.openapi import document
from entrypoints.http.kit.paging import Listing, Page, listing
from entrypoints.http.kit.probes import Check
from entrypoints.http.kit.problem import HttpProblem, found
from entrypoints.http.kit.server import RunningServer, serve
from entrypoints.http.kit.shapes import Amount, Ask, Redirect, View

__all__ = [
    "ANYBODY",
    "OPERATOR",
    "PRODUCT",
    "USER",
    "Amount",
    "Api",
    "Ask",
    "Caller",
    "Check",
    "CorrelationId",
    "Header",
    "HttpProblem",
    "IdempotencyKeys",
    "KeptAnswer",
    "KeyTx",
    "Listing",
    "Once",
    "Owner",
    "Page",
    "Redirect",
    "RunningServer",
    "Tokens",
    "View",
    "application",
    "document",
    "found",
    "listing",
    "serve",
]
