#!/usr/bin/env python3
"""Takes the dashboard's picture as who opens it sees it: nobody to 10,000 visitors, wide and narrow, light and dark.

    .venv/bin/python Tests/EndToEnd/browser/make_dashboard_shots.py FOLDER [--visitors 0,12,300,10000] [--views]

The server and its visitors are real; the dashboard's files are those of `client-js`, so that a change of them is seen
without building. `dash-VISITORS-WIDTH-SCHEME.png` is what one sees first, `view-NAME-WIDTH-SCHEME.png` (with `--views`,
of 300 visitors) what lies behind a key or a link.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import random
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Iterator

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from chromium import Chromium, Page  # noqa: E402
from crowd import Walker  # noqa: E402
from fake_server import CLIENT, TYPES  # noqa: E402
from path_proxy import ReverseProxy  # noqa: E402
from server import Server  # noqa: E402
from wire import RawWebSocket, close_clients_of  # noqa: E402

SIZES = {1440: 900, 1024: 768, 390: 844}
SCHEMES = ("light", "dark")
#: So that charts have something to show.
WARM_UP_SECONDS = 45
#: One connection speaks for at most 256.
SPEAKS_FOR = 250
TURNS_A_SECOND = 10
#: So many move in a turn; the others rest, as most people do.
MOST_AT_ONCE = 500
PAGES = [
    "/", "/shop", "/shop/shoes", "/shop/shoes/trail-runner-gore-tex-waterproof-wide-fit", "/cart", "/checkout/payment",
    "/blog/2026/on-pointers", "/blog/2026/why-nobody-reads-the-manual", "/about", "/help/returns",
    "/caf%C3%A9/men%C3%BC", "/de/rechtsschutzversicherungsgesellschaften/allgemeine-vertragsbedingungen",
    "/ar/%D8%A7%D9%84%D9%85%D9%86%D8%AA%D8%AC%D8%A7%D8%AA",
]
NAMES = [
    "Anna Müller", "\u05d3\u05e0\u05d4 \u05dc\u05d5\u05d9", "Ngô Thị Hương", "Óscar", "Владимир",
    "Maximilian-Alexander Freiherr von Hohenstein",
]
VIEWS = {
    "page": "#page=/shop", "chosen": "#visitor={id}", "visitor": "#visitor={id}&view=visitor", "health": "#view=health",
    "filter": "#filter=page:/blog", "wall": "?wall",
}
TABS = ("pages", "visitors", "journal")


def pages_of(count: int) -> list[str]:
    """What so many visitors look at, the busiest first."""
    if count < 100:
        return PAGES[:6]
    more = 20 if count < 1000 else 200
    return PAGES + [f"/shop/department-{number}/new-in" for number in range(more - len(PAGES))]


class Person(Walker):
    """Somebody who moves, scrolls, clicks, and now and then goes to another page."""

    def __init__(self, number: int, dice: random.Random, pages: list[str]) -> None:
        super().__init__(number, dice)
        self.pages = pages
        self.steps = dice.randint(3, 12)
        self.name = dice.choice(NAMES) if number % 5 == 3 else None
        self.turn_to(self._choice())

    def _choice(self) -> str:
        """Most are on the first pages."""
        return self.pages[int(len(self.pages) * self.dice.random() ** 2.5)]

    def turn_to(self, page: str) -> None:
        self.page = page
        self.is_new = True

    def _aim(self) -> None:
        super()._aim()
        self.steps = self.dice.randint(3, 12)
        self.step //= 6

    def said(self) -> list[dict]:
        """What it sends in a turn."""
        if self.dice.random() < 0.002:
            self.turn_to(self._choice())
        samples = self.samples()
        if self.is_new:
            self.is_new = False
            scroll = {"sx": 0, "sy": round(self.dice.random() * 1200), "dw": self.w, "dh": self.h + 1800}
            first = {"id": self.id, "x": round(self.x), "y": round(self.y), "w": self.w, "h": self.h, "p": self.page}
            first |= {"pt": "touch" if self.w < 500 else "mouse"} | scroll | ({"n": self.name} if self.name else {})
            samples.insert(0, first)
        return samples


class People:
    """So many of them, on a server; as long as the block lasts."""

    def __init__(self, server: Server, count: int) -> None:
        self._dice = random.Random(7)
        self._address = server.ingest
        self._pages = pages_of(count)
        self._number = 0
        self._is_over = threading.Event()
        #: Those who speak over a connection of their own come and go.
        loose = min(count // 6, 20)
        groups = [count - loose - first for first in range(0, count - loose, SPEAKS_FOR)]
        self._settled = [self._group(min(left, SPEAKS_FOR)) for left in groups]
        self._loose = [self._group(1) for _ in range(loose)]
        self.somebody = self._settled[0][1][1].id if count else ""
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _group(self, count: int) -> tuple[RawWebSocket, list[Person]]:
        people = []
        for _ in range(count):
            self._number += 1
            people.append(Person(self._number, self._dice, self._pages))
        speaker = RawWebSocket(self._address)
        for first in range(0, count, 50):
            speaker.say([sample for person in people[first:first + 50] for sample in person.said()])
        return speaker, people

    def __enter__(self) -> People:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()
        for speaker, _people in self._settled + self._loose:
            speaker.close()

    def _run(self) -> None:
        began, turn = time.monotonic(), 0
        while not self._is_over.wait(max(0, began + turn / TURNS_A_SECOND - time.monotonic())):
            turn = max(turn + 1, int((time.monotonic() - began) * TURNS_A_SECOND))
            most = max(1, MOST_AT_ONCE // max(1, len(self._settled)))
            for speaker, people in self._settled + self._loose:
                some = people if len(people) <= most else self._dice.sample(people, most)
                samples = [sample for person in some for sample in person.said()]
                if samples:
                    speaker.say(samples)
            if self._loose and turn % 30 == 0:
                self._loose.pop(0)[0].close()
                self._loose.append(self._group(1))


class Tree(ReverseProxy):
    """Passes on what it is asked for, but for the dashboard's files: those are the working tree's."""

    def _forward(self, client: socket.socket) -> None:
        first = client.recv(4096, socket.MSG_PEEK).split(b"\r\n")[0].decode()
        path = first.split(" ")[1].partition("?")[0] if first.count(" ") == 2 else ""
        file = None
        if path.startswith("/admin/"):
            file = CLIENT / "dashboard/index.html"
        elif path.startswith("/assets/dashboard/"):
            file = CLIENT / "dashboard" / Path(path).name
        if file is None or not file.is_file():
            super()._forward(client)
            return
        client.recv(65536)
        body = file.read_bytes()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {TYPES[file.suffix]}\r\nContent-Length: {len(body)}\r\n"
        client.sendall(f"{head}Cache-Control: no-store\r\nConnection: close\r\n\r\n".encode() + body)


@contextlib.contextmanager
def site(count: int) -> Iterator[tuple[str, People]]:
    """A server with so many visitors, who have been there for a while: where its dashboard is."""
    server = Server.start("--workers", "2")
    proxy = Tree("", strips=False)
    proxy.server = server
    try:
        with People(server, count) as people:
            if count:
                threading.Event().wait(WARM_UP_SECONDS)
            yield f"{proxy.url}/admin/ann", people
    finally:
        proxy.close()
        close_clients_of(server.ingest, server.http)
        server.stop_and_check()


def settle(page: Page, seconds: float = 1.5) -> None:
    """Until it is drawn in its new size, and what the server tells once a second has come."""
    page.evaluate(f"new Promise((done) => setTimeout(() => requestAnimationFrame(done), {seconds * 1000}))")


def shoot(page: Page, folder: Path, name: str, width: int, scheme: str) -> None:
    page.resize(width, SIZES[width], 2 if width < 500 else 1)
    page.emulate(prefers_color_scheme=scheme)
    settle(page)
    page.screenshot(folder / f"{name}-{width}-{scheme}.png")


def shoot_first_look(page: Page, folder: Path, count: int) -> None:
    for width in SIZES:
        for scheme in SCHEMES:
            shoot(page, folder, f"dash-{count}", width, scheme)


@contextlib.contextmanager
def opened(browser: Chromium, url: str, width: int, scheme: str, least: int) -> Iterator[Page]:
    """A page of its own, once it knows of so many visitors."""
    page = browser.new_page()
    page.resize(width, SIZES[width], 2 if width < 500 else 1)
    page.emulate(prefers_color_scheme=scheme)
    page.navigate(url)
    page.wait_for("document.querySelector('#connection .text').textContent.startsWith('Live')")
    page.wait_for(f"(parseInt(document.title) || 0) >= {least}")
    yield page
    page.close()


def shoot_views(browser: Chromium, folder: Path, url: str, people: People) -> None:
    for width, scheme in itertools.product((1440, 390), SCHEMES):
        for name, behind in VIEWS.items():
            with opened(browser, url + behind.format(id=people.somebody), width, scheme, 1) as page:
                settle(page, 6 if name == "visitor" else 3)
                shoot(page, folder, f"view-{name}", width, scheme)
        with opened(browser, url, width, scheme, 1) as page:
            for tab in TABS if width < 900 else ():
                page.evaluate(f"document.querySelector('#tabs [data-tab={tab}]').click()")
                shoot(page, folder, f"view-{tab}", width, scheme)
            page.key("k", control=True)
            page.evaluate("(() => { const e = document.querySelector('#palette input'); e.value = 'sh';"
                          " e.dispatchEvent(new Event('input', { bubbles: true })); })()")
            shoot(page, folder, "view-palette", width, scheme)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--visitors", default="0,12,300,10000", help="how many, each in a set of pictures of its own")
    parser.add_argument("--views", action="store_true", help="and every view, of 300")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    counts = [int(count) for count in options.visitors.split(",") if count]
    with Chromium.launch() as browser:
        for count in dict.fromkeys(counts + [300] * options.views):
            with site(count) as (url, people):
                if count in counts:
                    with opened(browser, url, 1440, "light", count * 9 // 10) as page:
                        settle(page, 12 if count else 2)
                        shoot_first_look(page, options.folder, count)
                if options.views and count == 300:
                    shoot_views(browser, options.folder, url, people)


if __name__ == "__main__":
    main()
