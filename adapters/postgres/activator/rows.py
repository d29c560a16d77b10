"""The tables of the activator, as the object mapper sees them."""

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.indexes import Index
from tortoise.models import Model


class UserRow(Model):
    """Somebody we were told of."""

    id = fields.CharField(255, primary_key=True)
    changed_at = fields.DatetimeField()

    class Meta:
        table = "users"


class PaymentFactRow(Model):
    """What the latest attempt of a payment request came to."""

    payment_id = fields.UUIDField(primary_key=True)
    user_id = fields.CharField(255)
    attempt_no = fields.IntField()
    outcome = fields.CharField(10)
    occurred_at = fields.DatetimeField()
    unpaid_since = fields.DatetimeField(null=True)

    class Meta:
        table = "payment_facts"
        indexes = (Index(fields=["user_id"], name="payment_facts_unpaid"),)


class AccessRow(Model):
    """What follows from the facts for a user; `available_at` is when time alone may change it."""

    user_id = fields.CharField(255, primary_key=True)
    state = fields.CharField(10)
    since = fields.DatetimeField(null=True)
    reasons = ArrayField(element_type="text")
    available_at = fields.DatetimeField(null=True)

    class Meta:
        table = "accesses"
        indexes = (Index(fields=["available_at", "user_id"], name="accesses_due"),)
