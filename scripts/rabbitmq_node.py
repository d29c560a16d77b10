"""One private RabbitMQ node: its own ports, node name, epmd and folder; no root, nothing shared."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import uuid
from pathlib import Path

from scripts.loopback import free_ports, speaks_amqp, wait_until
from scripts.rabbitmq_packages import Installation

START_SECONDS = 90
STOP_SECONDS = 40
LOOPBACK = "-kernel inet_dist_use_interface {127,0,0,1}"
# epmd and the node share one process group, and the group ends when our end of the watcher's pipe closes.
LAUNCH = 'epmd & exec "$0"'
WATCH = 'read -r _; kill -9 "-$0"'


class CannotStart(Exception):
    """The node did not come up; the text ends with its last words."""


class NodeBroker:
    """A broker run from an installation on this machine."""

    is_private = True

    def __init__(self, installation: Installation, folder: Path, plugins: tuple[str, ...], conf: str) -> None:
        self._sbin = installation.sbin
        self._folder = folder.resolve()
        self._port, self._dist, self._epmd, management = free_ports(4)
        self._node = f"billow-{uuid.uuid4().hex[:8]}@localhost"
        self.url = f"amqp://guest:guest@127.0.0.1:{self._port}/"
        self.management_url = f"http://127.0.0.1:{management}" if "rabbitmq_management" in plugins else ""
        self._environment = self._environment_of(installation)
        self._write_settings(plugins, management, conf)
        self._start()

    def _environment_of(self, installation: Installation) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("RABBITMQ", "ERL", "CONF_ENV_FILE"))}
        if installation.erlang:
            kept["PATH"] = f"{installation.erlang}:/usr/bin:/bin"
        if installation.libraries:
            kept["LD_LIBRARY_PATH"] = ":".join(map(str, installation.libraries))
        run = self._folder
        return kept | {
            "HOME": str(run),
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(self._epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": self._node,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_DIST_PORT": str(self._dist),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": LOOPBACK,
            "RABBITMQ_CTL_ERL_ARGS": LOOPBACK,
            "RABBITMQ_MNESIA_BASE": f"{run}/db",
            "RABBITMQ_LOG_BASE": f"{run}/log",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{run}/enabled_plugins",
            "RABBITMQ_PID_FILE": f"{run}/pid",
            "RABBITMQ_CONFIG_FILE": f"{run}/rabbitmq",
            "RABBITMQ_CONF_ENV_FILE": f"{run}/none",
            "RABBITMQ_SCHEMA_DIR": f"{run}/schema",
            "RABBITMQ_GENERATED_CONFIG_DIR": f"{run}/generated",
        }

    def _write_settings(self, plugins: tuple[str, ...], management: int, conf: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        lines = ["disk_free_limit.absolute = 50MB", conf]
        if self.management_url:
            lines += ["management.tcp.ip = 127.0.0.1", f"management.tcp.port = {management}"]
        (self._folder / "rabbitmq.conf").write_text("\n".join(lines) + "\n")
        (self._folder / "enabled_plugins").write_text(f"[{','.join(plugins)}].\n")

    def _start(self) -> None:
        with (self._folder / "console.log").open("ab") as log:
            self._group = subprocess.Popen(
                ["/bin/sh", "-c", LAUNCH, str(self._sbin / "rabbitmq-server")],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._watcher = subprocess.Popen(
            ["/bin/sh", "-c", WATCH, str(self._group.pid)], stdin=subprocess.PIPE, start_new_session=True
        )
        wait_until(lambda: speaks_amqp(self._port) or self._group.poll() is not None, seconds=START_SECONDS)
        if not speaks_amqp(self._port):
            last = "\n".join(self._log().splitlines()[-20:])
            self.kill()
            raise CannotStart(f"RabbitMQ did not answer on port {self._port}. Its last words:\n{last}")

    def _log(self) -> str:
        return (self._folder / "console.log").read_text(errors="replace")

    def ctl(self, *words: str, seconds: float = 60) -> str:
        command = [str(self._sbin / "rabbitmqctl"), *words]
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, timeout=seconds, check=False
        )
        if done.returncode:
            raise RuntimeError(f"rabbitmqctl {words[0]}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def stop(self) -> None:
        if self._group.poll() is None and (pid := self._pid()):
            os.kill(pid, signal.SIGTERM)
            wait_until(lambda: self._group.poll() is not None, seconds=STOP_SECONDS)
        self.kill()

    def _pid(self) -> int:
        """The Erlang machine's own, which takes SIGTERM as an order to stop in good order."""
        pid = self._folder / "pid"
        return int(pid.read_text()) if pid.exists() else 0

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._group.pid, signal.SIGKILL)
        self._group.wait()
        self._watcher.kill()
        self._watcher.communicate()
        (self._folder / "pid").unlink(missing_ok=True)

    def restart(self) -> None:
        self.stop()
        self._start()
