"""Issued invoices become files in the bucket."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from core.kernel.secret import Secret
from core.kernel.trouble import Conflict, Malformed, NotFound, Unavailable
from core.notifier.document import Party
from core.notifier.documenting import document_of
from core.notifier.issuing import issue
from core.notifier.kinds import NoticeKind
from core.notifier.model import File, Invoice, InvoiceState, NoticeFacts, User
from core.notifier.policy import USUAL_FILES, USUAL_NUMBERING, FilePolicy, Numbering
from core.notifier.ports import Bucket, NotifierTx, Renderer
from core.notifier.telling import tell


@dataclass(frozen=True, slots=True)
class NotMade:
    """There is no file, for now or for ever."""

    detail: str
    for_ever: bool


@dataclass(frozen=True, slots=True)
class MakeInvoiceFile:
    """The file's key is drawn from the payment with a secret: always the same, and nobody can guess it.

    When the file is there, its buyer is told."""

    renderer: Renderer
    bucket: Bucket
    seller: Party
    secret: Secret[bytes]
    numbering: Numbering = USUAL_NUMBERING
    policy: FilePolicy = USUAL_FILES

    async def claim(self, tx: NotifierTx, most: int) -> Sequence[Invoice]:
        due = await tx.invoices.claim_due(tx.now, most)
        buyers = await tx.users.known({invoice.payment.user_id for invoice in due if not invoice.issue})
        taken = [await self._take_up(invoice, buyers.get(invoice.payment.user_id), tx) for invoice in due]
        for invoice in taken:
            tx.invoices.save(invoice)
        return [invoice for invoice in taken if invoice.issue]

    async def perform(self, invoice: Invoice) -> File | NotMade:
        try:
            return await self._keep(invoice, await self.renderer.render(document_of(invoice, self.seller)))
        except Malformed as error:
            return NotMade(str(error), for_ever=True)
        except (Unavailable, NotFound) as error:
            return NotMade(str(error), for_ever=False)

    async def record(self, invoice: Invoice, result: File | NotMade, tx: NotifierTx) -> None:
        known = await tx.invoices.get(invoice.payment.payment_id)
        if known.state is InvoiceState.FILED:
            return
        match result:
            case File():
                tx.invoices.save(known.filed(result))
                await tell(f"invoice:{known.payment.payment_id}", _facts(known), tx)
            case NotMade(detail, for_ever=True):
                tx.invoices.save(known.unprintable(detail))
            case NotMade(detail):
                tx.invoices.save(known.put_off(tx.now + self.policy.wait(known.tries), detail))

    async def _take_up(self, invoice: Invoice, buyer: User | None, tx: NotifierTx) -> Invoice:
        if invoice.issue is None:
            if buyer is None:
                return invoice.put_off(tx.now + self.policy.unknown_buyer, "the buyer is not known yet")
            invoice = await issue(invoice, buyer, self.numbering, tx)
        return invoice.taken_up(tx.now + self.policy.lease)

    async def _keep(self, invoice: Invoice, content: bytes) -> File:
        """What an earlier try put there, before it could be written down, is the file."""
        key = self._key(invoice)
        try:
            await self.bucket.put_once(key, content, "application/pdf", invoice.filename)
        except Conflict:
            content = await self.bucket.get(key)
        return File(key, sha256(content).hexdigest(), len(content))

    def _key(self, invoice: Invoice) -> str:
        assert invoice.issue is not None, "only issued invoices are filed"
        name = hmac.digest(self.secret.reveal(), invoice.payment.payment_id.bytes, "sha256").hex()
        return f"invoices/{invoice.issue.year}/{name}.pdf"


def _facts(invoice: Invoice) -> NoticeFacts:
    paid = invoice.payment
    return NoticeFacts(
        kind=NoticeKind.INVOICE,
        user_id=paid.user_id,
        at=paid.paid_at,
        payment_id=paid.payment_id,
        amount=paid.amount,
        description=paid.description,
        card=paid.card_label,
    )
