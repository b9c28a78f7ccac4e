"""A server that wants people to sign in, and those who do: browsers without scripts, and programs."""

from __future__ import annotations

import html
import http.client
import http.cookies
import json
import re
import subprocess
import time
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

from server import BINARY, Server

PASSWORD = "correct horse battery"


def admin(state: Path, *words: str, password: str | None = None, status: int = 0) -> str:
    """Runs `pointerscope admin`; returns what it wrote to standard output."""
    return command("admin", state, *words, password=password, status=status)


def token(state: Path, *words: str, status: int = 0) -> str:
    """Runs `pointerscope token`; returns what it wrote to standard output."""
    return command("token", state, *words, status=status)


def command(name: str, state: Path, *words: str, password: str | None = None, status: int = 0) -> str:
    extra = ["--password-stdin"] if password is not None else []
    done = subprocess.run(
        [BINARY, name, *words, "--state", str(state), *extra], capture_output=True, text=True, timeout=60,
        input=password)
    assert done.returncode == status, f"{words}: exit {done.returncode}: {done.stderr}"
    return done.stdout


def start_guarded(start_server, state: Path, *options: str, admins: dict[str, str] | None = None, **more) -> Server:
    """A server behind sign-in whose admins, a role by name, have the password of this module."""
    for name, role in (admins if admins is not None else {"ann": "operator"}).items():
        admin(state, "add", name, "--role", role, password=PASSWORD)
    return start_server("--auth", "password", "--state", str(state), *options, **more)


@dataclass
class Answer:
    """What came back, its body read."""

    status: int
    headers: http.client.HTTPMessage
    text: str
    path: str

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def fields(self) -> dict[str, str]:
        """The hidden fields of the page's first form."""
        pairs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', self.text)
        return {name: html.unescape(value) for name, value in pairs}

    @property
    def action(self) -> str:
        """Where the page's first form goes."""
        action = html.unescape(re.search(r'<form[^>]* action="([^"]*)"', self.text).group(1))
        return urllib.parse.urljoin(self.path, action)

    @property
    def location(self) -> str | None:
        """Where it leads, as a browser takes it."""
        where = self.headers["Location"]
        return None if where is None else urllib.parse.urljoin(self.path, where)


@dataclass
class Browser:
    """Keeps cookies, sends Origin with forms, and asks for pages as browsers do."""

    server: Server
    host: str | None = None
    origin: str | None = None
    cookies: dict[str, str] = field(default_factory=dict)
    set_cookies: dict[str, http.cookies.Morsel] = field(default_factory=dict)
    source: tuple[str, int] | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.host = self.host or "%s:%d" % self.server.http
        self.origin = self.origin or f"http://{self.host}"

    def request(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection(*self.server.http, timeout=60, source_address=self.source)
        try:
            sent = {"Host": self.host, "Accept": "text/html,application/xhtml+xml,*/*;q=0.8", **self.headers}
            sent |= {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
            if self.cookies and "Cookie" not in sent:
                sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            connection.request(method, path, body=body, headers=sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read().decode(), path)
        finally:
            connection.close()
        self.keep(answer)
        return answer

    def keep(self, answer: Answer) -> None:
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in http.cookies.SimpleCookie(line).items():
                self.set_cookies[name] = morsel
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value

    def get(self, path: str, **headers: str) -> Answer:
        return self.request("GET", path, **headers)

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        headers = {"Origin": self.origin, "Content_Type": "application/x-www-form-urlencoded"} | headers
        return self.request("POST", path, urllib.parse.urlencode(fields).encode(), **headers)

    def sign_in(self, name: str = "ann", password: str = PASSWORD, path: str = "/sign-in", **more: str) -> Answer:
        """Asks for the form and sends it."""
        page = self.get(path)
        return self.post(page.action, page.fields | {"name": name, "password": password} | more)

    @property
    def session(self) -> str:
        """The value of the session's cookie."""
        return self.cookies.get("__Host-pointerscope") or self.cookies["pointerscope"]


def post_session(server: Server, body: dict, **headers: str) -> Answer:
    """Signs in as a program does."""
    browser = Browser(server)
    return browser.request(
        "POST", "/api/session", json.dumps(body).encode(), Content_Type="application/json", Accept="application/json",
        **headers)


class EventStream:
    """An event stream with fields of the caller's choice, read message by message."""

    def __init__(self, server: Server, path: str, headers: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection(*server.http, timeout=60)
        self.connection.request("GET", path, headers=headers)
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.read()

    def messages(self, seconds: float):
        """The messages that come within so long, as (event, data); ends where the stream does."""
        end = time.monotonic() + seconds
        event, data = "message", []
        while True:
            left = end - time.monotonic()
            if left <= 0:
                raise AssertionError("the stream says nothing more")
            self.connection.sock.settimeout(left) if self.connection.sock else None
            line = self.response.fp.readline().decode()
            if not line:
                return
            line = line.rstrip("\n")
            if line.startswith("event: "):
                event = line[7:]
            elif line.startswith("data: "):
                data.append(line[6:])
            elif not line:
                if data:
                    yield event, "\n".join(data)
                event, data = "message", []

    def wait_for(self, event: str, seconds: float = 30):
        """The data of the next message of that kind."""
        for kind, data in self.messages(seconds):
            if kind == event:
                return json.loads(data)
        raise AssertionError(f"the stream ended without {event}")

    def wait_for_end(self, seconds: float) -> None:
        for _ in self.messages(seconds):
            pass

    def close(self) -> None:
        self.response.close()
        self.connection.close()
