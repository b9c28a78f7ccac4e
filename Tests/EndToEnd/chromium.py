"""Headless Chromium over the DevTools protocol, for tests that need a real page.

    with Chromium.launch() as browser:
        page = browser.new_page("http://127.0.0.1:2112/")
        page.move(100, 120)
        assert page.evaluate("document.title") == "..."

Everything is synchronous and used from one thread. A command's answer and the events that come
before it are read from one socket, so events are seen while commands run; `Page.wait_for` polls,
with a deadline, and names what it waited for when it fails.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Iterable

from browser_process import end_browser
from waiting import wait_until
from websockets.sync.client import connect

START_SECONDS = 120
COMMAND_SECONDS = 60
WAIT_SECONDS = 60

FLAGS = [
    "--headless=new",
    "--no-sandbox",  # tests run as root in containers
    "--remote-debugging-port=0",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--disable-dev-shm-usage",  # /dev/shm is small in containers
    "--disable-gpu",
    "--hide-scrollbars",
    "--mute-audio",
]

KEY_CODES = {
    " ": ("Space", 32), "Enter": ("Enter", 13), "Escape": ("Escape", 27), "Tab": ("Tab", 9),
    "ArrowDown": ("ArrowDown", 40), "ArrowUp": ("ArrowUp", 38), "?": ("Slash", 191), "/": ("Slash", 191),
    "[": ("BracketLeft", 219), "]": ("BracketRight", 221),
}


class ChromiumError(Exception):
    """Chromium did not start, or refused a command, or a page's expression threw."""


def find_chromium() -> str | None:
    """The browser to use: $CHROMIUM, or the first one on the path."""
    named = os.environ.get("CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser")


