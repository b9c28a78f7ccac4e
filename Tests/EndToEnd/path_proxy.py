"""Reverse proxies that put a server under a path: a tiny one of Python, and nginx where it is installed.

`BASE/ws` and `BASE/events` go to the ingest port, everything else below BASE to the HTTP port, and the rest is
404. A proxy passes the base path on, or takes it off.
"""

from __future__ import annotations

import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
from pathlib import Path

from waiting import wait_until


class ReverseProxy:
    """Listens at once, so that a server can be told its public URL; forwards when it knows the server."""

    def __init__(self, base: str, strips: bool) -> None:
        self.base = base
        self.strips = strips
        #: The server's addresses: `http` and `ingest`.
        self.server = None
        #: Method and target of every request, in order.
        self.requests: list[tuple[str, str]] = []
        #: Every answer is cut off so many seconds after it was asked for, wherever it is then.
        self.cut_seconds: float | None = None
        #: WebSockets are neither passed on nor refused: whoever asks for one never hears of it.
        self.swallows_websockets = False
        proxy = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                proxy._forward(self.request)

        class Listener(socketserver.ThreadingTCPServer):
            daemon_threads = True
            request_queue_size = 64

        self._listener = Listener(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._listener.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self._listener.server_address[1]

    @property
    def url(self) -> str:
        """The public URL, without a slash at its end."""
        return f"http://localhost:{self.port}{self.base}"

    def close(self) -> None:
        self._listener.shutdown()
        self._listener.server_close()

    def _forward(self, client: socket.socket) -> None:
        """One request of a connection; what follows on either side is passed on as it comes."""
        head = b""
        while b"\r\n\r\n" not in head:
            more = client.recv(65536)
            if not more:
                return
            head += more
        first, rest = head.split(b"\r\n", 1)
        method, target, version = first.decode().split(" ")
        path = target.split("?")[0]
        if not (path == self.base or path.startswith(self.base + "/")) or (self.strips and path == self.base):
            client.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return
        self.requests.append((method, target))
        if self.swallows_websockets and path == self.base + "/ws":
            while client.recv(65536):
                pass
            return
        is_ingest = path in (self.base + "/ws", self.base + "/events")
        if self.strips:
            target = target[len(self.base):]
        upstream = socket.create_connection(self.server.ingest if is_ingest else self.server.http)
        # One exchange a connection: the next request may be for another server.
        lines = [line for line in rest.split(b"\r\n") if is_ingest or not line.lower().startswith(b"connection:")]
        closing = b"" if is_ingest else b"Connection: close\r\n"
        upstream.sendall(f"{method} {target} {version}\r\n".encode() + closing + b"\r\n".join(lines))
        back = threading.Thread(target=self._pump, args=(upstream, client), daemon=True)
        back.start()
        if self.cut_seconds is not None:
            scissors = threading.Timer(self.cut_seconds, self._cut, args=(client, upstream))
            scissors.daemon = True
            scissors.start()
        self._pump(client, upstream)
        back.join()
        upstream.close()

    @staticmethod
    def _cut(*ends: socket.socket) -> None:
        for end in ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it was over

    @staticmethod
    def _pump(source: socket.socket, sink: socket.socket) -> None:
        try:
            while more := source.recv(65536):
                sink.sendall(more)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass


def find_nginx() -> str | None:
    """nginx, if it is installed; Debian keeps it where only root looks."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


CONFIGURATION = """
daemon off; pid {folder}/pid; error_log stderr;
events {{ }}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location = {base}/ws {{
      proxy_pass http://{ingest};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection upgrade;
    }}
    location {base}/ {{
      proxy_pass http://{http}{tail};
      {host}
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }}
  }}
}}
"""


class Nginx:
    """The same by nginx; `names_host` passes on whom the browser asked for, as nginx does not by itself."""

    def __init__(self, base: str, strips: bool, names_host: bool = True) -> None:
        self.base = base
        self._strips = strips
        self._names_host = names_host
        self._process: subprocess.Popen | None = None
        self._folder = tempfile.TemporaryDirectory()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]

    @property
    def url(self) -> str:
        """The public URL, without a slash at its end."""
        return f"http://localhost:{self.port}{self.base}"

    @property
    def server(self) -> None:
        return None

    @server.setter
    def server(self, server) -> None:
        """Starts it in front of this server."""
        configuration = Path(self._folder.name) / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(
            folder=self._folder.name, port=self.port, base=self.base, tail="/" if self._strips else "",
            host="proxy_set_header Host $http_host;" if self._names_host else "",
            http="%s:%d" % server.http, ingest="%s:%d" % server.ingest))
        self._process = subprocess.Popen(
            [find_nginx(), "-c", str(configuration), "-p", self._folder.name], stderr=subprocess.PIPE)
        wait_until(self._answers, 30, "nginx")

    def _answers(self) -> bool:
        assert self._process.poll() is None, self._process.stderr.read()
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
            return True
        except OSError:
            return False

    def close(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(timeout=30)
            self._process.stderr.close()
        self._folder.cleanup()
