"""Notices are handed over to those who carry them."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.kernel.trouble import NotFound, Unavailable
from core.notifier.addressing import Addressing, Dispatch
from core.notifier.model import Channel, Notice, NoticeState
from core.notifier.policy import USUAL_NOTICES, NoticePolicy
from core.notifier.ports import Attachment, Bucket, Mailer, NotifierTx, Sending, Sent, Texts


@dataclass(frozen=True, slots=True)
class SendNotice:
    """A text that may have been sent is never sent again; a mail that may have been goes again under the same
    Message-ID only after a crash of ours, because a lost invoice is worse than one that comes twice."""

    mailer: Mailer
    texts: Texts
    bucket: Bucket
    repay_url: str = ""
    """Where a payment can be made again; `{payment_id}` in it stands for the payment."""
    policy: NoticePolicy = USUAL_NOTICES

    async def claim(self, tx: NotifierTx, most: int) -> Sequence[Dispatch]:
        taken = await self._take_up(await tx.notices.claim_due(tx.now, most), tx)
        for result in taken:
            tx.notices.save(result.notice if isinstance(result, Dispatch) else result)
        return [result for result in taken if isinstance(result, Dispatch)]

    async def perform(self, dispatch: Dispatch) -> Sent:
        if dispatch.notice.key.channel is Channel.SMS:
            return await self.texts.send(dispatch.to, dispatch.message_id, dispatch.text)
        try:
            attachment = await self._attachment(dispatch)
        except (Unavailable, NotFound) as error:
            return Sent(Sending.LATER, f"the file cannot be had: {error}")
        return await self.mailer.send(dispatch.to, dispatch.message_id, dispatch.text, attachment)

    async def record(self, dispatch: Dispatch, sent: Sent, tx: NotifierTx) -> None:
        notice = await tx.notices.get(dispatch.notice.key)
        match sent.result:
            case Sending.SENT:
                notice = notice.moved(NoticeState.SENT, detail=sent.detail)
            case Sending.REFUSED:
                notice = notice.moved(NoticeState.REFUSED, detail=sent.detail)
            case Sending.AMBIGUOUS:
                notice = notice.moved(NoticeState.AMBIGUOUS, detail=sent.detail)
            case Sending.LATER:
                notice = self._later(notice, sent.detail, tx)
        tx.notices.save(notice)

    async def _take_up(self, due: Sequence[Notice], tx: NotifierTx) -> list[Dispatch | Notice]:
        users = await tx.users.known({notice.facts.user_id for notice in due})
        invoices = await tx.invoices.known({paid for notice in due if (paid := notice.facts.payment_id)})
        address = Addressing(users, invoices, self.repay_url, self.policy, tx.now)
        return [address(notice) for notice in due]

    async def _attachment(self, dispatch: Dispatch) -> Attachment | None:
        if not dispatch.file_key:
            return None
        return Attachment(f"{dispatch.text.invoice_number}.pdf", await self.bucket.get(dispatch.file_key))

    def _later(self, notice: Notice, detail: str, tx: NotifierTx) -> Notice:
        wait = self.policy.wait(notice.tries)
        if wait is None:
            return notice.moved(NoticeState.GAVE_UP, detail=detail)
        return notice.moved(NoticeState.PENDING, tx.now + wait, detail)
