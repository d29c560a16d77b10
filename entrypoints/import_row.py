"""One row of a list of subscribers: its columns, in their order, and what each may hold."""

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, TypeVar

import phonenumbers
from babel import Locale, UnknownLocaleError
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, ValidationInfo

from core.kernel.cards import CardEntry, Expiry, luhn_valid
from core.kernel.money import EXPONENTS, Money
from core.kernel.secret import Secret
from core.kernel.trouble import Malformed
from core.subscription.calendar import Interval, Recurrence, zone
from core.subscription.model import Plan, PlanId

T = TypeVar("T")

TARIFFS = {"weekly": Interval.WEEK, "monthly": Interval.MONTH, "yearly": Interval.YEAR}
MOST_ADDRESS_LINES = 6


def _text(text: str) -> str:
    if not text.isprintable():
        raise ValueError("control characters")
    return text


def _some(text: str) -> str:
    if not text:
        raise ValueError("missing")
    return _text(text)


def _email(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", _some(text)):
        raise ValueError("no e-mail address")
    return text


def _phone(text: str) -> str:
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValueError("no telephone number with + and country code")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _address(text: str) -> tuple[str, ...]:
    lines = tuple(line.strip() for line in _text(text).split("|"))
    if not all(lines) or len(lines) > MOST_ADDRESS_LINES:
        raise ValueError(f"1 to {MOST_ADDRESS_LINES} lines with | between them")
    return lines


def _country(text: str) -> str:
    if not re.fullmatch("[A-Z]{2}", text) or text not in Locale("en").territories:
        raise ValueError("no ISO 3166-1 code of two letters")
    return text


def _locale(text: str) -> str:
    try:
        Locale.parse(text, sep="-")
    except (ValueError, UnknownLocaleError) as error:
        raise ValueError("no locale such as de or de-AT") from error
    return text


def _currency(text: str) -> str:
    if text not in EXPONENTS:
        raise ValueError("no ISO 4217 currency")
    return text


def _tariff(text: str) -> str:
    if text not in TARIFFS:
        raise ValueError(f"none of {', '.join(TARIFFS)}")
    return text


def _price(text: str, info: ValidationInfo) -> Money | None:
    """None where the currency is already at fault."""
    if (currency := info.data.get("currency")) is None:
        return None
    price = _well(lambda text: Money.parse(text, currency))(text)
    if price.minor <= 0:
        raise ValueError("more than nothing, please")
    return price


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError("no date such as 2026-01-31")
    return day


def _number(text: str) -> Secret[str]:
    digits = re.sub(r"[ -]", "", text)
    if not re.fullmatch("[0-9]{12,19}", digits) or not luhn_valid(digits):
        raise ValueError("no card number")
    return Secret(digits)


def _expiry(text: str) -> Expiry:
    if not (found := re.fullmatch(r"(\d\d)/(20\d\d)", text)):
        raise ValueError("no month such as 09/2030")
    return _well(lambda _: Expiry(int(found[2]), int(found[1])))(text)


def _cvc(text: str) -> Secret[str]:
    if not re.fullmatch("[0-9]{3,4}", text):
        raise ValueError("3 or 4 digits")
    return Secret(text)


def _well(check: Callable[[str], T]) -> Callable[[str], T]:
    """What core calls malformed is a fault of the column."""

    def checked(text: str) -> T:
        try:
            return check(text)
        except Malformed as error:
            raise ValueError(str(error)) from None

    return checked


class Row(BaseModel):
    """Only `phone` may be empty."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    user_id: Annotated[str, Field(max_length=255), AfterValidator(_some)]
    name: Annotated[str, Field(max_length=200), AfterValidator(_some)]
    email: Annotated[str, Field(max_length=254), AfterValidator(_email)]
    phone: Annotated[str, AfterValidator(lambda text: text and _phone(text))]
    address: Annotated[tuple[str, ...], PlainValidator(_address)]
    country: Annotated[str, AfterValidator(_country)]
    locale: Annotated[str, AfterValidator(_locale)]
    time_zone: Annotated[str, AfterValidator(lambda text: _well(zone)(text) and text)]
    plan: Annotated[str, AfterValidator(_tariff)]
    currency: Annotated[str, AfterValidator(_currency)]
    price: Annotated[Money, PlainValidator(_price)]
    subscribed_on: Annotated[date, PlainValidator(_day)]
    gateway: Annotated[str, AfterValidator(_text)]
    card_number: Annotated[Secret[str], PlainValidator(_number)]
    card_expiry: Annotated[Expiry, PlainValidator(_expiry)]
    card_cvc: Annotated[Secret[str], PlainValidator(_cvc)]

    def offer(self) -> Plan:
        """The plan this row speaks of: one for each tariff and currency."""
        plan_id = PlanId(f"{self.plan}-{self.currency.lower()}")
        return Plan(plan_id, f"{self.plan.capitalize()} plan", self.price, Recurrence(TARIFFS[self.plan]))

    def card(self) -> CardEntry:
        return CardEntry(self.card_number, self.card_cvc, self.card_expiry)


COLUMNS = tuple(Row.model_fields)
