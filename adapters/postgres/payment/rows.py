"""The tables of the payment role, as the object mapper sees them."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class CardRow(Model):
    """A card its owner wanted saved. The number is not here, and never was."""

    id = fields.UUIDField(primary_key=True)
    user_id = fields.CharField(255)
    gateway = fields.CharField(64)
    state = fields.CharField(10)
    asked_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    token = fields.CharField(255, null=True)
    brand = fields.CharField(64, null=True)
    last4 = fields.CharField(4, null=True)
    expiry_year = fields.IntField(null=True)
    expiry_month = fields.IntField(null=True)
    fingerprint = fields.CharField(255, null=True)
    decline = fields.CharField(30, null=True)
    default_wanted = fields.BooleanField()

    class Meta:
        table = "cards"
        indexes = (
            Index(fields=["user_id", "gateway", "fingerprint"], name="cards_active_once"),
            Index(fields=["user_id", "asked_at", "id"], name="cards_of_user"),
            Index(fields=["expires_at", "id"], name="cards_validating"),
        )


class UserRow(Model):
    """Somebody who pays. `changed_at` is null until the identity system told of them."""

    id = fields.CharField(255, primary_key=True)
    changed_at = fields.DatetimeField(null=True)
    default_card_id = fields.UUIDField(null=True)

    class Meta:
        table = "users"


class PaymentRow(Model):
    """A payment request. `state` and `decline` repeat what follows from attempts and refunds, for queries."""

    id = fields.UUIDField(primary_key=True)
    source = fields.CharField(100)
    request_id = fields.CharField(255)
    user_id = fields.CharField(255)
    amount_minor = fields.BigIntField()
    currency = fields.CharField(3)
    description = fields.CharField(1000)
    period_start = fields.DateField(null=True)
    period_end = fields.DateField(null=True)
    requested_at = fields.DatetimeField()
    state = fields.CharField(20)
    decline = fields.CharField(30, null=True)
    closed = fields.CharField(20, null=True)
    closed_at = fields.DatetimeField(null=True)
    retry_at = fields.DatetimeField(null=True)

    class Meta:
        table = "payments"
        unique_together = (("source", "request_id"),)
        indexes = (
            Index(fields=["user_id", "requested_at", "id"], name="payments_of_user"),
            Index(fields=["requested_at", "id"], name="payments_newest"),
            Index(fields=["retry_at", "id"], name="payments_retry"),
            Index(fields=["user_id", "requested_at", "id"], name="payments_failed"),
        )


class AttemptRow(Model):
    """One try. `key` is "<payment>/<number>", for the mapper knows keys of one column only."""

    key = fields.CharField(60, primary_key=True)
    payment_id = fields.UUIDField()
    number = fields.IntField()
    state = fields.CharField(20)
    gateway = fields.CharField(64)
    card_id = fields.UUIDField(null=True)
    card_label = fields.CharField(100)
    origin = fields.CharField(10)
    decline = fields.CharField(30, null=True)
    detail = fields.TextField()
    reference = fields.CharField(255)
    started_at = fields.DatetimeField()
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "attempts"
        unique_together = (("payment_id", "number"),)
        indexes = (
            Index(fields=["payment_id"], name="attempts_one_claim"),
            Index(fields=["card_id", "started_at"], name="attempts_of_card"),
        )


class RefundRow(Model):
    """Money on its way back, back, or not given back. `key` is "<payment>/<number>"."""

    key = fields.CharField(60, primary_key=True)
    payment_id = fields.UUIDField()
    number = fields.IntField()
    attempt_no = fields.IntField()
    amount_minor = fields.BigIntField()
    ordered_at = fields.DatetimeField()
    state = fields.CharField(20)
    reason = fields.CharField(30, null=True)
    detail = fields.TextField()
    reference = fields.CharField(255)
    settled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "refunds"
        unique_together = (("payment_id", "number"),)


class ReminderRow(Model):
    """An unpaid payment on the reminder list."""

    payment_id = fields.UUIDField(primary_key=True)
    user_id = fields.CharField(255)
    since = fields.DatetimeField()
    next_at = fields.DatetimeField(null=True)
    sent = fields.IntField()

    class Meta:
        table = "reminders"
        indexes = (Index(fields=["next_at", "payment_id"], name="reminders_due"),)


class TransactionRow(Model):
    """One fact about money, never changed. `key` is "<payment>/<attempt>/<kind>/<refund>"."""

    key = fields.CharField(80, primary_key=True)
    payment_id = fields.UUIDField()
    attempt_no = fields.IntField()
    kind = fields.CharField(10)
    refund_no = fields.IntField()
    amount_minor = fields.BigIntField()
    currency = fields.CharField(3)
    gateway = fields.CharField(64)
    reference = fields.CharField(255)
    occurred_at = fields.DatetimeField()

    class Meta:
        table = "transactions"
        unique_together = (("payment_id", "attempt_no", "kind", "refund_no"),)


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
