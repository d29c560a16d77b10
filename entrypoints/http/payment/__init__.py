"""Payment over HTTP: cards, payments, users."""

from core.payment.ports import PaymentReads
from core.payment.save_card import SaveCard
from core.payment.start_charge import StartCharge
from entrypoints.http.kit import Api
from entrypoints.http.payment.cards import card_routes
from entrypoints.http.payment.history import history_routes
from entrypoints.http.payment.money import money_routes
from entrypoints.http.payment.parts import PaymentHttpTx, PaymentParts, Uow
from entrypoints.http.payment.users import user_routes

__all__ = ["PaymentHttpTx", "Uow", "payment_routes"]


def payment_routes(reads: PaymentReads, uow: Uow, start_charge: StartCharge, save_card: SaveCard) -> Api:
    """What users, products and staff do with cards and payments."""
    parts = PaymentParts(reads, uow, start_charge, save_card)
    api = Api("payment")
    card_routes(api, parts)
    history_routes(api, parts)
    money_routes(api, parts)
    user_routes(api, parts)
    return api
