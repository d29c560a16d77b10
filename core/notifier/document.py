"""An invoice as a document: everything that is printed, nothing that has to be looked up."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from core.kernel.money import Money


@dataclass(frozen=True, slots=True)
class Party:
    """Who sells or who buys: a name, address lines as they go on an envelope, and how to reach them."""

    name: str
    address: tuple[str, ...] = ()
    country: str = ""
    """ISO 3166-1 alpha-2, or empty."""
    email: str = ""
    phone: str = ""
    tax_id: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `amount` is `unit_price` times `quantity`, rounded half-even on the line."""

    description: str
    quantity: Decimal
    unit_price: Money
    period_start: date | None = None
    period_end: date | None = None
    """The first day no longer covered: a period is [start, end)."""

    @property
    def amount(self) -> Money:
        return self.unit_price.times(self.quantity)


@dataclass(frozen=True, slots=True)
class InvoiceDocument:
    """One page or more of A4. `locale` is a BCP 47 tag such as "de-DE"; `issued_at` is in the buyer's time zone."""

    number: str
    issued_at: datetime
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    payment_reference: str
    paid_with: str
    """For example "VISA ···· 4242"; the renderer puts the words around it."""
    paid_at: datetime
    locale: str = "en"

    @property
    def total(self) -> Money:
        """The sum of the rounded lines."""
        total = self.lines[0].amount
        for line in self.lines[1:]:
            total += line.amount
        return total
