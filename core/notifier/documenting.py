"""An issued invoice as a document."""

from decimal import Decimal

from core.notifier.document import InvoiceDocument, Line, Party
from core.notifier.model import Invoice, zone


def document_of(invoice: Invoice, seller: Party) -> InvoiceDocument:
    """The same at every call: it is made of what was frozen. Times are in the buyer's time zone."""
    payment, issue = invoice.payment, invoice.issue
    assert issue is not None, "only issued invoices are printed"
    local = zone(issue.time_zone)
    return InvoiceDocument(
        number=issue.number,
        issued_at=issue.issued_at.astimezone(local),
        seller=seller,
        buyer=issue.buyer,
        lines=(Line(payment.description, Decimal(1), payment.amount, payment.period_start, payment.period_end),),
        payment_reference=payment.reference,
        paid_with=payment.card_label,
        paid_at=payment.paid_at.astimezone(local),
        locale=issue.locale,
    )
