"""The tables of the subscription role, as the object mapper sees them."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class UserRow(Model):
    """Somebody who may subscribe."""

    id = fields.CharField(255, primary_key=True)
    time_zone = fields.CharField(64)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "users"


class PlanRow(Model):
    """What is offered."""

    id = fields.CharField(64, primary_key=True)
    name = fields.CharField(200)
    amount_minor = fields.BigIntField()
    currency = fields.CharField(3)
    interval = fields.CharField(10)
    interval_count = fields.IntField()

    class Meta:
        table = "plans"


class SubscriptionRow(Model):
    """Somebody's plan, with a copy of what it was at the start. `next_due_at` is when there is something to do."""

    id = fields.UUIDField(primary_key=True)
    user_id = fields.CharField(255)
    plan_id = fields.CharField(64)
    description = fields.CharField(200)
    amount_minor = fields.BigIntField()
    currency = fields.CharField(3)
    interval = fields.CharField(10)
    interval_count = fields.IntField()
    anchor = fields.DateField()
    time_zone = fields.CharField(64)
    started_at = fields.DatetimeField()
    state = fields.CharField(10)
    next_period = fields.IntField()
    ends_at = fields.DatetimeField(null=True)
    next_due_at = fields.DatetimeField(null=True)

    class Meta:
        table = "subscriptions"
        indexes = (
            Index(fields=["next_due_at", "id"], name="subscriptions_due"),
            Index(fields=["user_id", "id"], name="subscriptions_of_user"),
        )


class BilledPeriodRow(Model):
    """A period that became a payment request: one for ever."""

    payment_id = fields.UUIDField(primary_key=True)
    subscription_id = fields.UUIDField()
    period_start = fields.DateField()
    period_end = fields.DateField()
    billed_at = fields.DatetimeField()

    class Meta:
        table = "billed_periods"
        unique_together = (("subscription_id", "period_start"),)


class BillingRunRow(Model):
    """Somebody asked that all be billed that was due."""

    id = fields.UUIDField(primary_key=True)
    asked_at = fields.DatetimeField()
    state = fields.CharField(10)
    due = fields.IntField()
    requested = fields.IntField()
    finished_at = fields.DatetimeField(null=True)

    class Meta:
        table = "billing_runs"
        indexes = (Index(fields=["asked_at"], name="billing_runs_running"),)


class IdempotencyKeyRow(Model):
    """A money-moving POST that was answered."""

    scope = fields.CharField(64, primary_key=True)
    fingerprint = fields.CharField(64)
    status = fields.IntField()
    body = fields.TextField()
    stored_at = fields.DatetimeField()

    class Meta:
        table = "idempotency_keys"
        indexes = (Index(fields=["stored_at"], name="idempotency_keys_stored_at"),)
