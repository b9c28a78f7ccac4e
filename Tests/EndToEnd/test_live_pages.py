"""Real pages in a real browser against the real server."""

from __future__ import annotations

import functools
import http.server
import threading
from typing import Iterator

import pytest

from chromium import Chromium, find_chromium
from waiting import wait_until
from wire import Stream

TUTORIAL = """<!doctype html><meta charset="utf-8"><title>tutorial</title>
<body style="margin:0;height:100vh">
<script>
const id = 'tutorial-visitor';
const socket = new WebSocket('ws://127.0.0.1:PORT', ['json']);
const sent = [];
socket.onopen = () => { document.title = 'open ' + socket.protocol; };
document.addEventListener('mousemove', event => {
  const sample = { id, x: event.clientX, y: event.clientY };
  sent.push(sample);
  socket.send(JSON.stringify(sample));
});
</script>"""


class Page(http.server.BaseHTTPRequestHandler):
    """Serves one text at every path."""

    def __init__(self, text: str, *arguments) -> None:
        self.text = text
        super().__init__(*arguments)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.text.encode())

    def log_message(self, *arguments) -> None:
        """Nothing: the test says what went wrong."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    if find_chromium() is None:
        pytest.fail("no chromium: install Debian's, or name one in $CHROMIUM")
    with Chromium.launch() as launched:
        yield launched


@pytest.fixture
def host():
    """Serves a text from a port of its own; returns its URL."""
    servers = []

    def serve(text: str) -> str:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Page, text))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return "http://127.0.0.1:%d/" % server.server_address[1]

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_tutorials_page_arrives_unchanged(server, browser, host):
    viewer = Stream(server)
    page = browser.new_page(host(TUTORIAL.replace("PORT", str(server.ingest[1]))))
    page.wait_for("document.title === 'open json'")
    for step in range(200):
        page.move(20 + step * 3, 30 + step % 50)
    wait_until(lambda: page.evaluate("sent.length") >= 200, 60, "200 moves in the page")
    sent = page.evaluate("sent")
    arrived = [message.data for message in viewer.take(len(sent))]
    assert arrived == sent
    page.close()
    assert viewer.take(1)[0].data == {"kill": "tutorial-visitor"}


def test_the_sample_page_and_the_admin_page(server, browser, tmp_path):
    admin = browser.new_page(server.http_url + "/admin/alice")
    sample = browser.new_page(server.http_url + "/")
    for step in range(120):
        sample.move(100 + step * 4, 120 + (step * 7) % 300)
    name = wait_until(
        lambda: next((visitor["id"] for visitor in server.state()["visitors"]), None), 60, "the visitor")
    admin.wait_for(f"document.body.innerText.includes({name!r})")
    painted = """(() => {
      const canvases = [...document.querySelectorAll('canvas')].sort(
        (a, b) => b.width * b.height - a.width * a.height);
      const map = canvases[0];
      const data = map.getContext('2d').getImageData(0, 0, map.width, map.height).data;
      const colours = new Set();
      for (let i = 0; i < data.length; i += 4) colours.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
      return colours.size;
    })()"""

    def has_path() -> bool:
        # A trail is gone after seconds, so it is drawn again for each look.
        for step in range(60):
            sample.move(200 + step * 5, 500 - step * 4)
        return admin.evaluate(painted) > 8

    wait_until(has_path, 60, "a path on the map")
    admin.screenshot(str(tmp_path / "admin.png"))
    assert admin.errors == []
    sample.close()
    wait_until(lambda: server.state()["visitors"] == [], 60, "the visitor to have left")
    admin.close()


def test_the_admin_page_outlives_a_restart(start_server, browser):
    server = start_server()
    address = "%s:%d" % server.http
    admin = browser.new_page(server.http_url + "/admin/alice")
    admin.wait_for("document.body.innerText.toLowerCase().includes('live')")
    assert server.stop() == 0
    admin.wait_for("!/\\blive\\b/i.test(document.body.innerText.split('\\n').slice(0, 12).join(' '))")
    start_server("--http", address)
    admin.wait_for("/\\blive\\b/i.test(document.body.innerText.split('\\n').slice(0, 12).join(' '))", 60)
    admin.close()
