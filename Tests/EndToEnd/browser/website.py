"""A website of a test's own: pages by path, on a free port, that carry the tag of a real server."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

#: Notes what the page's own listeners are told of the pointer: [kind, x, y, epoch milliseconds] each.
RECORDER = """
    window.heard = [];
    addEventListener('pointermove', (event) => {
        const all = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
        for (const one of all.length ? all : [event])
            heard.push([one.clientX, one.clientY, performance.timeOrigin + one.timeStamp]);
    }, true);"""


class Site:
    """Pages by path, without their doctype; what is not there is 404. Ended by `close`."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def do_GET(self) -> None:
                path = self.path.partition("?")[0]
                site.asked.append(path)
                if path == "/favicon.ico":
                    self.send_response(204)
                    return self.end_headers()
                if path not in site.pages:
                    return self.send_error(404)
                kind = "text/javascript" if path.endswith("js") else "text/html"
                doctype = "<!doctype html>" if kind == "text/html" else ""
                body = (doctype + site.pages[path]).encode()
                self.send_response(200)
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                for name, value in site.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self._http.server_address[1]

    @property
    def url(self) -> str:
        """Its origin."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def other_url(self) -> str:
        """The same pages from an origin of another name, which is of loopback too."""
        return f"http://localhost:{self.port}"

    def page(self, path: str, tag: str, body: str = "", head: str = "", style: str = "") -> str:
        """Adds a page that carries `tag` in its head; returns its URL."""
        self.pages[path] = (
            "<html><head><meta charset=utf-8><meta name=viewport content='width=device-width'>"
            f"<title>{path}</title><style>body {{ margin: 0; {style} }}</style>{head}{tag}</head>"
            f"<body>{body}</body></html>")
        return self.url + path

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


def tag(server, attributes: str = "") -> str:
    """The tag that a site's owner pastes."""
    return f'<script async src="{server.http_url}/pointerscope.js" {attributes}></script>'
