"""Somebody's web site: pages and files that a test puts there, over plain HTTP or TLS."""

from __future__ import annotations

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Page(NamedTuple):
    """What one path answers."""

    body: bytes
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    fields: tuple[tuple[str, str], ...] = ()


class PageServer:
    """Pages by path; what is not there is 404. with a certificate over TLS."""

    def __init__(self, certificate=None) -> None:
        self.pages: dict[str, Page] = {}
        pages = self.pages

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                page = pages.get(self.path, Page(b"nothing\n", "text/plain", 404))
                self.send_response(page.status)
                for name, value in (("Content-Type", page.kind), *page.fields):
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(page.body)))
                self.end_headers()
                self.wfile.write(page.body)

            def log_message(self, *_) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.path, certificate.key)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.origin = f"http{'s' if certificate is not None else ''}://localhost:{self.port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def put(self, path: str, body: str, *fields: tuple[str, str], kind: str = Page._field_defaults["kind"],
            status: int = 200) -> str:
        """Puts a page there; returns its URL."""
        self.pages[path] = Page(body.encode(), kind, status, fields)
        return self.origin + path

    def end(self) -> None:
        self._server.shutdown()
        self._server.server_close()
