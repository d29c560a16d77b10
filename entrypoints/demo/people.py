"""What the subscribers of the demo do when a payment failed: what people do. All of it goes through the HTTP API."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.payment.states import CardState
from entrypoints.client import ApiRefused, Client

NEW_CARD = {"number": "4000100000000018", "cvc": "123", "expiry_year": 2030, "expiry_month": 12}
"""The sandbox's card that always pays: docs/sandbox.md."""


@dataclass(frozen=True, slots=True)
class Person:
    """Reacts after so many days of owing, and each week after that: with the old card or a new one. None: never."""

    user_id: str
    after_days: int | None
    new_card: bool


def people(user_ids: Sequence[str]) -> list[Person]:
    """In turn: one pays with the old card after 4 days, one takes a new card after 6, one does nothing."""
    turns: tuple[tuple[int | None, bool], ...] = ((4, False), (6, True), (None, False))
    return [Person(user_id, *turns[number % len(turns)]) for number, user_id in enumerate(sorted(user_ids))]


async def save_new_card(client: Client) -> str:
    started = await client.post("/v1/cards", {"card": NEW_CARD})
    card_id: str = started["card"]["id"]
    return card_id


async def repay_everything(client: Client, card_id: str | None) -> int:
    """Repay each failed payment; answers how many payments were started. What is live already is left alone."""
    started = 0
    async for payment in client.every("/v1/payments", status="failed"):
        try:
            await client.post(f"/v1/payments/{payment['id']}/repay", {"card_id": card_id} if card_id else {})
            started += 1
        except ApiRefused as refused:
            if refused.status not in (409, 422):
                raise
    return started


async def is_active(client: Client, card_id: str) -> bool:
    card: dict[str, Any] = await client.get(f"/v1/cards/{card_id}")
    return bool(card["state"] == CardState.ACTIVE)


ClientOf = Callable[[str], Client]
