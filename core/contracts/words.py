"""The kinds of values that messages have in common. No column and no form is narrower than these."""

from typing import Annotated

from core.contracts.bounds import Items, KnownZone, Positive, Text, Whole
from core.kernel.money import Money

_LARGEST_INT = 2**31 - 1

Price = Annotated[Money, Positive()]
Ordinal = Annotated[int, Whole(1, _LARGEST_INT)]
"""Counts from 1."""
AttemptNo = Annotated[int, Whole(0, _LARGEST_INT)]
"""0 stands for "no gateway could be asked"."""
Year = Annotated[int, Whole(2000, 2099)]
Month = Annotated[int, Whole(1, 12)]

Source = Annotated[str, Text(1, 100)]
RequestId = Annotated[str, Text(1, 255)]
Description = Annotated[str, Text(1, 1000)]

GatewayName = Annotated[str, Text(1, 64)]
MaybeGateway = Annotated[str, Text(0, 64)]
Reference = Annotated[str, Text(0, 255)]
"""A provider's own id."""
LONGEST_DETAIL = 1000
Detail = Annotated[str, Text(0, LONGEST_DETAIL)]
"""A provider's own words."""

Token = Annotated[str, Text(1, 255)]
Fingerprint = Annotated[str, Text(1, 255)]
LONGEST_BRAND = 40
Brand = Annotated[str, Text(0, LONGEST_BRAND)]
Last4 = Annotated[str, Text(0, 4)]
CardLabel = Annotated[str, Text(0, 100)]
SealedCard = Annotated[str, Text(1, 4096)]

PersonName = Annotated[str, Text(1, 200)]
Email = Annotated[str, Text(3, 254)]
Phone = Annotated[str, Text(0, 32)]
Address = Annotated[tuple[Annotated[str, Text(1, 200)], ...], Items(6)]
Country = Annotated[str, Text(0, 2)]
Locale = Annotated[str, Text(0, 35)]
TimeZone = Annotated[str, Text(1, 64), KnownZone()]
TaxId = Annotated[str, Text(0, 50)]

Reasons = Annotated[tuple[Annotated[str, Text(1, 64)], ...], Items(50)]
