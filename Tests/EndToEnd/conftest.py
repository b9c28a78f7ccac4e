"""What all end-to-end tests share: where the helpers are, and a server of the real binary."""

from __future__ import annotations

import resource
import signal
import sys
from pathlib import Path
from typing import Callable, Iterator

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from server import Server  # noqa: E402
from terminal import Terminal  # noqa: E402
from wire import close_clients_of  # noqa: E402

# Crowds of thousands of sockets are among the tests.
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
# A shell starts what it runs in the background with these ignored, and whatever a test starts would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)


@pytest.fixture
def start_server() -> Iterator[Callable[..., Server]]:
    """Starts servers that are stopped, and checked to have stopped well, when the test is over."""
    servers: list[Server] = []

    def start(*options: str, workers: int = 2, **more) -> Server:
        servers.append(Server.start("--workers", str(workers), *options, **more))
        return servers[-1]

    yield start
    for server in servers:
        if hasattr(server, "ready"):
            ports = [port for port in ("ingest", "http") if not server.ready[port].startswith("unix:")]
            close_clients_of(*(getattr(server, port) for port in ports))
        server.stop_and_check()


@pytest.fixture
def server(start_server) -> Server:
    """A server with two workers."""
    return start_server()


@pytest.fixture
def open_terminal() -> Iterator[Callable[..., Terminal]]:
    """Starts servers behind terminals; when the test is over nothing is left of them."""
    terminals: list[Terminal] = []

    def start(columns: int = 120, rows: int = 40, *options: str, **more) -> Terminal:
        terminals.append(Terminal(columns, rows, *options, **more))
        terminals[-1].connect()
        return terminals[-1]

    yield start
    for terminal in terminals:
        terminal.end()
        terminal.check_everyone_is_gone()
