"""Invoices over HTTP: the list, one, and its file."""

from datetime import date, datetime, timedelta
from uuid import UUID

from core.notifier.model import Invoice, InvoiceState
from core.notifier.ports import Bucket, NotifierReads, Place
from entrypoints.http.kit import (
    OPERATOR,
    USER,
    Amount,
    Api,
    HttpProblem,
    Listing,
    Owner,
    Page,
    Redirect,
    View,
    found,
    listing,
)

LINK_LIVES = timedelta(minutes=5)
RETRY_SECONDS = "5"


class InvoiceView(View):
    """An invoice. It has no number while its buyer is not known, and no file until that is made."""

    payment_id: UUID
    user_id: str
    number: str | None
    issued_at: datetime | None
    amount: Amount
    description: str
    period_start: date | None
    period_end: date | None
    card: str
    paid_at: datetime
    file_ready: bool

    @classmethod
    def of(cls, invoice: Invoice) -> "InvoiceView":
        paid, issue = invoice.payment, invoice.issue
        return cls(
            payment_id=paid.payment_id,
            user_id=paid.user_id,
            number=issue.number if issue else None,
            issued_at=issue.issued_at if issue else None,
            amount=Amount.of(paid.amount),
            description=paid.description,
            period_start=paid.period_start,
            period_end=paid.period_end,
            card=paid.card_label,
            paid_at=paid.paid_at,
            file_ready=invoice.state is InvoiceState.FILED,
        )


def notifier_routes(reads: NotifierReads, bucket: Bucket) -> Api:
    """What users see of their invoices, and staff of everybody's."""
    api, callers = Api("notifier"), (USER, OPERATOR)

    @api.get("/v1/invoices", callers=callers)
    async def list_invoices(page: Page, owner: Owner, user_id: str | None = None) -> Listing[InvoiceView]:
        """Issued invoices, the newest first."""
        invoices = await reads.invoices(owner.narrow(user_id), page.after(Place), page.fetch)
        return listing(invoices, page, key=_place, view=InvoiceView.of)

    @api.get("/v1/invoices/{payment_id}", callers=callers)
    async def read_invoice(payment_id: UUID, owner: Owner) -> InvoiceView:
        """The invoice of a payment."""
        return InvoiceView.of(await _own(reads, payment_id, owner))

    @api.get("/v1/invoices/{payment_id}/file", callers=callers, errors=(409,))
    async def download_invoice(payment_id: UUID, owner: Owner) -> Redirect:
        """The PDF: a redirect to a link that works for five minutes."""
        invoice = await _own(reads, payment_id, owner)
        if invoice.file is None:
            raise _no_file(invoice)
        return Redirect(await bucket.signed_url(invoice.file.key, invoice.filename, LINK_LIVES))

    return api


async def _own(reads: NotifierReads, payment_id: UUID, owner: Owner) -> Invoice:
    invoice = found(await reads.invoice(payment_id))
    owner.require(invoice.payment.user_id)
    return invoice


def _place(invoice: Invoice) -> Place:
    assert invoice.issue is not None, "only issued invoices are listed"
    return Place(invoice.issue.issued_at, invoice.payment.payment_id)


def _no_file(invoice: Invoice) -> HttpProblem:
    if invoice.state is InvoiceState.UNPRINTABLE:
        return HttpProblem(409, "The file cannot be made; our staff look into it.", kind="file-not-possible")
    retry = {"Retry-After": RETRY_SECONDS}
    return HttpProblem(409, "The file is being made.", kind="file-not-ready", headers=retry)
