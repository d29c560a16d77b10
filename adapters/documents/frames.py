"""What a worker and its parent say to each other: one byte for the kind, four for the length, then the bytes."""

import struct
from enum import Enum
from typing import BinaryIO

HEADER = struct.Struct(">cI")


class Kind(Enum):
    """The parent never unpickles what a worker says: a worker has read text of strangers."""

    READY = b"R"
    PDF = b"P"
    MALFORMED = b"M"
    BROKEN = b"B"
    """The worker cannot work at all, for example because Pango is missing."""


def write_frame(out: BinaryIO, kind: Kind, payload: bytes) -> None:
    out.write(HEADER.pack(kind.value, len(payload)) + payload)
    out.flush()
