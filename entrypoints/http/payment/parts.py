"""What payment's routes are given."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from core.kernel.ids import UserId
from core.payment.ports import PaymentReads, PaymentTx
from core.payment.save_card import SaveCard
from core.payment.start_charge import StartCharge
from entrypoints.http.kit import KeyTx, Owner


class PaymentHttpTx(PaymentTx, KeyTx, Protocol):
    """Payment's transaction, with the idempotency keys in it."""


Uow = Callable[[], AbstractAsyncContextManager[PaymentHttpTx]]


@dataclass(frozen=True, slots=True)
class PaymentParts:
    """Where payments are, and the use cases that have settings; the others are made where they are used."""

    reads: PaymentReads
    uow: Uow
    start_charge: StartCharge
    save_card: SaveCard


def owner_id(owner: Owner) -> UserId | None:
    """Whose data the call may touch, in the words of core; None is everybody's."""
    return None if owner.user_id is None else UserId(owner.user_id)
