"""The tables of the notifier, as the object mapper sees them."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class UserRow(Model):
    """Somebody we write to."""

    id = fields.CharField(255, primary_key=True)
    changed_at = fields.DatetimeField()
    party: fields.JSONField[dict[str, Any]] = fields.JSONField()
    locale = fields.TextField()
    time_zone = fields.TextField()

    class Meta:
        table = "users"


class InvoiceSeriesRow(Model):
    """The last number given. `key` is "<series>/<year>"."""

    key = fields.CharField(120, primary_key=True)
    last_serial = fields.IntField()

    class Meta:
        table = "invoice_series"


class InvoiceRow(Model):
    """An invoice; what is frozen at its issue is null while it waits, what is known of its file until it is made."""

    payment_id = fields.UUIDField(primary_key=True)
    user_id = fields.CharField(255)
    amount_minor = fields.BigIntField()
    currency = fields.CharField(3)
    description = fields.TextField()
    period_start = fields.DateField(null=True)
    period_end = fields.DateField(null=True)
    reference = fields.TextField()
    card_label = fields.TextField()
    paid_at = fields.DatetimeField()
    state = fields.CharField(20)
    available_at = fields.DatetimeField(null=True)
    tries = fields.IntField()
    detail = fields.TextField()
    number = fields.CharField(120, null=True, unique=True)
    series = fields.CharField(100, null=True)
    year = fields.IntField(null=True)
    serial = fields.IntField(null=True)
    issued_at = fields.DatetimeField(null=True)
    buyer: fields.JSONField[dict[str, Any]] = fields.JSONField(null=True)
    locale = fields.TextField(null=True)
    time_zone = fields.TextField(null=True)
    file_key = fields.CharField(200, null=True, unique=True)
    file_sha256 = fields.CharField(64, null=True)
    file_size = fields.BigIntField(null=True)
    correlation_id = fields.TextField()

    class Meta:
        table = "invoices"
        unique_together = (("series", "year", "serial"),)
        indexes = (
            Index(fields=["available_at", "payment_id"], name="invoices_due"),
            Index(fields=["user_id", "issued_at", "payment_id"], name="invoices_of_user"),
            Index(fields=["issued_at", "payment_id"], name="invoices_by_time"),
            Index(fields=["user_id"], name="invoices_waiting"),
        )


class NoticeRow(Model):
    """An e-mail or SMS."""

    id = fields.UUIDField(primary_key=True)
    event = fields.CharField(255)
    channel = fields.CharField(10)
    user_id = fields.CharField(255)
    kind = fields.CharField(20)
    at = fields.DatetimeField()
    payment_id = fields.UUIDField(null=True)
    amount_minor = fields.BigIntField(null=True)
    currency = fields.CharField(3, null=True)
    description = fields.TextField()
    reason = fields.TextField()
    card = fields.TextField()
    state = fields.CharField(20)
    available_at = fields.DatetimeField(null=True)
    tries = fields.IntField()
    detail = fields.TextField()
    correlation_id = fields.TextField()

    class Meta:
        table = "notices"
        unique_together = (("event", "channel", "user_id"),)
        indexes = (
            Index(fields=["available_at", "id"], name="notices_due"),
            Index(fields=["user_id"], name="notices_pending"),
        )
