"""A site of somebody else's: pages with the snippet's tag in them, on an origin of their own."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Callable

from server import Server
from wire import Stream


class Site:
    """Serves `pages` by their paths, from a free port of the loopback; ended by `close`."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        site = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                text = site.pages.get(self.path.partition("?")[0])
                if self.path == "/favicon.ico":
                    text = ""
                self.send_response(200 if text is not None else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(("<!doctype html>" + (text or "")).encode())

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


class Watcher:
    """Everything that a viewer of the default shape gets, in order; `samples` are those of visitors."""

    def __init__(self, server: Server) -> None:
        self.messages: list[dict] = []
        self._stream = Stream(server)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            for message in self._stream.messages(600):
                self.messages.append(message.data)
        except (OSError, AssertionError, TimeoutError):
            pass

    @property
    def samples(self) -> list[dict]:
        return [message for message in list(self.messages) if "kill" not in message]

    def kinds(self, *wanted: str) -> list[str]:
        return [sample["k"] for sample in self.samples if sample.get("k") in wanted]

    def find(self, check: Callable[[dict], object]) -> dict | None:
        return next((sample for sample in self.samples if check(sample)), None)

    @property
    def last(self) -> dict:
        return (self.samples or [{}])[-1]

    @property
    def ids(self) -> set[str]:
        return {sample["id"] for sample in self.samples}

    def close(self) -> None:
        self._stream.close()
