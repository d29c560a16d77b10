"""The tables every role has, as the object mapper sees them; the statements here are plain SQL."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model


class InboxRow(Model):
    """A message a consumer has handled. `key` is "<consumer>/<message id>"."""

    key = fields.CharField(400, primary_key=True)
    handled_at = fields.DatetimeField()

    class Meta:
        table = "inbox"
        indexes = [Index(fields=["handled_at"], name="inbox_handled_at")]


class OutboxRow(Model):
    """A message that has to be published. `available_at` is a lease or a back-off."""

    position = fields.BigIntField(primary_key=True, generated=True)
    id = fields.UUIDField(unique=True)
    exchange = fields.CharField(255)
    routing_key = fields.CharField(255)
    headers: fields.JSONField[dict[str, str]] = fields.JSONField()
    body = fields.BinaryField()
    content_type = fields.CharField(100)
    attempts = fields.IntField()
    last_error = fields.TextField(null=True)
    created_at = fields.DatetimeField()
    available_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(null=True)

    class Meta:
        table = "outbox"
        indexes = [Index(fields=["available_at", "position"], name="outbox_available")]


class SubjectSequence(Model):
    """The last `sequence` given to a message about a subject."""

    subject = fields.CharField(255, primary_key=True)
    number = fields.BigIntField()

    class Meta:
        table = "subject_sequences"


class RetryRow(Model):
    """A message whose handling failed for now. `key` is "<queue>/<name of source and message id>"."""

    key = fields.CharField(400, primary_key=True)
    queue = fields.CharField(255)
    headers: fields.JSONField[dict[str, str]] = fields.JSONField()
    body = fields.BinaryField()
    content_type = fields.CharField(100)
    attempts = fields.IntField()
    reason = fields.TextField()
    available_at = fields.DatetimeField()

    class Meta:
        table = "retries"
        indexes = [Index(fields=["queue", "available_at"], name="retries_due")]
