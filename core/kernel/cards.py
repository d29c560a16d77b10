"""A payment card: what may be known of it, and the number that exists only on its way to the gateway, if at all."""

from dataclasses import dataclass

from core.kernel.secret import Secret
from core.kernel.trouble import Malformed

LONGEST_TOKEN = 1024


def luhn_valid(number: str) -> bool:
    """The check digit of ISO/IEC 7812-1 annex B."""
    digits = [int(digit) for digit in reversed(number)]
    return sum(digits[::2]) % 10 == -sum(sum(divmod(2 * digit, 10)) for digit in digits[1::2]) % 10


@dataclass(frozen=True, slots=True)
class Expiry:
    """A card is good until the end of this month."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 2000 <= self.year <= 2099):
            raise Malformed("an expiry is a month 1-12 of a year 2000-2099")

    def __str__(self) -> str:
        return f"{self.month:02}/{self.year}"


@dataclass(frozen=True, slots=True)
class CardEntry:
    """What a user typed: 12 to 19 digits (ISO/IEC 7812), expiry and a CVC of 3 or 4 digits."""

    number: Secret[str]
    cvc: Secret[str]
    expiry: Expiry

    def __post_init__(self) -> None:
        number, cvc = self.number.reveal(), self.cvc.reveal()
        if not (number.isascii() and number.isdigit() and 12 <= len(number) <= 19 and luhn_valid(number)):
            raise Malformed("this is no card number")
        if not (cvc.isascii() and cvc.isdigit() and len(cvc) in (3, 4)):
            raise Malformed("a CVC has 3 or 4 digits")


@dataclass(frozen=True, slots=True)
class BrowserToken:
    """What a provider's own form in the browser made of a card: 1 to 1024 visible ASCII characters, good for saving
    the card once."""

    token: Secret[str]

    def __post_init__(self) -> None:
        token = self.token.reveal()
        if not (1 <= len(token) <= LONGEST_TOKEN and token.isascii() and token.isprintable() and " " not in token):
            raise Malformed("this is no token of a browser form")


@dataclass(frozen=True, slots=True)
class StoredCard:
    """What is kept of a card: the provider's token and what a user recognises it by. Never the number."""

    token: str
    brand: str
    last4: str
    expiry: Expiry
    fingerprint: str
    """The same number at the same provider account has the same fingerprint; nothing else can be read from it."""

    def __str__(self) -> str:
        """What a user recognises the card by: "Visa ···· 4242"."""
        return f"{self.brand.replace('_', ' ').title()} ···· {self.last4}"
