"""Plans, subscriptions and billing runs over HTTP."""

from typing import NamedTuple, Protocol
from uuid import UUID, uuid4

from core.kernel.ids import UserId, derived
from core.kernel.trouble import Refused
from core.messaging.ports import Transactions
from core.subscription.change_subscription import ChangeSubscription
from core.subscription.model import BillingRunId, PlanId, SubscriptionId
from core.subscription.offer_plan import OfferPlan
from core.subscription.ports import SubscriptionReads, SubscriptionTx
from core.subscription.start_billing_run import StartBillingRun
from core.subscription.subscribe import Subscribe
from entrypoints.http.kit import OPERATOR, PRODUCT, USER, Api, KeyTx, Listing, Once, Owner, Page, found, listing
from entrypoints.http.subscription_shapes import (
    BillingRunView,
    NewSubscription,
    PlanOffer,
    PlanView,
    SubscriptionChange,
    SubscriptionView,
)
from entrypoints.http.traced import Traced

EVERYBODY = (USER, PRODUCT, OPERATOR)


class PlanKey(NamedTuple):
    id: str


class SubscriptionKey(NamedTuple):
    id: UUID


class KeyedTx(SubscriptionTx, KeyTx, Protocol):
    """A transaction of the role that holds idempotency keys too."""


def subscription_routes(transactions: Transactions[KeyedTx], reads: SubscriptionReads) -> Api:
    """What users, products and staff do with subscriptions."""
    api, uow = Api("subscription"), Traced(transactions)
    _plans(api, uow, reads)
    _subscribing(api, uow)
    _subscriptions(api, uow, reads)
    _billing_runs(api, uow, reads)
    return api


def _plans(api: Api, uow: Traced[KeyedTx], reads: SubscriptionReads) -> None:
    @api.get("/v1/plans", callers=EVERYBODY)
    async def list_plans(page: Page) -> Listing[PlanView]:
        """What is offered."""
        after = page.after(PlanKey)
        rows = await reads.plans(after.id if after else None, page.fetch)
        return listing(rows, page, key=lambda plan: PlanKey(plan.id), view=PlanView.of)

    @api.post("/v1/plans", status=201, callers=(OPERATOR,), errors=(409,))
    async def offer_plan(body: PlanOffer) -> PlanView:
        """Offer a plan. The same plan again changes nothing; another under its id is a conflict."""
        async with uow() as tx:
            return PlanView.of(await OfferPlan()(body.plan(), tx))


def _subscribing(api: Api, uow: Traced[KeyedTx]) -> None:
    @api.post("/v1/subscriptions", status=201, callers=EVERYBODY, money=True)
    async def subscribe(body: NewSubscription, owner: Owner, once: Once) -> SubscriptionView:
        """Take a plan. The first period is billed at once."""
        user_id = owner.narrow(body.user_id)
        if user_id is None:
            raise Refused("user_id: who subscribes?")
        if body.anchor is not None and owner.user_id is not None:
            raise Refused("anchor: only staff and products choose it")
        subscription_id = SubscriptionId(derived("subscription", once.scope))
        user, plan_id = UserId(user_id), PlanId(body.plan_id)

        async def work(tx: KeyedTx) -> SubscriptionView:
            return SubscriptionView.of(await Subscribe()(subscription_id, user, plan_id, tx, anchor=body.anchor))

        return await once(uow, work)


def _subscriptions(api: Api, uow: Traced[KeyedTx], reads: SubscriptionReads) -> None:
    @api.get("/v1/subscriptions", callers=EVERYBODY)
    async def list_subscriptions(page: Page, owner: Owner, user_id: str | None = None) -> Listing[SubscriptionView]:
        """Subscriptions: one's own, or for staff and products anybody's."""
        after = page.after(SubscriptionKey)
        rows = await reads.subscriptions(owner.narrow(user_id), after.id if after else None, page.fetch)
        return listing(rows, page, key=lambda thing: SubscriptionKey(thing.id), view=SubscriptionView.of)

    @api.get("/v1/subscriptions/{subscription_id}", callers=EVERYBODY)
    async def read_subscription(subscription_id: UUID, owner: Owner) -> SubscriptionView:
        """One subscription."""
        return SubscriptionView.of(found(await reads.subscription(subscription_id, owner.user_id)))

    @api.patch("/v1/subscriptions/{subscription_id}", callers=EVERYBODY, errors=(409,))
    async def change_subscription(subscription_id: UUID, body: SubscriptionChange, owner: Owner) -> SubscriptionView:
        """Cancel now or at the end of the period, or take the cancelling back."""
        async with uow() as tx:
            subscription = await tx.subscriptions.get(SubscriptionId(subscription_id))
            owner.require(subscription.user_id)
            return SubscriptionView.of(await ChangeSubscription()(subscription.id, body.change, tx))


def _billing_runs(api: Api, uow: Traced[KeyedTx], reads: SubscriptionReads) -> None:
    @api.post("/v1/billing-runs", status=202, callers=(OPERATOR,))
    async def start_billing_run() -> BillingRunView:
        """Bill everything that is due now. It is done in the background, and no period is billed twice."""
        async with uow() as tx:
            return BillingRunView.of(await StartBillingRun()(BillingRunId(uuid4()), tx))

    @api.get("/v1/billing-runs/{run_id}", callers=(OPERATOR,))
    async def read_billing_run(run_id: UUID) -> BillingRunView:
        """How far a billing run has come."""
        return BillingRunView.of(found(await reads.billing_run(run_id)))
