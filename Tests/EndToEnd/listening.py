"""Where a process listens, asked of the kernel: for a server whose log nobody can read."""

from __future__ import annotations

import http.client
import os

from waiting import wait_until


def listening_ports(pid: int) -> list[int]:
    """Ports on 127.0.0.1 at which a process listens (proc(5))."""
    inodes = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            target = os.readlink(f"/proc/{pid}/fd/{name}")
        except OSError:
            continue
        if target.startswith("socket:["):
            inodes.add(target[8:-1])
    with open("/proc/net/tcp") as table:
        lines = [line.split() for line in table.readlines()[1:]]
    return [int(line[1].split(":")[1], 16) for line in lines if line[3] == "0A" and line[9] in inodes]


def is_ready(port: int) -> bool:
    """Whether a server answers there that it is ready to serve."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class QuietServer:
    """A server that is found without its log."""

    def __init__(self, pid: int) -> None:
        ports = wait_until(lambda: len(found := listening_ports(pid)) == 2 and found, 60, "two ports")
        http_port = wait_until(
            lambda: next((port for port in ports if is_ready(port)), None), 60, "a server that is ready")
        self.http = ("127.0.0.1", http_port)
        self.ingest = ("127.0.0.1", next(port for port in ports if port != http_port))
