"""Names of what `billow topology apply` makes beside the exchanges and queues of the table of reactions."""

DEAD_EXCHANGE = "billow.dead"
"""A topic exchange whose routing keys are names of queues, so that a role may be limited to its own."""


def dead(queue: str) -> str:
    """The terminal queue where the parked messages of `queue` lie."""
    return f"{queue}.dead"
