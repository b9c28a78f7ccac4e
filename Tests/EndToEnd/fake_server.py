"""A stand-in for `pointerscope serve` that does exactly what a test tells it.

It serves the files of `client-js/` on the routes of the contract, keeps what visitors send, and
writes to viewers what the test says, so that reconnecting, resuming and being refused can be
played through. It knows nothing of presence or rates.
"""

from __future__ import annotations

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable
from urllib.parse import parse_qs, urlsplit

from waiting import wait_until
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

CLIENT = Path(__file__).resolve().parents[2] / "client-js"
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8",
         ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".json": "application/json"}
CLOSED = "; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
POLICY = "default-src 'self'" + CLOSED
#: What is no page and no worker of its own.
NOTHING = "default-src 'none'" + CLOSED
WORKER = "shared-worker.js"
SAMPLE = "default-src 'self'; connect-src "


class FakeStream:
    """One viewer's event stream; `query` and `headers` are what it asked with."""

    def __init__(self, path: str, query: dict[str, list[str]], headers: dict[str, str]) -> None:
        self.path = path
        self.query = query
        self.headers = headers
        self.is_open = True
        self._texts: queue.Queue[bytes | None] = queue.Queue()

    @property
    def last_event_id(self) -> str | None:
        """Where it wants to go on, from the header or the query."""
        return self.headers.get("last-event-id") or self.query.get("last-event-id", [None])[0]

    def send(self, event: str, data: Any, event_id: str) -> None:
        """Writes one message; `data` is JSON text already, or made into it."""
        text = data if isinstance(data, str) else json.dumps(data)
        self.send_bytes(f"id: {event_id}\nevent: {event}\ndata: {text}\n\n".encode())

    def send_bytes(self, text: bytes) -> None:
        """Writes what a test made itself."""
        self._texts.put(text)

    def end(self) -> None:
        """Ends the response, as a server that stops does."""
        self._texts.put(None)

    def drain(self, write: Callable[[bytes], object]) -> None:
        """Writes until the end; runs on the connection's thread."""
        try:
            while (text := self._texts.get()) is not None:
                write(text)
        except OSError:
            pass
        finally:
            self.is_open = False


class FakeServer:
    """HTTP on `port` and ingest, on free ports of the loopback where it is 0; ended by `close`.

    What it serves lies in `client`.
    """

    def __init__(self, port: int = 0, client: Path = CLIENT) -> None:
        self.client = client
        self.streams: list[FakeStream] = []
        #: Called with each new stream before anything else can be written to it.
        self.on_attach: Callable[[FakeStream], None] = lambda stream: None
        #: A status to answer `/receive` with instead of a stream.
        self.refusal: int | None = None
        #: Status and JSON of what `/api/session` answers, and the status of `/sign-out`.
        self.session: tuple[int, dict] = (200, {"auth": "none"})
        self.sign_out = 200
        #: What was sent to `/sign-out`: the form's fields and the Origin.
        self.signed_out: list[tuple[dict[str, str], str | None]] = []
        #: What was sent to `/api/look`.
        self.looks: list[dict] = []
        #: What visitors sent, one parsed message each, in order of arrival.
        self.messages: list[Any] = []
        #: Sockets of visitors, in order of arrival.
        self.sockets: list[ServerConnection] = []
        #: Requests for `/receive` that were refused.
        self.refused = 0
        self._http = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._http.daemon_threads = True
        self._ingest = serve(self._received, "127.0.0.1", 0, subprotocols=["json"], compression=None)
        for target in (self._http.serve_forever, self._ingest.serve_forever):
            threading.Thread(target=target, daemon=True).start()

    def __enter__(self) -> FakeServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends every stream and socket."""
        for stream in self.streams:
            stream.end()
        self._http.shutdown()
        self._http.server_close()
        self._ingest.shutdown()

    @property
    def url(self) -> str:
        """Origin of the HTTP port."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def ingest(self) -> str:
        """HOST:PORT of the ingest port."""
        return "127.0.0.1:%d" % self._ingest.socket.getsockname()[1]

    @property
    def samples(self) -> list[dict]:
        """What visitors sent, one sample each."""
        return [sample for message in list(self.messages)
                for sample in (message if isinstance(message, list) else [message])]

    def stream(self, number: int, seconds: float = 30) -> FakeStream:
        """The stream with this number, once it is there; the first is 0."""
        wait_until(lambda: len(self.streams) > number, seconds, f"stream {number}")
        return self.streams[number]

    def broadcast(self, event: str, data: Any, event_id: str) -> None:
        """Writes one message to every open stream."""
        for stream in list(self.streams):
            if stream.is_open:
                stream.send(event, data, event_id)

    def _received(self, socket: ServerConnection) -> None:
        self.sockets.append(socket)
        try:
            for text in socket:
                self.messages.append(json.loads(text))
        except ConnectionClosed:
            pass

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                url = urlsplit(self.path)
                if url.path.startswith("/receive/"):
                    self._receive(url.path, url.query)
                elif url.path == "/":
                    ingest = f"ws://{server.ingest}"
                    page = (server.client / "sample/index.html").read_text().replace("{{INGEST}}", ingest)
                    allowed = f"{ingest} http://{server.ingest}"
                    self._answer(page.encode(), ".html", f"{SAMPLE}{allowed}{CLOSED}")
                elif url.path == "/api/session":
                    status, body = server.session
                    self._answer(json.dumps(body).encode(), ".json", POLICY, status)
                elif url.path == "/pointerscope.js":
                    self._file(server.client / "snippet/pointerscope.js")
                elif url.path.startswith("/admin/"):
                    self._file(server.client / "dashboard/index.html")
                elif url.path.startswith("/assets/"):
                    self._file(server.client / url.path.split("/")[2] / Path(url.path).name)
                elif url.path == "/plain":
                    self._answer(b"<!doctype html><title>plain</title>", ".html", SAMPLE + "*")
                elif url.path == "/sign-in":
                    self._answer(b"<!doctype html><title>sign in</title>", ".html", POLICY)
                elif url.path == "/favicon.ico":
                    self.send_response(204)
                    self.end_headers()
                else:
                    self.send_error(404)

            def do_POST(self) -> None:
                if self.path == "/api/look":
                    server.looks.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                    self.send_response(204)
                    self.end_headers()
                    return
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                fields = {name: values[0] for name, values in form.items()}
                server.signed_out.append((fields, self.headers["Origin"]))
                self._answer(b"", ".html", POLICY, server.sign_out)

            def _file(self, path: Path) -> None:
                if path.is_file():
                    may = POLICY if path.suffix == ".html" or path.name == WORKER else NOTHING
                    self._answer(path.read_bytes(), path.suffix, may)
                else:
                    self.send_error(404)

            def _answer(self, body: bytes, suffix: str, policy: str, status: int = 200) -> None:
                self.send_response(status)
                self.send_header("Content-Type", TYPES[suffix])
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Content-Security-Policy", policy)
                self.send_header("Referrer-Policy", "same-origin")
                self.end_headers()
                self.wfile.write(body)

            def _receive(self, path: str, query: str) -> None:
                if server.refusal is not None:
                    server.refused += 1
                    self.send_error(server.refusal)
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                stream = FakeStream(path, parse_qs(query), headers)
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Cache-Control", "no-store")
                self.end_headers()
                self.wfile.write(b":" + b" " * 2048 + b"\nretry: 2000\n\n")
                server.on_attach(stream)
                server.streams.append(stream)
                stream.drain(self._write)

            def _write(self, text: bytes) -> None:
                self.wfile.write(text)
                self.wfile.flush()

        return Handler
