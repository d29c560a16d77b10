"""Composition: which class stands behind each port. Everything is spelled out; nothing is decided.

A container is pure wiring: connections are opened outside (`entrypoints/installation.py`) and passed in."""

from collections.abc import Mapping
from typing import Any

from dependency_injector import containers, providers

from adapters.postgres.activator.reads import PostgresActivatorReads
from adapters.postgres.activator.tx import PostgresActivatorTx
from adapters.postgres.gateway.reads import PostgresGatewayReads
from adapters.postgres.gateway.tx import PostgresGatewayTx
from adapters.postgres.notifier.reads import PostgresNotifierReads
from adapters.postgres.notifier.tx import PostgresNotifierTx
from adapters.postgres.payment.reads import PostgresPaymentReads
from adapters.postgres.payment.tx import PostgresPaymentTx
from adapters.postgres.subscription.reads import PostgresSubscriptionReads
from adapters.postgres.subscription.tx import PostgresSubscriptionTx
from adapters.postgres.unit_of_work import PostgresTransactions, RelayTransactions
from core.activator.block_user import BlockUser
from core.activator.forgive_debt import ForgiveDebt
from core.activator.keep_user import KeepUser as KeepUserForAccess
from core.activator.policy import OverduePolicy
from core.activator.restore_access import RestoreAccess
from core.activator.review_access import ReviewAccess
from core.gateway.accept_charge import AcceptCharge
from core.gateway.accept_refund import AcceptRefund
from core.gateway.charge_through_provider import ChargeThroughProvider
from core.gateway.refund_through_provider import RefundThroughProvider
from core.gateway.validate_card import ValidateCard
from core.notifier.issue_invoice import IssueInvoice
from core.notifier.keep_user import KeepUser as KeepUserForNotices
from core.notifier.make_invoice_file import MakeInvoiceFile
from core.notifier.policy import Numbering
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
from core.payment.routing import Route, RoutingPolicy
from core.payment.save_card import SaveCard
from core.payment.schedules import ReminderRhythm, RetrySchedule
from core.payment.settle_payment import SettlePayment
from core.payment.start_charge import StartCharge
from core.payment.store_card import StoreCard
from core.subscription.bill_due_periods import BillDuePeriods
from core.subscription.keep_user import KeepUser as KeepUserForSubscription
from entrypoints.http.activator import activator_routes
from entrypoints.http.gateway import gateway_routes
from entrypoints.http.notifier import notifier_routes
from entrypoints.http.payment import payment_routes
from entrypoints.http.subscription import subscription_routes
from entrypoints.http.traced import Traced
from entrypoints.roles import Announcer, Role

Dependency, Singleton, Dict = providers.Dependency, providers.Singleton, providers.Dict


def _routing(gateways: tuple[str, ...], gateway: Mapping[str, Any]) -> RoutingPolicy:
    forms = frozenset(name for name in gateways if gateway[name].browser_form)
    return RoutingPolicy(tuple(Route(name) for name in gateways), forms)


def _checks(database: Any, bus: Any, **others: Any) -> Mapping[str, Any]:
    return {"database": database.check, "broker": bus.check} | {name: thing.check for name, thing in others.items()}


class OneRole(containers.DeclarativeContainer):
    """What every role is given."""

    settings: Any = Dependency()
    consumer: Any = Dependency(instance_of=str)
    database: Any = Dependency()
    bus: Any = Dependency()
    wire: Any = Dependency()
    clock: Any = Dependency()
    announcer = Singleton(Announcer)
    outbox = Singleton(RelayTransactions, database, clock)


def _transactions(parts: type[OneRole], tx: type[Any]) -> Any:
    return Singleton(PostgresTransactions, parts.database, tx, parts.clock, parts.wire, parts.consumer, parts.announcer)


class Payment(OneRole):
    sealer: Any = Dependency()
    transactions = _transactions(OneRole, PostgresPaymentTx)
    reads = Singleton(PostgresPaymentReads, OneRole.database)
    schedule = Singleton(RetrySchedule, OneRole.settings.provided.retry_after)
    rhythm = Singleton(ReminderRhythm, OneRole.settings.provided.remind_every)
    routing = Singleton(_routing, OneRole.settings.provided.gateways, OneRole.settings.provided.gateway)
    start_charge = Singleton(StartCharge, currencies=OneRole.settings.provided.currencies)
    use_cases = Dict(
        {
            StartCharge: start_charge,
            SettlePayment: Singleton(SettlePayment),
            MarkUnpaid: Singleton(MarkUnpaid, schedule, rhythm),
            NoteUnresolved: Singleton(NoteUnresolved),
            RecordRefund: Singleton(RecordRefund),
            ReleaseRefund: Singleton(ReleaseRefund),
            NoteRefundUnresolved: Singleton(NoteRefundUnresolved),
            StoreCard: Singleton(StoreCard),
            RefuseCard: Singleton(RefuseCard),
            KeepUserForPayment: Singleton(KeepUserForPayment),
            ExpireValidations: Singleton(ExpireValidations),
            RemindPayers: Singleton(RemindPayers, rhythm),
            RetryDeclined: Singleton(RetryDeclined),
        }
    )
    save_card = Singleton(SaveCard, sealer, routing)
    api = Singleton(payment_routes, reads, Singleton(Traced, transactions), start_charge, save_card)
    checks = Singleton(_checks, OneRole.database, OneRole.bus)


