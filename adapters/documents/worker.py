"""A worker process: reads documents, writes PDFs, until its parent is gone or kills it. It has no secrets to lose."""

import gc
import os
import pickle
import resource
import signal
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from adapters.documents.frames import Kind, write_frame
from core.kernel.trouble import Malformed
from core.notifier.document import InvoiceDocument

if TYPE_CHECKING:
    from adapters.documents.typesetting import Typesetter

GRACE = 5
"""Seconds after the deadline when a worker whose parent was killed ends itself."""


def main() -> None:
    options, replies = _options(), _private_stdout()
    try:
        typesetter = _warm(options.logo)
    except Exception as error:  # whatever it is, the parent must be told
        write_frame(replies, Kind.BROKEN, str(error).encode())
        return
    _limit_memory(options.megabytes)
    write_frame(replies, Kind.READY, b"" if _subsets_in_c() else b"slow")
    while (request := _next(sys.stdin.buffer)) is not None:
        signal.alarm(options.deadline + GRACE)
        write_frame(replies, *_answer(typesetter, request))
        signal.alarm(0)


def _answer(typesetter: "Typesetter", request: InvoiceDocument) -> tuple[Kind, bytes]:
    """What a document does to the worker is the document's fault: it would do it again."""
    try:
        return Kind.PDF, typesetter.typeset(request)
    except Malformed as error:
        return Kind.MALFORMED, str(error).encode()
    except MemoryError:
        return Kind.MALFORMED, b"the document needs more memory than a worker may have"
    except BaseException as error:  # FatalURLFetchingError is no Exception
        return Kind.MALFORMED, f"the document cannot be set: {type(error).__name__}".encode()


def _warm(logo: Path | None) -> "Typesetter":
    from adapters.documents.sample import SAMPLE
    from adapters.documents.typesetting import Typesetter

    typesetter = Typesetter(logo)
    typesetter.typeset(SAMPLE)
    gc.freeze()
    return typesetter


def _subsets_in_c() -> bool:
    from adapters.documents.typesetting import SUBSETS_IN_C

    return SUBSETS_IN_C


def _next(requests: BinaryIO) -> InvoiceDocument | None:
    try:
        document: InvoiceDocument = pickle.load(requests)  # noqa: S301  # from our own parent, over a private pipe
    except EOFError:
        return None
    return document


def _private_stdout() -> BinaryIO:
    """A library that prints must not break the frames: its output goes to standard error."""
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return replies


def _limit_memory(megabytes: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "darwin":  # macOS refuses to limit the address space
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


def _options() -> Namespace:
    parser = ArgumentParser()
    parser.add_argument("--logo", type=Path)
    parser.add_argument("--deadline", type=int, required=True)
    parser.add_argument("--megabytes", type=int, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
