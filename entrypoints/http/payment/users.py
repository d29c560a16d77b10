"""Who is billed: staff or an identity system says so here, and every role is told."""

from datetime import datetime
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import Field, field_validator

from core.contracts.users import UserChanged
from core.kernel.ids import UserId
from core.payment.change_user import ChangeUser
from entrypoints.http.kit import OPERATOR, Api, Ask, View
from entrypoints.http.payment.parts import PaymentParts

Line = Annotated[str, Field(min_length=1, max_length=200)]
UserIdText = Annotated[str, Field(min_length=1, max_length=255)]


class UserAsk(Ask):
    """A user as they are from now on; what is left out is empty."""

    name: str = Field(min_length=1, max_length=200)
    email: str = Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
    phone: str = Field(default="", pattern=r"^(\+[1-9][0-9]{1,14})?$")
    """E.164, or empty for no SMS."""
    address: list[Line] = Field(default=[], max_length=6)
    country: str = Field(default="", pattern="^([A-Z]{2})?$")
    locale: str = Field(default="en", max_length=35, pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
    time_zone: str = "UTC"
    tax_id: str = Field(default="", max_length=50)

    @field_validator("time_zone")
    @classmethod
    def known_zone(cls, name: str) -> str:
        if name not in _zones():
            raise ValueError("is no IANA time zone")
        return name


class UserView(View):
    user_id: str
    changed_at: datetime


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def user_routes(api: Api, parts: PaymentParts) -> None:
    @api.put("/v1/users/{user_id}", callers=(OPERATOR,))
    async def change_user(user_id: UserIdText, body: UserAsk) -> UserView:
        """Say who a user is."""
        async with parts.uow() as tx:
            changed = UserChanged(
                user_id=UserId(user_id),
                changed_at=tx.now,
                name=body.name,
                email=body.email,
                phone=body.phone,
                address=tuple(body.address),
                country=body.country,
                locale=body.locale,
                time_zone=body.time_zone,
                tax_id=body.tax_id,
            )
            await ChangeUser()(changed, tx)
        return UserView(user_id=user_id, changed_at=changed.changed_at)
