"""Whoever paid gets an invoice."""

from dataclasses import dataclass

from core.contracts.payment_responses import PaymentSucceeded
from core.notifier.issuing import issue
from core.notifier.model import Invoice, InvoiceState, Payment
from core.notifier.policy import USUAL_NUMBERING, Numbering
from core.notifier.ports import NotifierTx


@dataclass(frozen=True, slots=True)
class IssueInvoice:
    """One invoice for each payment. While the buyer is not known it waits, without a number."""

    numbering: Numbering = USUAL_NUMBERING

    async def __call__(self, paid: PaymentSucceeded, tx: NotifierTx) -> None:
        if await tx.invoices.find(paid.payment_id):
            return
        chain = tx.correlation_id
        invoice = Invoice(_payment(paid), InvoiceState.WAITING, available_at=tx.now, correlation_id=chain)
        buyer = await tx.users.find(paid.user_id)
        tx.invoices.save(await issue(invoice, buyer, self.numbering, tx) if buyer else invoice)


def _payment(paid: PaymentSucceeded) -> Payment:
    return Payment(
        payment_id=paid.payment_id,
        user_id=paid.user_id,
        amount=paid.amount,
        description=paid.description,
        period_start=paid.period_start,
        period_end=paid.period_end,
        reference=paid.provider_reference,
        card_label=paid.card_label,
        paid_at=paid.occurred_at,
    )