class Subscription(OneRole):
    transactions = _transactions(OneRole, PostgresSubscriptionTx)
    reads = Singleton(PostgresSubscriptionReads, OneRole.database)
    use_cases = Dict(
        {KeepUserForSubscription: Singleton(KeepUserForSubscription), BillDuePeriods: Singleton(BillDuePeriods)}
    )
    api = Singleton(subscription_routes, transactions, reads)
    checks = Singleton(_checks, OneRole.database, OneRole.bus)


class Gateway(OneRole):
    provider: Any = Dependency()
    opener: Any = Dependency()
    transactions = _transactions(OneRole, PostgresGatewayTx)
    reads = Singleton(PostgresGatewayReads, OneRole.database)
    use_cases = Dict(
        {
            AcceptCharge: Singleton(AcceptCharge),
            AcceptRefund: Singleton(AcceptRefund),
            ValidateCard: Singleton(ValidateCard, provider, opener, OneRole.clock),
            ChargeThroughProvider: Singleton(ChargeThroughProvider, provider),
            RefundThroughProvider: Singleton(RefundThroughProvider, provider),
        }
    )
    api = Singleton(gateway_routes, OneRole.consumer, reads, Singleton(Traced, transactions))
    checks = Singleton(_checks, OneRole.database, OneRole.bus, provider=provider)


class Notifier(OneRole):
    renderer: Any = Dependency()
    bucket: Any = Dependency()
    mailer: Any = Dependency()
    texts: Any = Dependency()
    secret: Any = Dependency()
    transactions = _transactions(OneRole, PostgresNotifierTx)
    reads = Singleton(PostgresNotifierReads, OneRole.database)
    numbering = Singleton(Numbering, OneRole.settings.provided.invoice_series)
    use_cases = Dict(
        {
            IssueInvoice: Singleton(IssueInvoice, numbering),
            MakeInvoiceFile: Singleton(
                MakeInvoiceFile, renderer, bucket, OneRole.settings.provided.seller, secret, numbering
            ),
            SendNotice: Singleton(SendNotice, mailer, texts, bucket, OneRole.settings.provided.repay_url),
            TellPaymentFailed: Singleton(TellPaymentFailed),
            TellReminder: Singleton(TellReminder),
            TellCardNotSaved: Singleton(TellCardNotSaved),
            KeepUserForNotices: Singleton(KeepUserForNotices),
        }
    )
    api = Singleton(notifier_routes, reads, bucket)
    checks = Singleton(_checks, OneRole.database, OneRole.bus, bucket=bucket, mail=mailer, sms=texts, renderer=renderer)


class Activator(OneRole):
    transactions = _transactions(OneRole, PostgresActivatorTx)
    reads = Singleton(PostgresActivatorReads, OneRole.database)
    policy = Singleton(OverduePolicy.blocking_after, OneRole.settings.provided.grace)
    use_cases = Dict(
        {
            BlockUser: Singleton(BlockUser, policy),
            RestoreAccess: Singleton(RestoreAccess, policy),
            ForgiveDebt: Singleton(ForgiveDebt, policy),
            ReviewAccess: Singleton(ReviewAccess, policy),
            KeepUserForAccess: Singleton(KeepUserForAccess),
        }
    )
    api = Singleton(activator_routes, reads)
    checks = Singleton(_checks, OneRole.database, OneRole.bus)


ROLES: Mapping[str, type[OneRole]] = {
    "payment": Payment,
    "subscription": Subscription,
    "gateway": Gateway,
    "notifier": Notifier,
    "activator": Activator,
}


def role(container: Any) -> Role:
    """The role a container has wired."""
    return Role(
        container.consumer(),
        container.transactions(),
        container.outbox(),
        container.use_cases(),
        container.api(),
        container.checks(),
        container.announcer(),
    )
