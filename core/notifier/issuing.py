"""Issuing: from here on an invoice has its number and never changes."""

from core.notifier.model import Invoice, Issue, User
from core.notifier.policy import Numbering
from core.notifier.ports import NotifierTx


async def issue(invoice: Invoice, buyer: User, numbering: Numbering, tx: NotifierTx) -> Invoice:
    """Give the number in this transaction and freeze the buyer as known now."""
    year = numbering.year(tx.now)
    serial = await tx.numbers.next(numbering.series, year)
    return invoice.issued(
        Issue(
            number=numbering.number(year, serial),
            series=numbering.series,
            year=year,
            serial=serial,
            issued_at=tx.now,
            buyer=buyer.party,
            locale=buyer.locale,
            time_zone=buyer.time_zone,
        )
    )
