"""A sealed card becomes a token, a refusal, or another try."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from core.contracts.card_responses import CardAccepted, CardRefused
from core.contracts.card_validations import CardValidationOrdered
from core.gateway.ports import Accepted, CardDeclined, NotAttempted, Unknown
from core.gateway.validate_card import ValidateCard
from core.kernel.cards import BrowserToken, CardEntry, Expiry, StoredCard
from core.kernel.ids import CardId, UserId
from core.kernel.outcomes import DeclineClass
from core.kernel.secret import Secret
from core.kernel.trouble import Malformed, Unavailable
from tests.fakes.gateway import InMemoryGatewayTx
from tests.fakes.memory import NOON

ORDER = CardValidationOrdered(
    "a", CardId(UUID(int=7)), UserId("ann"), "sealed", NOON - timedelta(minutes=1), NOON + timedelta(minutes=1)
)
STORED = StoredCard("tok_9", "visa", "4242", Expiry(2030, 4), "print")
Answer = Accepted | CardDeclined | NotAttempted | Unknown


@dataclass
class OneAnswer:
    answer: Answer
    seen: list[tuple[str, str]] = field(default_factory=list)

    async def validate(self, key: str, card: CardEntry | BrowserToken) -> Answer:
        self.seen.append((key, (card.token if isinstance(card, BrowserToken) else card.number).reveal()))
        return self.answer


class Opens:
    def open(self, sealed: str) -> CardEntry | BrowserToken:
        if sealed == "sealed token":
            return BrowserToken(Secret("btok_1"))
        if sealed != "sealed":
            raise Malformed("not ours")
        return CardEntry(Secret("4242424242424242"), Secret("123"), Expiry(2030, 4))


class Stopped:
    def now(self) -> datetime:
        return NOON


def validating(answer: Answer) -> tuple[ValidateCard, OneAnswer]:
    provider = OneAnswer(answer)
    return ValidateCard(provider, Opens(), Stopped()), provider  # type: ignore[arg-type]


async def handle(validate: ValidateCard) -> list[object]:
    tx = InMemoryGatewayTx()
    await validate(ORDER, await validate.ask(ORDER), tx)
    return list(tx.outbox.drain())


async def test_an_accepted_card_is_told_by_its_token_and_never_by_its_number() -> None:
    validate, provider = validating(Accepted(STORED))
    told = await handle(validate)
    assert told == [
        CardAccepted("a", ORDER.card_id, ORDER.user_id, "tok_9", "visa", "4242", 2030, 4, "print", NOON),
    ]
    assert provider.seen == [(str(ORDER.card_id), "4242424242424242")]
    assert "4242424242424242" not in repr(told)


async def test_a_browser_token_is_shown_to_the_provider_in_place_of_a_card() -> None:
    validate, provider = validating(Accepted(STORED))
    order = replace(ORDER, sealed_card="sealed token")
    tx = InMemoryGatewayTx()
    await validate(order, await validate.ask(order), tx)
    assert provider.seen == [(str(ORDER.card_id), "btok_1")]
    assert [type(told) for told in tx.outbox.drain()] == [CardAccepted]


async def test_a_declined_card_is_refused_with_its_reason() -> None:
    validate, _ = validating(CardDeclined(DeclineClass.LOST_OR_STOLEN, "41"))
    assert await handle(validate) == [
        CardRefused("a", ORDER.card_id, ORDER.user_id, DeclineClass.LOST_OR_STOLEN, NOON),
    ]


@pytest.mark.parametrize("answer", [NotAttempted("connection refused"), Unknown("time-out")])
async def test_without_an_answer_the_order_has_to_come_again(answer: Answer) -> None:
    validate, _ = validating(answer)
    with pytest.raises(Unavailable):
        await validate.ask(ORDER)


async def test_an_expired_order_is_let_go_without_asking() -> None:
    validate, provider = validating(Accepted(STORED))
    late = replace(ORDER, expires_at=NOON)
    tx = InMemoryGatewayTx()
    await validate(late, await validate.ask(late), tx)
    assert provider.seen == []
    assert tx.outbox.drain() == []


async def test_what_was_not_sealed_to_us_is_malformed() -> None:
    validate, _ = validating(Accepted(STORED))
    with pytest.raises(Malformed):
        await validate.ask(replace(ORDER, sealed_card="somebody else's"))
