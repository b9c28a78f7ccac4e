"""A stand-in for a server that wants to know who looks: sessions, tokens, and one stream for whoever may have it."""

from __future__ import annotations

import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from waiting import wait_until

KEYFRAME = {"at": 1_732_109_508_123, "visitors": [
    {"id": "user123", "since": 1_732_109_508_000, "worker": 7, "rate": 1, "last": 1_732_109_508_100, "x": 1, "y": 2}]}
STATUS = {"workers": [], "viewers": 1, "totals": {}, "uptime": 1, "ingest": "127.0.0.1:1", "http": "127.0.0.1:2"}


class SignInServer:
    """HTTP on a free port of the loopback; ended by `end`."""

    def __init__(self) -> None:
        self.passwords = {"ann": "correct horse"}
        self.tokens = {"ps_1_secret"}
        self.sessions: set[str] = set()
        #: (method, path, headers by small name, body), in order of arrival.
        self.requests: list[tuple[str, str, dict[str, str], str]] = []
        #: What is said of another session of the same name, until it was taken over.
        self.taken: dict | None = None
        #: Seconds of Retry-After with which every sign-in is put off.
        self.retry_after: int | None = None
        #: Where every request is sent on to.
        self.elsewhere: str | None = None
        self._streams: list[queue.Queue] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return "127.0.0.1:%d" % self._http.server_address[1]

    def asked(self, method: str, path: str) -> list[tuple[dict[str, str], str]]:
        """Headers and bodies of the requests for what begins with `path`."""
        return [(headers, body) for verb, target, headers, body in list(self.requests)
                if verb == method and target.startswith(path)]

    def sign_out(self, why: str, by: str) -> None:
        """Ends every session and says so on every stream."""
        wait_until(lambda: self._streams, 30, "a stream")
        self.sessions.clear()
        for stream in self._streams:
            stream.put({"why": why, "by": by})
        self._streams.clear()

    def lose(self) -> None:
        """Ends every stream without a word, and knows nobody any more, as a server that starts anew."""
        wait_until(lambda: self._streams, 30, "a stream")
        self.sessions.clear()
        for stream in self._streams:
            stream.put(None)
        self._streams.clear()

    def end(self) -> None:
        for stream in self._streams:
            stream.put(None)
        self._http.shutdown()
        self._http.server_close()

    def may_watch(self, headers: dict[str, str]) -> bool:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme:
            return scheme == "Bearer" and token in self.tokens
        cookies = headers.get("cookie", "").split("; ")
        return any(cookie.partition("=")[2] in self.sessions for cookie in cookies if cookie.startswith("pointerscope="))

    def sign_in(self, wanted: dict) -> tuple[int, dict, list[tuple[str, str]]]:
        """Status, body and further fields of the answer."""
        if self.retry_after is not None:
            return 429, {"why": "tries"}, [("Retry-After", str(self.retry_after))]
        if "ticket" in wanted:
            if wanted["ticket"] != "t-1":
                return 401, {"why": "credentials"}, []
            self.taken = None
        elif self.passwords.get(wanted["name"]) != wanted["password"]:
            return 401, {"why": "credentials"}, []
        elif self.taken is not None:
            return 409, {"why": "taken", "ticket": "t-1", **self.taken}, []
        session = f"s{len(self.requests)}"
        self.sessions.add(session)
        fields = [("Set-Cookie", f"pointerscope={session}; Path=/; HttpOnly; SameSite=Lax"),
                  ("Set-Cookie", "pointerscope-device=d1; Path=/; Max-Age=31536000")]
        return 200, {"name": "ann", "role": "viewer", "scope": None, "endsAt": 1_732_200_000}, fields

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                pass

            def note(self) -> tuple[dict[str, str], str]:
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(headers.get("content-length", 0))).decode()
                server.requests.append((self.command, self.path, headers, body))
                return headers, body

            def answer(self, status: int, body: dict, fields: list[tuple[str, str]]) -> None:
                text = json.dumps(body).encode()
                self.send_response(status)
                for name, value in [*fields, ("Content-Type", "application/json"), ("Content-Length", str(len(text)))]:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            def do_POST(self) -> None:
                _, body = self.note()
                self.answer(*server.sign_in(json.loads(body)))

            def do_GET(self) -> None:
                headers, _ = self.note()
                if server.elsewhere:
                    return self.answer(307, {}, [("Location", server.elsewhere + self.path)])
                if not server.may_watch(headers):
                    return self.answer(401, {"why": "credentials"}, [])
                if not self.path.startswith("/receive/"):
                    return self.answer(200, {}, [])
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.end_headers()
                for event, data in [("keyframe", KEYFRAME), ("status", STATUS)]:
                    self.say(event, data)
                stream: queue.Queue = queue.Queue()
                server._streams.append(stream)
                if (end := stream.get()) is not None:
                    self.say("signed-out", end)

            def say(self, event: str, data: dict) -> None:
                self.wfile.write(f"id: 00000000000000ab-1\nevent: {event}\ndata: {json.dumps(data)}\n\n".encode())

        return Handler
