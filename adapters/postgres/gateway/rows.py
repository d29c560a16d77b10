"""The tables of a gateway, as the object mapper sees them."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class ProgressRow(Model):
    """How far an order has come; `available_at` is its due time or a lease."""

    state = fields.CharField(20)
    changed_at = fields.DatetimeField()
    available_at = fields.DatetimeField(null=True)
    tries = fields.IntField()
    queries = fields.IntField()
    first_sent_at = fields.DatetimeField(null=True)
    last_sent_at = fields.DatetimeField(null=True)
    not_found_at = fields.DatetimeField(null=True)
    resend = fields.BooleanField()
    reference = fields.TextField()
    decline = fields.CharField(40, null=True)
    detail = fields.TextField()

    class Meta:
        abstract = True


class ChargeRow(ProgressRow):
    """An order to charge. `key` is the provider's idempotency key."""

    key = fields.CharField(60, primary_key=True)
    payment_id = fields.UUIDField()
    attempt_no = fields.IntField()
    gateway = fields.CharField(100)
    user_id = fields.CharField(255)
    amount_minor = fields.BigIntField()
    currency = fields.CharField(3)
    description = fields.TextField()
    card_token = fields.TextField()
    card_label = fields.TextField()
    ordered_at = fields.DatetimeField()
    source = fields.CharField(100)
    request_id = fields.CharField(255)
    period_start = fields.DateField(null=True)
    period_end = fields.DateField(null=True)
    correlation_id = fields.TextField()

    class Meta:
        table = "charges"
        indexes = (
            Index(fields=["available_at", "key"], name="charges_due"),
            Index(fields=["state", "ordered_at", "key"], name="charges_not_done"),
        )


class RefundRow(ProgressRow):
    """An order to give money back. `key` is the provider's idempotency key."""

    key = fields.CharField(60, primary_key=True)
    payment_id = fields.UUIDField()
    refund_no = fields.IntField()
    attempt_no = fields.IntField()
    gateway = fields.CharField(100)
    user_id = fields.CharField(255)
    amount_minor = fields.BigIntField()
    currency = fields.CharField(3)
    ordered_at = fields.DatetimeField()
    correlation_id = fields.TextField()

    class Meta:
        table = "refunds"
        indexes = (
            Index(fields=["available_at", "key"], name="refunds_due"),
            Index(fields=["state", "ordered_at", "key"], name="refunds_not_done"),
        )
