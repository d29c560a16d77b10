"""May this user use our products? One question for one user, or for a thousand."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from core.activator.ports import ActivatorReads, Answer
from entrypoints.http.kit import OPERATOR, PRODUCT, USER, Api, Ask, Owner, View, found

MOST_USERS = 1_000
AnyUser = Annotated[str, Field(min_length=1, max_length=255)]


class AccessView(View):
    """Blocked or not; if so since when, and because of which unpaid payment requests."""

    user_id: str
    blocked: bool
    since: datetime | None
    reasons: tuple[str, ...]

    @classmethod
    def of(cls, answer: Answer) -> "AccessView":
        return cls(user_id=answer.user_id, blocked=answer.blocked, since=answer.since, reasons=answer.reasons)


class AccessQuery(Ask):
    user_ids: list[AnyUser] = Field(min_length=1, max_length=MOST_USERS)


class AccessAnswers(View):
    """One answer for each user that is known, and the ids of those that are not."""

    users: list[AccessView]
    unknown: list[str]


def activator_routes(reads: ActivatorReads) -> Api:
    """What products and users ask."""
    api = Api("activator")

    @api.get("/v1/users/{user_id}/access", callers=(USER, PRODUCT, OPERATOR))
    async def read_access(user_id: AnyUser, owner: Owner) -> AccessView:
        """Whether a user may use the products."""
        owner.require(user_id)
        return AccessView.of(found(next(iter(await reads.access([user_id])), None)))

    @api.post("/v1/access/query", callers=(PRODUCT, OPERATOR))
    async def query_access(body: AccessQuery) -> AccessAnswers:
        """The same for up to 1,000 users, in the order they were asked for."""
        asked = list(dict.fromkeys(body.user_ids))
        known = {str(answer.user_id): AccessView.of(answer) for answer in await reads.access(asked)}
        users = [known[user] for user in asked if user in known]
        return AccessAnswers(users=users, unknown=[user for user in asked if user not in known])

    return api
