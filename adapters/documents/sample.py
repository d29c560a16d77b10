"""An invoice to warm a worker with."""

from datetime import UTC, datetime
from decimal import Decimal

from core.kernel.money import Money
from core.notifier.document import InvoiceDocument, Line, Party

_AT = datetime(2026, 1, 31, tzinfo=UTC)

SAMPLE = InvoiceDocument(
    number="INV-0",
    issued_at=_AT,
    seller=Party("Billow", ("1 Harbour Street",)),
    buyer=Party("Sample", ("2 Harbour Street",)),
    lines=(Line("Sample", Decimal(1), Money(100, "EUR")),),
    payment_reference="sample",
    paid_with="VISA ···· 4242",
    paid_at=_AT,
)
