"""Bringing in a list of subscribers over HTTP: users, then cards, then subscriptions. Doing it again adds nothing."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from core.kernel.cards import CardEntry
from core.kernel.trouble import Refused, Unavailable
from core.payment.states import CardState
from core.subscription.model import Plan
from entrypoints.client import ApiRefused, Client
from entrypoints.importing import Subscriber

AT_ONCE = 16
PATIENCE = 60.0
"""Seconds to wait for a card's validation, or for a user to be known to every role."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A subscriber who was not brought in wholly: line of the list, and what the API said."""

    line: int
    user_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Onboarding:
    """`staff` may speak for everybody. Cards are saved by their owners: `owner_of` is None where we cannot be them."""

    staff: Client
    owner_of: Callable[[str], Client] | None
    progress: Callable[[str, int], None] = lambda _step, _count: None

    async def __call__(self, subscribers: Sequence[Subscriber]) -> list[Trouble]:
        """Answers those who were not brought in wholly. Whose card is refused is subscribed all the same: they will
        hear that a payment failed, and may save another."""
        await self.offer_plans({subscriber.plan.id: subscriber.plan for subscriber in subscribers}.values())
        unknown = await self._each("users", self._put_user, subscribers)
        known = [one for one in subscribers if one.user_id not in {trouble.user_id for trouble in unknown}]
        without_card = await self._each("cards", self._save_card, known) if self.owner_of else []
        return [*unknown, *without_card, *await self._each("subscriptions", self._subscribe, known)]

    async def offer_plans(self, plans: Iterable[Plan]) -> None:
        """Plans that are offered already, with the same price, stay as they are."""
        for plan in plans:
            amount = {"minor": plan.amount.minor, "currency": plan.amount.currency}
            cycle = {"interval": plan.recurrence.interval.value, "count": plan.recurrence.count}
            await self.staff.post("/v1/plans", {"id": plan.id, "name": plan.name, "amount": amount, **cycle})

    async def _each(
        self, step: str, work: Callable[[Subscriber], Awaitable[None]], subscribers: Sequence[Subscriber]
    ) -> list[Trouble]:
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(subscriber: Subscriber) -> Trouble | None:
            async with gate:
                try:
                    await work(subscriber)
                except (Refused, Unavailable) as trouble:
                    return Trouble(subscriber.line, subscriber.user_id, f"{step}: {trouble}")
                finally:
                    self.progress(step, 1)
            return None

        return [trouble for trouble in await asyncio.gather(*map(one, subscribers)) if trouble]

    async def _put_user(self, subscriber: Subscriber) -> None:
        names = ("name", "email", "phone", "country", "locale", "time_zone")
        body = {name: getattr(subscriber, name) for name in names} | {"address": list(subscriber.address)}
        await self.staff.put(f"/v1/users/{subscriber.user_id}", body)

    async def _save_card(self, subscriber: Subscriber) -> None:
        """Wait for the answer: a subscription is billed at once, with whatever card is there by then."""
        assert self.owner_of is not None
        owner = self.owner_of(subscriber.user_id)
        if [card for card in (await owner.get("/v1/cards"))["items"] if card["state"] == CardState.ACTIVE]:
            return
        started = await owner.post("/v1/cards", {"card": card_json(subscriber.card), "gateway": subscriber.gateway})
        state = await self._answered(owner, started["card"]["id"])
        if state != CardState.ACTIVE:
            raise Refused(f"the card was {state}")

    async def _answered(self, owner: Client, card_id: str) -> str:
        async with asyncio.timeout(PATIENCE):
            while (card := await owner.get(f"/v1/cards/{card_id}"))["state"] == CardState.VALIDATING:
                await asyncio.sleep(0.05)
        state: str = card["state"]
        return state

    async def _subscribe(self, subscriber: Subscriber) -> None:
        """A user who was put a moment ago may not have reached the role yet."""
        if [
            s async for s in self.staff.every("/v1/subscriptions", user_id=subscriber.user_id) if s["state"] == "active"
        ]:
            return
        body = {"user_id": subscriber.user_id, "plan_id": subscriber.plan.id, "anchor": str(subscriber.subscribed_on)}
        async with asyncio.timeout(PATIENCE):
            while not await self._accepted(body):
                await asyncio.sleep(0.05)

    async def _accepted(self, body: dict[str, str]) -> bool:
        try:
            await self.staff.post("/v1/subscriptions", body)
        except ApiRefused as refused:
            if refused.status != 404:
                raise
            return False
        return True


def card_json(card: CardEntry) -> dict[str, object]:
    """The one place that writes a card number down: into the request that saves it."""
    number, cvc = card.number.reveal(), card.cvc.reveal()
    return {"number": number, "cvc": cvc, "expiry_year": card.expiry.year, "expiry_month": card.expiry.month}
