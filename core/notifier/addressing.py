"""Who gets a notice that is due, where, and with which facts; or why nobody gets it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from core.kernel.ids import PaymentId, UserId
from core.notifier.kinds import NoticeKind
from core.notifier.model import Channel, Invoice, Notice, NoticeState, User, zone
from core.notifier.policy import NoticePolicy
from core.notifier.ports import NoticeText

OF_AN_UNPAID_PAYMENT = frozenset({NoticeKind.PAYMENT_FAILED, NoticeKind.REMINDER})


@dataclass(frozen=True, slots=True)
class Dispatch:
    """One notice, worded for its reader's language and addressed."""

    notice: Notice
    to: str
    text: NoticeText
    file_key: str = ""
    """Where the PDF lies that goes with it, or empty."""

    @property
    def message_id(self) -> str:
        return str(self.notice.key.id)

    @property
    def correlation_id(self) -> str:
        return self.notice.correlation_id


@dataclass(frozen=True, slots=True)
class Addressing:
    """Decides on each notice with what is known now of its user and its payment."""

    users: Mapping[UserId, User]
    invoices: Mapping[PaymentId, Invoice]
    repay_url: str
    policy: NoticePolicy
    now: datetime

    def __call__(self, notice: Notice) -> Dispatch | Notice:
        """The dispatch, or the notice as it stands when nothing is sent now."""
        user = self.users.get(notice.facts.user_id)
        if notice.state is NoticeState.SENDING and notice.key.channel is Channel.SMS:
            return notice.moved(NoticeState.AMBIGUOUS, detail="our own crash")
        if self._moot(notice):
            return notice.moved(NoticeState.SKIPPED, detail="paid meanwhile")
        if user is None:
            return self._unknown(notice)
        to = user.party.email if notice.key.channel is Channel.EMAIL else user.party.phone
        if not to:
            return notice.moved(NoticeState.SKIPPED, detail=f"no address for {notice.key.channel}")
        return self._dispatch(notice.sending(self.now + self.policy.lease), to, user)

    def _moot(self, notice: Notice) -> bool:
        """Its payment has been made: what failed before, or was overdue, is of no interest any more."""
        return notice.facts.kind in OF_AN_UNPAID_PAYMENT and notice.facts.payment_id in self.invoices

    def _unknown(self, notice: Notice) -> Notice:
        wait = self.policy.wait(notice.tries + 1)
        if wait is None:
            return notice.moved(NoticeState.SKIPPED, detail="the user never became known")
        return notice.put_off(self.now + wait)

    def _dispatch(self, notice: Notice, to: str, user: User) -> Dispatch:
        facts = notice.facts
        invoice = self.invoices.get(facts.payment_id) if facts.payment_id else None
        text = NoticeText(
            kind=facts.kind,
            locale=user.locale,
            user_name=user.party.name,
            amount=facts.amount,
            description=facts.description,
            reason=facts.reason,
            invoice_number=invoice.issue.number if invoice and invoice.issue else "",
            card=facts.card,
            repay_url=self._repay_url(notice),
            at=facts.at.astimezone(zone(user.time_zone)),
        )
        return Dispatch(notice, to, text, invoice.file.key if invoice and invoice.file else "")

    def _repay_url(self, notice: Notice) -> str:
        if notice.facts.kind not in OF_AN_UNPAID_PAYMENT:
            return ""
        return self.repay_url.replace("{payment_id}", str(notice.facts.payment_id))