class Chromium:
    """One browser process with a profile of its own, both gone after `close`."""

    def __init__(self, process: subprocess.Popen, profile: str, url: str) -> None:
        self._process = process
        self._profile = profile
        self._open = ExitStack()
        self._socket = self._open.enter_context(
            connect(url, max_size=None, compression=None, ping_interval=None))
        self._next_id = 0
        self._pages: dict[str, Page] = {}

    @classmethod
    def launch(cls, width: int = 1440, height: int = 900, flags: tuple[str, ...] = ()) -> Chromium:
        """Starts a browser whose pages are `width` by `height` CSS pixels."""
        binary = find_chromium()
        if binary is None:
            raise ChromiumError("no chromium on the path and no $CHROMIUM")
        profile = tempfile.mkdtemp(prefix="pointerscope-chromium-")
        process = subprocess.Popen(
            [binary, *FLAGS, f"--user-data-dir={profile}", f"--window-size={width},{height}", *flags,
             "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,  # its children are ended with it
        )
        try:
            return cls(process, profile, cls._debugging_url(process, profile))
        except BaseException:
            end_browser(process, profile)
            raise

    @staticmethod
    def _debugging_url(process: subprocess.Popen, profile: str) -> str:
        told = Path(profile, "DevToolsActivePort")
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if process.poll() is not None:
                raise ChromiumError(f"chromium ended with status {process.returncode}")
            lines = told.read_text().splitlines() if told.exists() else []
            if len(lines) == 2:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            time.sleep(0.05)
        raise ChromiumError(f"chromium said nothing within {START_SECONDS} s")

    @property
    def pid(self) -> int:
        """Its first process, after which the group of all of them is named."""
        return self._process.pid

    def __enter__(self) -> Chromium:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the browser and removes its profile."""
        try:
            self._open.close()
        finally:
            end_browser(self._process, self._profile)

    def new_page(self, url: str | None = None, beside: Page | None = None, **options: Any) -> Page:
        """Opens a page in a browsing context (cookies, storage) of its own, or in that of a page `beside` it;
        options as for `Page`."""
        context = beside.context if beside else self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", {"url": "about:blank", "browserContextId": context})
        page = self.attach(target["targetId"], url, **options)
        page.context = context
        return page

    def attach(self, target_id: str, url: str | None = None, **options: Any) -> Page:
        """Takes control of a page that exists, for example one that another page opened."""
        session = self.call("Target.attachToTarget", {"targetId": target_id, "flatten": True})["sessionId"]
        page = Page(self, target_id, session, **options)
        self._pages[session] = page
        page.prepare()
        if url is not None:
            page.navigate(url)
        return page

    def page_targets(self) -> list[str]:
        """The ids of all pages, including those that pages opened."""
        targets = self.call("Target.getTargets")["targetInfos"]
        return [target["targetId"] for target in targets if target["type"] == "page"]

    def call_all(self, commands: list[tuple[str, dict]], session: str) -> None:
        """Sends many commands without waiting in between, as fast as a device sends its reports."""
        numbers = set()
        for method, params in commands:
            self._next_id += 1
            numbers.add(self._next_id)
            self._socket.send(json.dumps(
                {"id": self._next_id, "method": method, "params": params, "sessionId": session}))
        deadline = time.monotonic() + COMMAND_SECONDS
        while numbers:
            answer = self._receive(deadline - time.monotonic(), commands[0][0])
            if "error" in answer and answer.get("id") in numbers:
                raise ChromiumError(answer["error"].get("message"))
            numbers.discard(answer.get("id"))

    def cast(self, method: str, params: dict, session: str) -> None:
        """Sends one command whose answer nobody waits for; `idle` or the next call passes over it."""
        self._next_id += 1
        self._socket.send(json.dumps(
            {"id": self._next_id, "method": method, "params": params, "sessionId": session}))

    def idle(self, until: float) -> None:
        """Takes what comes until a time of the monotonic clock."""
        while (left := until - time.monotonic()) > 0:
            try:
                self._take(self._socket.recv(timeout=left))
            except TimeoutError:
                return

    def call(self, method: str, params: dict | None = None, session: str | None = None) -> dict:
        """Sends one command and returns its result, handling the events that come before it."""
        self._next_id += 1
        number = self._next_id
        message = {"id": number, "method": method, "params": params or {}}
        if session is not None:
            message["sessionId"] = session
        self._socket.send(json.dumps(message))
        deadline = time.monotonic() + COMMAND_SECONDS
        while True:
            answer = self._receive(deadline - time.monotonic(), method)
            if answer.get("id") != number:
                continue
            if "error" in answer:
                raise ChromiumError(f"{method}: {answer['error'].get('message')}")
            return answer["result"]

    def _receive(self, seconds: float, method: str) -> dict:
        try:
            text = self._socket.recv(timeout=max(0, seconds))
        except TimeoutError as error:
            raise ChromiumError(f"{method}: no answer within {COMMAND_SECONDS} s") from error
        return self._take(text)

    def _take(self, text: str | bytes) -> dict:
        message = json.loads(text)
        page = self._pages.get(message.get("sessionId", ""))
        if page is not None and "method" in message:
            page.received(message["method"], message["params"])
        return message


class Page:
    """One page. `errors` collects uncaught exceptions and error messages of its console."""

    def __init__(self, browser: Chromium, target_id: str, session: str, *, scheme: str = "light",
                 reduced_motion: bool = False) -> None:
        self.target_id = target_id
        self.errors: list[str] = []
        #: What it shares with pages beside it.
        self.context: str | None = None
        self._browser = browser
        self._session = session
        self._at: tuple[float, float] = 0, 0
        self._media = {"prefers-color-scheme": scheme,
                       "prefers-reduced-motion": "reduce" if reduced_motion else "no-preference"}

    @property
    def session(self) -> str:
        """By which the browser is told that a command is for this page."""
        return self._session

    def call(self, method: str, params: dict | None = None) -> dict:
        """Sends a command to this page."""
        return self._browser.call(method, params, self._session)

    def prepare(self) -> None:
        """Turns on what the tests rely on."""
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.emulate()

    def emulate(self, **media: str) -> None:
        """Sets media features, for example `emulate(prefers_color_scheme="dark")`."""
        self._media.update({name.replace("_", "-"): value for name, value in media.items()})
        features = [{"name": name, "value": value} for name, value in self._media.items()]
        self.call("Emulation.setEmulatedMedia", {"features": features})

    def resize(self, width: int, height: int, ratio: float = 1) -> None:
        """Makes the page `width` by `height` CSS pixels."""
        self.call("Emulation.setDeviceMetricsOverride",
                  {"width": width, "height": height, "deviceScaleFactor": ratio, "mobile": False})

    def run_before_load(self, script: str) -> None:
        """Runs a script in every document of this page before its own scripts."""
        self.call("Page.addScriptToEvaluateOnNewDocument", {"source": script})

    def navigate(self, url: str, seconds: float = WAIT_SECONDS) -> None:
        """Goes to a URL and waits until it is loaded."""
        result = self.call("Page.navigate", {"url": url})
        if result.get("errorText"):
            raise ChromiumError(f"{url}: {result['errorText']}")
        self.wait_for("document.readyState === 'complete' && location.href !== 'about:blank'", seconds)

    def reload(self) -> None:
        """Loads the page anew and waits until it is there."""
        self.evaluate("window.__beforeReload = true")
        self.call("Page.reload")
        self.wait_for("!window.__beforeReload && document.readyState === 'complete'")

    def bring_to_front(self) -> None:
        """Makes it the page that is seen: others are drawn no more."""
        self.call("Page.bringToFront")

    def evaluate(self, expression: str) -> Any:
        """The JSON value of an expression; a promise is awaited, what it throws is raised."""
        answer = self.call("Runtime.evaluate", {
            "expression": expression, "awaitPromise": True, "returnByValue": True, "userGesture": True})
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise ChromiumError(details.get("exception", {}).get("description") or details["text"])
        return answer["result"].get("value")

    def wait_for(self, expression: str, seconds: float = WAIT_SECONDS) -> Any:
        """Waits until an expression is truthy and returns it."""
        return wait_until(lambda: self._try(expression), seconds, expression)

    def _try(self, expression: str) -> Any:
        try:
            return self.evaluate(expression)
        except ChromiumError as error:
            # The document is being replaced.
            if any(word in str(error).lower() for word in ("context", "navigated", "closed")):
                return None
            raise

    def move(self, x: float, y: float, buttons: int = 0) -> None:
        """Moves the real mouse, through the browser's input pipeline."""
        self._at = x, y
        self._mouse("mouseMoved", x, y, buttons=buttons)

    def move_many(self, places: list[tuple[int, int]]) -> None:
        """Moves it through all of these places without waiting for the page in between."""
        self._browser.call_all(
            [("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x, "y": y, "buttons": 0})
             for x, y in places], self._session)
        self._at = places[-1]

    def move_at(self, places: Iterable[tuple[int, int]], rate: float) -> float:
        """Moves it through these at so many reports a second, however slow the page is; returns how long it took."""
        began = time.monotonic()
        for number, (x, y) in enumerate(places):
            self._browser.idle(began + number / rate)
            self._browser.cast(
                "Input.dispatchMouseEvent", {"type": "mouseMoved", "x": x, "y": y, "buttons": 0}, self._session)
            self._at = x, y
        return time.monotonic() - began

    def press(self) -> None:
        """Presses the left button where the mouse is."""
        self._mouse("mousePressed", *self._at, button="left", buttons=1, clickCount=1)

    def release(self) -> None:
        """Releases it."""
        self._mouse("mouseReleased", *self._at, button="left", clickCount=1)

    def touch(self, kind: str, *places: tuple[int, int]) -> None:
        """Sends `touchStart`, `touchMove`, `touchEnd` or `touchCancel` of fingers at these places."""
        self.call("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [
            {"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]})

    def click(self, x: float, y: float, count: int = 1) -> None:
        """Presses and releases the left button."""
        self._mouse("mousePressed", x, y, button="left", buttons=1, clickCount=count)
        self._mouse("mouseReleased", x, y, button="left", clickCount=count)

    def wheel(self, x: float, y: float, dy: float) -> None:
        """Turns the wheel by `dy` CSS pixels."""
        self._mouse("mouseWheel", x, y, deltaX=0, deltaY=dy)

    def _mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        self.call("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **more})

    def key(self, key: str, control: bool = False) -> None:
        """Presses and releases a key, with Control held down or not."""
        code, number = KEY_CODES.get(key, (f"Key{key.upper()}", ord(key[0].upper())))
        event = {"key": key, "code": code, "windowsVirtualKeyCode": number, "modifiers": 2 if control else 0}
        if not control and (len(key) == 1 or key == "Enter"):
            event["text"] = "\r" if key == "Enter" else key
        self.call("Input.dispatchKeyEvent", {"type": "keyDown", **event})
        self.call("Input.dispatchKeyEvent", {"type": "keyUp", **event})

    def screenshot(self, path: str | os.PathLike) -> None:
        """Writes what is seen as a PNG."""
        data = self.call("Page.captureScreenshot", {"format": "png"})["data"]
        Path(path).write_bytes(base64.b64decode(data))

    def close(self) -> None:
        """Closes the page as a person does: its `pagehide` runs."""
        def closes() -> bool:
            try:
                self.call("Page.close")
            except ChromiumError as error:
                # On its way to another document it is attached to neither for a moment.
                if "active page" not in str(error):
                    raise
                return False
            return True
        wait_until(closes, COMMAND_SECONDS, "the page to close")

    def received(self, method: str, params: dict) -> None:
        """Takes an event of this page."""
        if method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description") or details["text"])
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "assert"):
            self.errors.append(" ".join(str(argument.get("value")) for argument in params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.errors.append(f"{params['entry']['text']} {params['entry'].get('url', '')}".strip())
