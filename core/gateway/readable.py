"""What we can keep of a provider's answer: its words are cut to fit, an id that does not fit is no answer."""

from dataclasses import replace

from core.contracts.bounds import UNSTORABLE
from core.contracts.words import LONGEST_BRAND, LONGEST_DETAIL
from core.gateway.ports import (
    Accepted,
    Captured,
    CardDeclined,
    Declined,
    Mismatch,
    NotAttempted,
    NotFound,
    Pending,
    StatusOutcome,
    Unknown,
)
from core.kernel.cards import StoredCard

LONGEST_ID = 255


def readable(outcome: StatusOutcome) -> StatusOutcome:
    """The same answer, or `Unknown` when its reference is none we could ever ask for. Details stay exactly as the
    provider gave them, up to 1000 characters."""
    match outcome:
        case Captured(reference) | Pending(reference):
            return outcome if _fits(reference) else Unknown("its reference is not readable")
        case Declined(_, detail, reference) | Mismatch(detail, reference):
            kept = reference if reference and _fits(reference) else None
            return replace(outcome, detail=_words(detail), reference=kept)
        case NotAttempted(detail) | Unknown(detail):
            return replace(outcome, detail=_words(detail))
        case NotFound():
            return outcome


def readable_card(
    answer: Accepted | CardDeclined | NotAttempted | Unknown,
) -> Accepted | CardDeclined | NotAttempted | Unknown:
    """The same for the validation of a card: `Unknown` when we could not charge what was kept."""
    match answer:
        case Accepted(card) if _chargeable(card):
            return Accepted(replace(card, brand=_words(card.brand, LONGEST_BRAND), last4=_words(card.last4[-4:])))
        case Accepted():
            return Unknown("its card is not readable")
        case CardDeclined(_, detail) | NotAttempted(detail) | Unknown(detail):
            return replace(answer, detail=_words(detail))


def _chargeable(card: StoredCard) -> bool:
    return all(name and _fits(name) for name in (card.token, card.fingerprint))


def _fits(name: str) -> bool:
    return len(name) <= LONGEST_ID and not UNSTORABLE.search(name)


def _words(text: str, most: int = LONGEST_DETAIL) -> str:
    return UNSTORABLE.sub(" ", text)[:most]
