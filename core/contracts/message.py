"""What every message is: a frozen fact or order of one kind, on one topic, about one subject."""

from typing import ClassVar

from core.contracts.bounds import hold_to_bounds


class Message:
    """Base of all contracts. Its fields are the JSON body; `kind` is the CloudEvents `type` and the routing key.
    No message can be made, or read, whose values its annotations do not allow: that is `Malformed`."""

    __slots__ = ()

    topic: ClassVar[str]
    """The exchange; `{gateway}` in it stands for the name of one gateway."""
    kind: ClassVar[str]
    perishable: ClassVar[bool] = False
    """A perishable message is never written down outside its queue: neither put off nor parked, only let go."""

    def __post_init__(self) -> None:
        hold_to_bounds(self)

    @property
    def subject(self) -> str:
        """What the message is about (CloudEvents `subject`); `sequence` grows by one per subject."""
        raise NotImplementedError
