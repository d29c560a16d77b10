"""What the commands share: settings or a clear end, one event loop, and a stop signal that is heard."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, NoReturn

import click
import uvloop

from core.kernel.trouble import Refused, Trouble
from entrypoints.local import running_environ
from entrypoints.settings import FOREIGN, BadSettings, Settings, read_settings
from entrypoints.telemetry import log_to_stderr


def home() -> Path:
    """Where the embedded default keeps everything: BILLOW_HOME, or `.billow` here."""
    return Path(os.environ.get("BILLOW_HOME", ".billow")).absolute()


def settings_here() -> Settings:
    """The settings in the environment; if there are none, those of the Billow that `billow up` runs here."""
    given = any(name.startswith("BILLOW_") and name not in FOREIGN for name in os.environ)
    try:
        return settings_of(environ=os.environ if given else running_environ(home() / "up"))
    except Refused as refused:
        fail(str(refused), code=2)


def settings_of(*consumers: str, environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings in the environment. Ends with exit code 2, naming every fault."""
    try:
        settings = read_settings(environ, *consumers)
    except BadSettings as bad:
        fail(f"These settings are missing or wrong:\n{bad}", code=2)
    log_to_stderr(settings.log_level)
    return settings


def run(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end. Trouble ends with its own words, not with a traceback."""
    try:
        uvloop.run(work)
    except (Trouble, BadSettings) as trouble:
        fail(str(trouble))
    except BrokenPipeError:
        raise  # whoever read our output has enough; click ends without a word
    except OSError as error:
        fail(f"Cannot go on: {str(error) or type(error).__name__}")
    except KeyboardInterrupt:
        sys.exit(130)


def fail(words: str, code: int = 1) -> NoReturn:
    click.echo(words, err=True)
    sys.exit(code)


def stop_signal() -> asyncio.Event:
    """Set at SIGTERM or Ctrl-C. Ask for it before anything is started: then whatever was started is closed in order."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    return stopped
