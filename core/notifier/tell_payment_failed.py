"""Whoever's payment failed is told."""

from dataclasses import dataclass

from core.contracts.payment_responses import PaymentFailed
from core.notifier.kinds import NoticeKind
from core.notifier.model import NoticeFacts
from core.notifier.ports import NotifierTx
from core.notifier.telling import tell


@dataclass(frozen=True, slots=True)
class TellPaymentFailed:
    """Once for each attempt; dropped at its sending when the payment has been made by then."""

    async def __call__(self, failed: PaymentFailed, tx: NotifierTx) -> None:
        facts = NoticeFacts(
            kind=NoticeKind.PAYMENT_FAILED,
            user_id=failed.user_id,
            at=failed.occurred_at,
            payment_id=failed.payment_id,
            amount=failed.amount,
            description=failed.description,
            reason=failed.decline,
            card=failed.card_label,
        )
        await tell(failed_event(failed), facts, tx)


def failed_event(failed: PaymentFailed) -> str:
    return f"payment_failed:{failed.payment_id}:{failed.attempt_no}"
