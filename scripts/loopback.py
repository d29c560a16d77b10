"""Free ports of the loopback, and waiting until somebody listens there."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on, all different. Held together while they are chosen, then let go."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [holder.getsockname()[1] for holder in held]
    for holder in held:
        holder.close()
    return ports


def wait_until(is_so: Callable[[], bool], *, seconds: float) -> bool:
    """Whether it became so in time; for what has no event to wait for, such as another program's port."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def speaks_amqp(port: int) -> bool:
    """Whether a broker, and not merely a port forward, answers AMQP's opening words."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as line:
            line.sendall(b"AMQP\0\0\x09\x01")
            return line.recv(1) == b"\x01"
    except OSError:
        return False
