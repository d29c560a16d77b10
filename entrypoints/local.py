"""The Billow that runs here, for commands beside it. Whoever can read its folder may do anything."""

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from adapters.clocks import SystemClock
from adapters.identity.local_issuer import LocalIssuer
from core.kernel.trouble import Refused

AUDIENCE = "billow"
LIFETIME = timedelta(hours=12)


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Hold `home` for this process; the system lets go of it, however the process ends. Raises `Refused` when taken."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(f"A Billow runs in this folder already: {home}") from None
        yield


def local_issuer(home: Path, issuer: str) -> LocalIssuer:
    """The issuer whose key lies in `home`, made at the first time."""
    return LocalIssuer.open(home / "keys", issuer=issuer, audience=AUDIENCE, clock=SystemClock(), embedded=True)


def note_url(home: Path, url: str) -> None:
    """For `billow token` and `billow import`, which find the running Billow by its folder."""
    (home / "url").write_text(url, encoding="utf-8")


def note_environ(home: Path, environ: Mapping[str, str]) -> None:
    """For `billow audit` and `billow dead`, which look into the Billow that runs here. Private: it holds keys."""
    path = home / "keys" / "environ.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(dict(environ)), encoding="utf-8")


def running_environ(home: Path) -> dict[str, str]:
    """The settings of the Billow of this folder. Raises `Refused` when none was ever started there."""
    try:
        environ: dict[str, str] = json.loads((home / "keys" / "environ.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Refused("No settings in the environment, and no Billow was started here yet; run: billow up") from None
    return environ


def running_url(home: Path) -> str:
    """Where the Billow of this folder listens. Raises `Refused` when none was ever started there."""
    try:
        return (home / "url").read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Refused("No Billow was started here yet; run: billow up") from None
