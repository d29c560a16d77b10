"""Money is one class: integer minor units and an ISO 4217 code. No float, and no division outside this file."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from core.kernel.trouble import Malformed

_NO_MINOR_UNIT = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DIGITS = "CLF UYW"
_TWO_DIGITS = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC "
    "CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD "
    "KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO "
    "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL "
    "THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
EXPONENTS: dict[str, int] = {
    code: digits
    for digits, codes in ((0, _NO_MINOR_UNIT), (2, _TWO_DIGITS), (3, _THREE_DIGITS), (4, _FOUR_DIGITS))
    for code in codes.split()
}
"""ISO 4217: how many decimal digits the minor unit of each currency has."""

LARGEST = 10**15
"""No single amount reaches this many minor units: it fits a bigint and a JSON number with room to add up."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount in minor units (cents of EUR, yen of JPY, fils of KWD). Raises `Malformed` for what is no amount."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if self.currency not in EXPONENTS:
            raise Malformed(f"{self.currency!r} is no ISO 4217 currency")
        if type(self.minor) is not int or abs(self.minor) >= LARGEST:
            raise Malformed(f"{self.minor!r} is no amount in minor units")

    @classmethod
    def parse(cls, text: str, currency: str) -> "Money":
        """Read a decimal amount such as "9.99"; more digits than the currency has are refused, never rounded."""
        try:
            scaled = Decimal(text).scaleb(EXPONENTS[currency])
        except (InvalidOperation, KeyError) as error:
            raise Malformed(f"{text!r} {currency!r} is no amount") from error
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            raise Malformed(f"{text!r} has more digits than {currency} knows")
        return cls(int(scaled), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exact, with the digits of the currency: for people and documents."""
        return Decimal(self.minor).scaleb(-EXPONENTS[self.currency])

    def times(self, factor: Decimal | int) -> "Money":
        """The product, rounded half-even to the minor unit: the one rounding rule, applied on a line."""
        product = (Decimal(self.minor) * factor).to_integral_value(ROUND_HALF_EVEN)
        return Money(int(product), self.currency)

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise Malformed(f"{self.currency} and {other.currency} do not add up")
        return other

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"
