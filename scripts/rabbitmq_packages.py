"""Where the tests' RabbitMQ comes from: a URL, the machine, Docker, or Debian's packages unpacked into a folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from scripts import apt
from scripts.machine import STATE, CannotInstall, has, is_macos, say

URL = "BILLOW_TEST_AMQP_URL"
IMAGE = "rabbitmq:4-management"
UNPACKED = STATE / "rabbitmq"
# Not the wrapper in /usr/sbin, which insists on being root or the user `rabbitmq`.
INSTALLED = (
    "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin",
    "/usr/lib/rabbitmq/bin",
    "/opt/homebrew/opt/rabbitmq/sbin",
    "/usr/local/opt/rabbitmq/sbin",
    "/opt/rabbitmq/sbin",
)


@dataclass(frozen=True, slots=True)
class Installation:
    """A folder of rabbitmq-server and rabbitmqctl, with the folder of their Erlang when it is not the machine's own."""

    sbin: Path
    erlang: Path | None = None
    libraries: tuple[Path, ...] = ()


def is_here() -> bool:
    return bool(os.environ.get(URL)) or installed() is not None or docker_is_ready() or unpacked() is not None


def installed() -> Installation | None:
    """A RabbitMQ of the machine that anybody may start."""
    found = [sbin for pattern in INSTALLED for sbin in sorted(Path("/").glob(pattern[1:]), reverse=True)]
    if on_path := shutil.which("rabbitmq-server"):
        found.append(Path(on_path).resolve().parent)
    whole = (sbin for sbin in found if (sbin / "rabbitmqctl").exists() and (sbin / "rabbitmq-env").exists())
    return next((Installation(sbin) for sbin in whole), None)


def docker_answers() -> bool:
    return has("docker") and succeeds("docker", "info", "--format", "{{.ServerVersion}}")


def docker_is_ready() -> bool:
    return docker_answers() and succeeds("docker", "image", "inspect", IMAGE)


def succeeds(*command: str, seconds: float = 20) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=seconds, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def unpacked() -> Installation | None:
    """Debian's packages in our own folder. Erlang knows where it was unpacked, so a moved folder does not count."""
    stamp, root = UNPACKED / "unpacked", UNPACKED / "root"
    if not stamp.exists() or stamp.read_text() != str(root):
        return None
    sbin = next(root.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin"))
    return Installation(sbin, root / "usr/lib/erlang/bin", tuple(root.glob("usr/lib/*-linux-*")))


def bring() -> None:
    """An image where Docker answers, else Debian's packages."""
    if docker_answers():
        say(f"fetching the image {IMAGE}")
        if succeeds("docker", "pull", "--quiet", IMAGE, seconds=300):
            return
    if not apt.is_here():
        raise CannotInstall("there is no rabbitmq-server, no answering Docker engine and no apt-get")
    if any(mark in str(UNPACKED) for mark in " '\"&#"):
        raise CannotInstall(f"Erlang cannot run from a folder with a space or quote in its name: {UNPACKED}")
    say("unpacking RabbitMQ into .billow/rabbitmq, for the tests only")
    unpack()


def unpack() -> None:
    root = UNPACKED / "root"
    shutil.rmtree(UNPACKED, ignore_errors=True)
    download = apt.Download()
    erlang = [name for name in download.depends("rabbitmq-server") if name.startswith("erlang-") and "hipe" not in name]
    libraries = [name for name in download.missing(["rabbitmq-server"]) if name.startswith("lib")]
    download.unpack(["rabbitmq-server", *erlang, *libraries], into=root)
    point_erlang_to(root)
    (UNPACKED / "unpacked").write_text(str(root))


def point_erlang_to(root: Path) -> None:
    """Debian writes /usr/lib/erlang into these two scripts and ignores ERL_ROOTDIR: another Erlang would run."""
    for name in ("erl", "start"):
        script = root / "usr/lib/erlang/bin" / name
        script.write_text(script.read_text().replace("ROOTDIR=/usr/lib/erlang", f"ROOTDIR={root}/usr/lib/erlang"))


def command() -> str:
    if is_macos():
        return "brew install rabbitmq"
    if apt.is_here():
        return apt.command(["rabbitmq-server"])
    return f"docker pull {IMAGE}    (or install rabbitmq-server, or set {URL}=amqp://user:password@host:5672/)"
