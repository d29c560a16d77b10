"""A RabbitMQ in a container of its own, removed when it is stopped for good."""

from __future__ import annotations

import atexit
import subprocess
import uuid
from pathlib import Path

from scripts.loopback import free_ports, speaks_amqp, wait_until
from scripts.rabbitmq_packages import IMAGE

START_SECONDS = 120


class DockerBroker:
    """The same as a node of this machine, by way of the Docker engine."""

    is_private = True

    def __init__(self, folder: Path, plugins: tuple[str, ...], conf: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        settings, enabled = folder.resolve() / "50-billow.conf", folder.resolve() / "enabled_plugins"
        settings.write_text(conf + "\n")
        enabled.write_text(f"[{','.join(plugins)}].\n")
        self._port, management = free_ports(2)
        self._name = f"billow-test-{uuid.uuid4().hex[:12]}"
        self.url = f"amqp://guest:guest@127.0.0.1:{self._port}/"
        self.management_url = f"http://127.0.0.1:{management}" if "rabbitmq_management" in plugins else ""
        words = ["run", "--detach", "--name", self._name, "--hostname", "billow"]
        words += ["--publish", f"127.0.0.1:{self._port}:5672", "--publish", f"127.0.0.1:{management}:15672"]
        words += ["--volume", f"{settings}:/etc/rabbitmq/conf.d/50-billow.conf:ro"]
        words += ["--volume", f"{enabled}:/etc/rabbitmq/enabled_plugins"]
        atexit.register(self._remove)
        self._docker(*words, IMAGE)
        self._wait()

    def _docker(self, *words: str, seconds: float = 120) -> str:
        done = subprocess.run(["docker", *words], capture_output=True, text=True, timeout=seconds, check=False)
        if done.returncode:
            raise RuntimeError(f"docker {words[0]}: {done.stderr.strip()}")
        return done.stdout

    def _wait(self) -> None:
        if not wait_until(lambda: speaks_amqp(self._port), seconds=START_SECONDS):
            raise RuntimeError(f"RabbitMQ did not answer:\n{self._docker('logs', '--tail', '20', self._name)}")

    def _remove(self) -> None:
        subprocess.run(["docker", "rm", "--force", "--volumes", self._name], capture_output=True, check=False)

    def ctl(self, *words: str, seconds: float = 60) -> str:
        return self._docker("exec", self._name, "rabbitmqctl", *words, seconds=seconds)

    def stop(self) -> None:
        self._docker("stop", "--time", "30", self._name)

    def kill(self) -> None:
        self._docker("kill", "--signal", "KILL", self._name)

    def restart(self) -> None:
        self._docker("restart", "--time", "30", self._name)
        self._wait()
