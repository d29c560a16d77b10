"""What the system does, and when. Read this file first."""

from datetime import timedelta

from core.activator.block_user import BlockUser
from core.activator.forgive_debt import ForgiveDebt
from core.activator.keep_user import KeepUser as KeepUserForAccess
from core.activator.restore_access import RestoreAccess
from core.activator.review_access import ReviewAccess
from core.contracts.access import AccessBlocked, AccessRestored
from core.contracts.card_responses import CardAccepted, CardRefused
from core.contracts.card_validations import CardValidationOrdered
from core.contracts.charges import ChargeOrdered, RefundOrdered
from core.contracts.notices import CardNotSaved, ReminderDue
from core.contracts.payment_requests import PaymentRequested
from core.contracts.payment_responses import (
    PaymentFailed,
    PaymentRefunded,
    PaymentSucceeded,
    PaymentUnresolved,
    PaymentWrittenOff,
    RefundFailed,
    RefundUnresolved,
)
from core.contracts.users import UserChanged
from core.gateway.accept_charge import AcceptCharge
from core.gateway.accept_refund import AcceptRefund
from core.gateway.charge_through_provider import ChargeThroughProvider
from core.gateway.refund_through_provider import RefundThroughProvider
from core.gateway.validate_card import ValidateCard
from core.notifier.issue_invoice import IssueInvoice
from core.notifier.keep_user import KeepUser as KeepUserForNotices
from core.notifier.make_invoice_file import MakeInvoiceFile
from core.notifier.send_notice import SendNotice
from core.notifier.tell_card_not_saved import TellCardNotSaved
from core.notifier.tell_payment_failed import TellPaymentFailed
from core.notifier.tell_reminder import TellReminder
from core.payment.expire_validations import ExpireValidations
from core.payment.keep_user import KeepUser as KeepUserForPayment
from core.payment.mark_unpaid import MarkUnpaid
from core.payment.note_refund_unresolved import NoteRefundUnresolved
from core.payment.note_unresolved import NoteUnresolved
from core.payment.record_refund import RecordRefund
from core.payment.refuse_card import RefuseCard
from core.payment.release_refund import ReleaseRefund
from core.payment.remind_payers import RemindPayers
from core.payment.retry_declined import RetryDeclined
from core.payment.settle_payment import SettlePayment
from core.payment.start_charge import StartCharge
from core.payment.store_card import StoreCard
from core.reacting import Row, errands, every, when, when_asked
from core.subscription.bill_due_periods import BillDuePeriods
from core.subscription.keep_user import KeepUser as KeepUserForSubscription

HALF_MINUTE, MINUTE = timedelta(seconds=30), timedelta(minutes=1)

REACTIONS: tuple[Row, ...] = (
    when(PaymentRequested, payment=StartCharge),
    when(ChargeOrdered, gateway=AcceptCharge),
    when(PaymentSucceeded, payment=SettlePayment, notifier=IssueInvoice, activator=RestoreAccess),
    when(PaymentFailed, payment=MarkUnpaid, notifier=TellPaymentFailed, activator=BlockUser),
    when(PaymentUnresolved, payment=NoteUnresolved),
    when(PaymentWrittenOff, activator=ForgiveDebt),
    when(RefundOrdered, gateway=AcceptRefund),
    when(PaymentRefunded, payment=RecordRefund),
    when(RefundFailed, payment=ReleaseRefund),
    when(RefundUnresolved, payment=NoteRefundUnresolved),
    when_asked(CardValidationOrdered, gateway=ValidateCard),
    when(CardAccepted, payment=StoreCard),
    when(CardRefused, payment=RefuseCard),
    when(CardNotSaved, notifier=TellCardNotSaved),
    when(ReminderDue, notifier=TellReminder),
    when(
        UserChanged,
        payment=KeepUserForPayment,
        subscription=KeepUserForSubscription,
        notifier=KeepUserForNotices,
        activator=KeepUserForAccess,
    ),
    when(AccessBlocked),
    when(AccessRestored),
    every(MINUTE, subscription=BillDuePeriods),
    every(HALF_MINUTE, payment=ExpireValidations),
    every(MINUTE, payment=RemindPayers),
    every(MINUTE, payment=RetryDeclined, activator=ReviewAccess),
    errands(
        gateway=(ChargeThroughProvider, RefundThroughProvider),
        notifier=(MakeInvoiceFile, SendNotice),
    ),
)
