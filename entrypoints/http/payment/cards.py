"""A user's cards."""

from uuid import UUID, uuid4

from pydantic import Field, SecretStr, model_validator

from core.kernel.cards import BrowserToken, CardEntry, Expiry
from core.kernel.ids import CardId, UserId
from core.kernel.secret import Secret
from core.payment.choose_default_card import ChooseDefaultCard
from core.payment.forget_card import ForgetCard
from entrypoints.http.kit import OPERATOR, USER, Api, Ask, Caller, HttpProblem, Listing, Owner, View, found
from entrypoints.http.payment.parts import PaymentParts, owner_id
from entrypoints.http.payment.views import CardView


class CardNumber(Ask):
    """A card as it was typed: digits only."""

    number: SecretStr = Field(max_length=19)
    cvc: SecretStr = Field(max_length=4)
    expiry_year: int
    expiry_month: int

    def entry(self) -> CardEntry:
        """Raises `Malformed` for what is no card."""
        number, cvc = self.number.get_secret_value(), self.cvc.get_secret_value()
        return CardEntry(Secret(number), Secret(cvc), Expiry(self.expiry_year, self.expiry_month))


class SaveCardAsk(Ask):
    """Either the card, or the token that the provider's own form in the browser made of it."""

    card: CardNumber | None = None
    browser_token: SecretStr | None = Field(default=None, min_length=1, max_length=1024)
    gateway: str = Field(default="", max_length=64)
    """Empty: the routing policy chooses. A browser token is good at its own gateway alone."""
    default: bool = False
    """Charge this card from now on, once it is accepted."""

    @model_validator(mode="after")
    def one_of_both(self) -> "SaveCardAsk":
        if (self.card is None) == (self.browser_token is None):
            raise ValueError("either a card or a browser_token is needed")
        return self

    def entry(self) -> CardEntry | BrowserToken:
        if self.browser_token is not None:
            return BrowserToken(Secret(self.browser_token.get_secret_value()))
        assert self.card is not None, "one of both is there"
        return self.card.entry()


class Started(View):
    """The gateway is asked; the card tells what came of it within two minutes."""

    message: str = "Process started."
    card: CardView


def card_routes(api: Api, parts: PaymentParts) -> None:
    @api.post("/v1/cards", status=202, callers=(USER,))
    async def save_card(body: SaveCardAsk, caller: Caller) -> Started:
        """Save a card: it is validated and kept by a gateway."""
        card_id, user_id = CardId(uuid4()), UserId(caller.user_id)
        async with parts.uow() as tx:
            card = await parts.save_card(
                tx,
                card_id=card_id,
                user_id=user_id,
                entry=body.entry(),
                gateway=body.gateway,
                make_default=body.default,
            )
        return Started(card=CardView.of(card, None))

    @api.get("/v1/cards", callers=(USER, OPERATOR))
    async def list_cards(owner: Owner, user_id: str | None = None) -> Listing[CardView]:
        """A user's cards, oldest first; staff names the user."""
        whose = owner.narrow(user_id)
        if whose is None:
            raise HttpProblem(422, "Name the user with ?user_id=.", kind="invalid")
        return Listing(await cards_of(UserId(whose), parts), None)

    @api.get("/v1/cards/{card_id}", callers=(USER, OPERATOR))
    async def read_card(card_id: UUID, owner: Owner) -> CardView:
        """One card, and why it was refused if it was."""
        card = found(await parts.reads.card(CardId(card_id), owner_id(owner)))
        return CardView.of(card, await parts.reads.user(card.user_id))

    @api.delete("/v1/cards/{card_id}", callers=(USER, OPERATOR))
    async def forget_card(card_id: UUID, owner: Owner) -> None:
        """Remove a card: its token is forgotten."""
        async with parts.uow() as tx:
            await ForgetCard()(tx, card_id=CardId(card_id), owner=owner_id(owner))

    @api.post("/v1/cards/{card_id}/default", callers=(USER, OPERATOR))
    async def choose_default_card(card_id: UUID, owner: Owner) -> CardView:
        """Charge this card from now on; what is owed is tried with it at once."""
        async with parts.uow() as tx:
            card = await ChooseDefaultCard()(tx, card_id=CardId(card_id), owner=owner_id(owner))
            return CardView.of(card, await tx.users.find(card.user_id))


async def cards_of(user_id: UserId, parts: PaymentParts) -> list[CardView]:
    user = await parts.reads.user(user_id)
    return [CardView.of(card, user) for card in await parts.reads.cards(user_id)]
