"""Headless Firefox over WebDriver BiDi, with the same words as `chromium.py`.

    with Firefox.launch() as browser:
        page = browser.new_page("http://127.0.0.1:2112/")
        page.move(100, 120)

Everything is synchronous and used from one thread.
"""

from __future__ import annotations

import base64
import json
import os
import queue
import re
import shutil
import subprocess
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from browser_process import end_browser
from waiting import wait_until
from websockets.sync.client import connect

START_SECONDS = 120
COMMAND_SECONDS = 60
WAIT_SECONDS = 60

PREFERENCES = """
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.page", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("dom.min_background_timeout_value", 100);
user_pref("toolkit.telemetry.reportingpolicy.firstRun", false);
"""

KEYS = {"Enter": "\ue007", "Tab": "\ue004", "Escape": "\ue00c", " ": " "}


class FirefoxError(Exception):
    """Firefox did not start, or refused a command, or a page's expression threw."""


def find_firefox() -> str | None:
    """The browser to use: $FIREFOX, or the first one on the path."""
    return os.environ.get("FIREFOX") or shutil.which("firefox-esr") or shutil.which("firefox")


class Firefox:
    """One browser process with a profile of its own, both gone after `close`."""

    def __init__(self, process: subprocess.Popen, profile: str, url: str) -> None:
        self._process = process
        self._profile = profile
        self._open = ExitStack()
        self._socket = self._open.enter_context(
            connect(url, max_size=None, compression=None, ping_interval=None))
        self._next_id = 0
        self._pages: dict[str, FirefoxPage] = {}
        self.call("session.new", capabilities={})
        self.call("session.subscribe", events=["log.entryAdded"])

    @classmethod
    def launch(cls) -> Firefox:
        """Starts a browser."""
        binary = find_firefox()
        if binary is None:
            raise FirefoxError("no firefox on the path and no $FIREFOX")
        profile = tempfile.mkdtemp(prefix="pointerscope-firefox-")
        Path(profile, "user.js").write_text(PREFERENCES)
        process = subprocess.Popen(
            [binary, "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", profile, "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env={**os.environ, "HOME": profile, "MOZ_HEADLESS": "1"},
            start_new_session=True)  # its children are ended with it
        try:
            return cls(process, profile, cls._address(process) + "/session")
        except BaseException:
            end_browser(process, profile)
            raise

    @staticmethod
    def _address(process: subprocess.Popen) -> str:
        said: queue.Queue[str] = queue.Queue()

        def read() -> None:
            # To the end, so that a pipe that nobody reads never holds it up.
            for line in process.stderr:
                found = re.search(rb"ws://\S+", line)
                if found:
                    said.put(found[0].decode())
            said.put("")

        threading.Thread(target=read, daemon=True).start()
        try:
            address = said.get(timeout=START_SECONDS)
        except queue.Empty:
            address = ""
        if not address:
            raise FirefoxError("firefox did not say where it listens")
        return address

    def __enter__(self) -> Firefox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the browser and removes its profile."""
        try:
            self._open.close()
        finally:
            end_browser(self._process, self._profile)

    def new_page(self, url: str | None = None, beside: FirefoxPage | None = None) -> FirefoxPage:
        """Opens a page with storage of its own, or with that of a page `beside` it."""
        user = beside.context if beside else self.call("browser.createUserContext")["userContext"]
        context = self.call("browsingContext.create", type="tab", userContext=user)["context"]
        page = FirefoxPage(self, context)
        page.context = user
        self._pages[context] = page
        if url is not None:
            page.navigate(url)
        return page

    def call(self, method: str, **params: Any) -> dict:
        """Sends one command and returns its result, handling the events that come before it."""
        self._next_id += 1
        self._socket.send(json.dumps({"id": self._next_id, "method": method, "params": params}))
        deadline = time.monotonic() + COMMAND_SECONDS
        while True:
            try:
                message = json.loads(self._socket.recv(timeout=max(0, deadline - time.monotonic())))
            except TimeoutError as error:
                raise FirefoxError(f"{method}: no answer within {COMMAND_SECONDS} s") from error
            if message.get("id") == self._next_id:
                if message["type"] == "error":
                    raise FirefoxError(f"{method}: {message.get('error')}: {message.get('message')}")
                return message["result"]
            if message.get("method") == "log.entryAdded":
                self._noted(message["params"])

    def _noted(self, entry: dict) -> None:
        page = self._pages.get(entry.get("source", {}).get("context") or "")
        if page is not None and entry["level"] == "error":
            page.errors.append(entry.get("text") or "")


def _plain(remote: dict) -> Any:
    """What JSON would keep of a value that the protocol tells of: pages may have replaced their own JSON.

    W3C, "WebDriver BiDi", script.RemoteValue.
    """
    match remote["type"]:
        case "string" | "boolean":
            return remote["value"]
        case "number":
            # NaN and the infinities come as texts, as does a zero with a sign.
            return remote["value"] if isinstance(remote["value"], (int, float)) else 0 if remote["value"] == "-0" else None
        case "array":
            return [_plain(one) for one in remote["value"]]
        case "object":
            return {key: _plain(value) for key, value in remote["value"] if value["type"] not in ("undefined", "function")}
        case _:
            return None


class FirefoxPage:
    """One page. `errors` collects uncaught exceptions and error messages of its console."""

    def __init__(self, browser: Firefox, context: str) -> None:
        self.errors: list[str] = []
        #: What it shares with pages beside it.
        self.context: str | None = None
        self._browser = browser
        self._context = context

    def run_before_load(self, script: str) -> None:
        """Runs a script in every document of this page before its own scripts."""
        self._browser.call(
            "script.addPreloadScript", functionDeclaration=f"() => {{ {script} }}", contexts=[self._context])

    def navigate(self, url: str) -> None:
        """Goes to a URL and waits until it is loaded."""
        self._browser.call("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def reload(self) -> None:
        """Loads the page anew and waits until it is there."""
        self._browser.call("browsingContext.reload", context=self._context, wait="complete")

    def bring_to_front(self) -> None:
        """Makes it the page that is seen: others are drawn no more."""
        self._browser.call("browsingContext.activate", context=self._context)

    def evaluate(self, expression: str) -> Any:
        """The JSON value of an expression; a promise is awaited, what it throws is raised."""
        answer = self._browser.call(
            "script.evaluate", expression=f"(async () => [await ({expression})])()",
            target={"context": self._context}, awaitPromise=True, userActivation=True)
        if answer["type"] == "exception":
            raise FirefoxError(answer["exceptionDetails"]["text"])
        return _plain(answer["result"])[0]

    def wait_for(self, expression: str, seconds: float = WAIT_SECONDS) -> Any:
        """Waits until an expression is truthy and returns it."""
        return wait_until(lambda: self._try(expression), seconds, expression)

    def _try(self, expression: str) -> Any:
        try:
            return self.evaluate(expression)
        except FirefoxError as error:
            # The document is being replaced.
            if any(word in str(error).lower() for word in ("aborted", "discarded", "no such frame", "undefined")):
                return None
            raise

    def move(self, x: int, y: int) -> None:
        """Moves the mouse, through the browser's input pipeline."""
        self._pointer([{"type": "pointerMove", "x": x, "y": y}])

    def move_many(self, places: list[tuple[int, int]]) -> None:
        """Moves it through all of these places."""
        self._pointer([{"type": "pointerMove", "x": x, "y": y} for x, y in places])

    def press(self) -> None:
        """Presses the left button where the mouse is."""
        self._pointer([{"type": "pointerDown", "button": 0}])

    def release(self) -> None:
        """Releases it."""
        self._pointer([{"type": "pointerUp", "button": 0}])

    def click(self, x: int, y: int) -> None:
        """Presses and releases the left button."""
        self._pointer([{"type": "pointerMove", "x": x, "y": y}, {"type": "pointerDown", "button": 0},
                       {"type": "pointerUp", "button": 0}])

    def wheel(self, x: int, y: int, dy: int) -> None:
        """Turns the wheel by `dy` CSS pixels."""
        self._perform({"type": "wheel", "id": "wheel", "actions": [
            {"type": "scroll", "x": x, "y": y, "deltaX": 0, "deltaY": dy}]})

    def key(self, key: str) -> None:
        """Presses and releases a key."""
        value = KEYS.get(key, key)
        self._perform({"type": "key", "id": "keyboard", "actions": [
            {"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]})

    def _pointer(self, actions: list[dict]) -> None:
        self._perform({"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": actions})

    def _perform(self, source: dict) -> None:
        self._browser.call("input.performActions", context=self._context, actions=[source])

    def screenshot(self, path: str | os.PathLike) -> None:
        """Writes what is seen as a PNG."""
        data = self._browser.call("browsingContext.captureScreenshot", context=self._context)["data"]
        Path(path).write_bytes(base64.b64decode(data))

    def close(self) -> None:
        """Closes the page as a person does: its `pagehide` runs."""
        self._browser.call("browsingContext.close", context=self._context)
