"""The bases of what travels: strict in, frozen out, money as the core has it."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field

from core.kernel.money import LARGEST, Money


class Ask(BaseModel):
    """A body. Unknown members and wrong types are refused, nothing is coerced."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class View(BaseModel):
    """An answer."""

    model_config = ConfigDict(frozen=True)


class Amount(BaseModel):
    """Integer minor units (cents of EUR, whole yen of JPY) and an ISO 4217 code."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, json_schema_extra={"examples": [{"minor": 999, "currency": "EUR"}]}
    )
    minor: int = Field(gt=-LARGEST, lt=LARGEST)
    currency: str = Field(pattern="^[A-Z]{3}$")

    @classmethod
    def of(cls, money: Money) -> "Amount":
        return cls(minor=money.minor, currency=money.currency)

    def money(self) -> Money:
        """Raises `Malformed` (422) for what is no currency."""
        return Money(self.minor, self.currency)


@dataclass(frozen=True, slots=True)
class Redirect:
    """302 to another address; never cached, for the address may carry a signature."""

    location: str
