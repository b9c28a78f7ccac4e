"""The servers under test, and how each is started."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile

from . import build
from .paths import BENCHMARKS, POINTERSCOPE, VENV
from .server import Server

ADDRESSES = ["--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0"]


class Contestant:
    name = ""
    # Whether it has /metrics to check its accounts by.
    has_metrics = False

    def missing(self):
        """Why it cannot be started, or nothing."""
        return None

    def version(self):
        """A line for the report."""
        return self.name

    def start(self, core, workers=2):
        raise NotImplementedError


class Pointerscope(Contestant):
    """This project, as `make build` leaves it."""

    name = "Pointerscope"
    has_metrics = True

    def missing(self):
        return None if POINTERSCOPE.exists() else "no release build of pointerscope: run make build first"

    def version(self):
        return "Pointerscope, static release build"

    def start(self, core, workers=2):
        command = [POINTERSCOPE, "serve", "--headless", *ADDRESSES, "--workers", workers]
        return Server(command, None, core)


class Node(Contestant):
    """The same architecture on Node: cluster, ws, JSON.parse, process.send, one SSE write a sample."""

    name = "Node"

    def __init__(self):
        # NodeSource's node does not look where Debian puts its packages.
        self.environment = {**os.environ, "NODE_PATH": "/usr/share/nodejs"}

    def missing(self):
        if not shutil.which("node"):
            return "node is not installed"
        probe = subprocess.run(
            ["node", "-e", "require('ws')"], env=self.environment, capture_output=True, check=False)
        return "the package node-ws is not installed" if probe.returncode else None

    def version(self):
        script = "console.log('Node', process.version + ', ws', require('ws/package.json').version)"
        return subprocess.check_output(["node", "-e", script], env=self.environment, text=True).strip()

    def start(self, core, workers=2):
        command = ["node", BENCHMARKS / "node" / "server.js", *ADDRESSES, "--workers", workers]
        return Server(command, self.environment, core)


class Compiled(Contestant):
    """A part of the suite in C."""

    def __init__(self, name, part):
        self.name, self.part = name, part

    def start(self, core, workers=2, more=()):
        return Server([build.program(self.part), *ADDRESSES, "--workers", workers, *more], None, core)


class LibWebSockets(Compiled):
    def __init__(self):
        super().__init__("libwebsockets", "lws_sink")

    def version(self):
        return f"libwebsockets {package_version('libwebsockets-dev')}"


class Python(Contestant):
    """A sink on a package of PyPI, in the suite's own environment."""

    def __init__(self, name, script, packages):
        self.name, self.script, self.packages = name, script, packages

    def missing(self):
        return None if (VENV / "bin" / "python").exists() else "no .venv-bench: make bench makes it"

    def version(self):
        script = "import importlib.metadata as m, sys; print(*(f'{n} {m.version(n)}' for n in sys.argv[1:]), sep=', ')"
        command = [VENV / "bin" / "python", "-c", script, *self.packages]
        return subprocess.check_output(command, text=True).strip() + f" on Python {sys.version.split()[0]}"

    def start(self, core, workers=2):
        return Server([VENV / "bin" / "python", BENCHMARKS / "peers" / self.script], None, core)


class Nchan(Contestant):
    """nginx with nchan, from a configuration of its own: no service of the machine has a part in it."""

    name = "nginx + nchan"
    # Where nginx is, also for users without /usr/sbin in their path.
    program = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")

    def missing(self):
        if self.program is None:
            return "nginx is not installed"
        has_module = os.path.exists("/usr/lib/nginx/modules/ngx_nchan_module.so")
        return None if has_module else "the package libnginx-mod-nchan is not installed"

    def version(self):
        return f"nginx {package_version('nginx')} with nchan {package_version('libnginx-mod-nchan')}"

    def start(self, core, workers=2):
        folder = tempfile.mkdtemp(prefix="bench-nchan-")
        os.chmod(folder, 0o755)
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        text = (BENCHMARKS / "peers" / "nchan.conf").read_text().replace("FOLDER", folder).replace("PORT", str(port))
        path = os.path.join(folder, "nginx.conf")
        with open(path, "w") as file:
            file.write(text)
        command = [self.program, "-p", folder, "-c", path, "-e", f"{folder}/error.log"]
        return Server(command, None, core, probe=f"127.0.0.1:{port}", folder=folder)


def package_version(name):
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f=${Version}", name], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or "unknown"


def sinks():
    """Everyone who takes WebSocket messages, this project first."""
    return [
        Pointerscope(), Node(), Compiled("C sink", "sink"), LibWebSockets(),
        Python("picows", "picows_sink.py", ["picows", "uvloop"]),
        Python("websockets", "websockets_sink.py", ["websockets"]),
    ]


def relays():
    """Everyone who brings samples from pages to viewers."""
    return [Pointerscope(), Node(), Compiled("C relay", "relay")]
