"""What real clients see of each limit: the close code that is documented, or the answer to a handshake.

One server with small limits, and a table of what is done and what follows; each client does all of it that it can.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Any, Callable, Iterator

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from chromium import Chromium, find_chromium
from server import Server
from test_ingest_clients import NODE_LIBRARIES
from wire import close_clients_of

SECONDS = 20
OPTIONS = [
    "--deflate", "--message-bytes", "4K", "--message-fragments", "4", "--message-rate", "2400", "--byte-rate", "1M",
    "--rate-patience", "0", "--message-timeout", "1s", "--handshake-timeout", "1s", "--head-bytes", "4K"]


def array(visitors: list[str]) -> str:
    return "[" + ",".join('{"id":"%s","x":1,"y":2}' % visitor for visitor in visitors) + "]"


LARGE = json.dumps({"id": "ann", "x": 1, "y": 1, "other": "".join(chr(65 + step % 57) for step in range(5000))})
CASES: dict[str, tuple[list[tuple[str, Any]], int, str]] = {
    # what is sent: texts, binaries, a text in fragments (the last one withheld where it is None)
    "too large": ([("text", LARGE)], 1009, "--message-bytes"),
    # 4 KiB of it are sent as a few bytes by a client that compresses.
    "a bomb": ([("text", "[" + " " * 5000 + "]")], 1009, "--message-bytes"),
    "fragments": ([("fragments", ["["] + [" "] * 4 + ["]"])], 1009, "--message-fragments"),
    "never whole": ([("fragments", ["[", None])], 1008, "--message-timeout"),
    # As arrays, since a client that compresses messages of one takes its time.
    "events": ([("text", array(["ann"] * 150))] * 24, 1008, "--message-rate"),
    "bytes": ([("text", "[" + " " * 3900 + "]")] * 400, 1008, "--byte-rate"),
    "ids": ([("text", array([f"v{number}" for number in range(start, start + 90)])) for start in (0, 90, 180)],
            1008, "256"),
    "no JSON": ([("text", "hello")], 1007, "JSON"),
    "not acceptable": ([("text", '{"id":"ann","x":1}')], 1008, ""),
    "binary": ([("binary", "x")], 1003, "binary"),
}

NODE = """
const WebSocket = require('ws');
const [url, cases] = [process.argv[1], JSON.parse(require('fs').readFileSync(0))];
async function see(actions, options) {
  const socket = new WebSocket(url, ['json'], { perMessageDeflate: { threshold: 0 }, ...options });
  const closed = new Promise((resolve) => {
    socket.on('close', (code, reason) => resolve([code, String(reason)]));
    socket.on('unexpected-response', (request, answer) => { request.destroy(); resolve([answer.statusCode, '']); });
    socket.on('error', () => {});
  });
  socket.on('open', () => {
    for (const [kind, value] of actions) {
      if (kind === 'text') socket.send(value);
      else if (kind === 'binary') socket.send(Buffer.from(value));
      else for (const [index, part] of value.entries())
        if (part !== null) socket.send(part, { fin: index === value.length - 1, compress: false });
    }
  });
  return Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 20000, [0, 'open']))]);
}
(async () => {
  const seen = {};
  for (const [name, actions] of Object.entries(cases)) seen[name] = see(actions, {});
  seen.head = see([], { headers: { 'X-Large': 'x'.repeat(5000) } });
  for (const name of Object.keys(seen)) seen[name] = await seen[name];
  console.log(JSON.stringify(seen));
  process.exit();
})();
"""

PAGE = """
(async (url, cases) => {
  const see = (actions) => new Promise((resolve) => {
    const socket = new WebSocket(url, ['json']);
    socket.onclose = (event) => resolve([event.code, event.reason]);
    socket.onopen = () => {
      for (const [kind, value] of actions) socket.send(kind === 'binary' ? new TextEncoder().encode(value) : value);
    };
  });
  const seen = {};
  await Promise.all(Object.entries(cases).map(async ([name, actions]) => { seen[name] = await see(actions); }));
  return JSON.stringify(seen);
})(%s, %s)
"""


@pytest.fixture(scope="module")
def small() -> Iterator[Server]:
    server = Server.start("--workers", "1", *OPTIONS)
    yield server
    close_clients_of(server.ingest, server.http)
    server.stop_and_check()


def seen_by_python(server: Server) -> dict[str, list]:
    return {name: see_with_python(server, actions) for name, (actions, _, _) in CASES.items()}


def see_with_python(server: Server, actions: list) -> list:
    def parts(value: list):
        for part in value:
            if part is None:
                # The other half never comes; whoever waits for it gives up.
                connection.recv(timeout=SECONDS)
            yield part

    with connect(server.ingest_url, subprotocols=["json"], proxy=None) as connection:
        try:
            for kind, value in actions:
                if kind == "fragments":
                    connection.send(parts(value))
                else:
                    connection.send(value.encode() if kind == "binary" else value)
            connection.recv(timeout=SECONDS)
        except ConnectionClosed as closed:
            return [closed.rcvd.code, closed.rcvd.reason]
    return [0, "open"]


def seen_by_node(server: Server) -> dict[str, list]:
    cases = {name: actions for name, (actions, _, _) in CASES.items()}
    ended = subprocess.run(
        ["node", "-e", NODE, server.ingest_url], input=json.dumps(cases), capture_output=True, text=True, timeout=60,
        env={**os.environ, "NODE_PATH": NODE_LIBRARIES})
    assert ended.returncode == 0, ended.stderr
    seen = json.loads(ended.stdout)
    assert seen.pop("head") == [431, ""]
    return seen


def seen_by_chromium(server: Server) -> dict[str, list]:
    """A page can send no fragments."""
    cases = {name: actions for name, (actions, _, _) in CASES.items() if actions[0][0] != "fragments"}
    with Chromium.launch() as browser:
        page = browser.new_page(server.http_url + "/")
        return json.loads(page.evaluate(PAGE % (json.dumps(server.ingest_url), json.dumps(cases))))


def needs(program: str | None) -> Any:
    return pytest.mark.skipif(program is None, reason="it is not installed")


@pytest.mark.parametrize("see", [
    pytest.param(seen_by_python, id="websockets"),
    pytest.param(seen_by_node, id="node-ws", marks=needs(shutil.which("node"))),
    pytest.param(seen_by_chromium, id="chromium", marks=needs(find_chromium())),
])
def test_each_limit_is_told_with_its_code(small: Server, see: Callable[[Server], dict[str, list]]):
    seen = see(small)
    wrong = {name: (seen[name], CASES[name][1:]) for name in seen
             if seen[name][0] != CASES[name][1] or CASES[name][2] not in seen[name][1]}
    assert not wrong
    assert len(seen) >= len(CASES) - 2


def test_a_head_over_its_bound(small: Server):
    with pytest.raises(InvalidStatus) as refused:
        connect(small.ingest_url, additional_headers={"X-Large": "x" * 5000}, proxy=None)
    assert refused.value.response.status_code == 431
    assert b"--head-bytes" in refused.value.response.body


def test_no_hello(small: Server):
    """A page that speaks v1 and never says who it is; a half-open one; and what counts them."""
    with connect(small.ingest_url, subprotocols=["pointerscope.v1"], proxy=None) as connection:
        with pytest.raises(ConnectionClosed) as closed:
            connection.recv(timeout=SECONDS)
    assert closed.value.rcvd.code == 1008 and "--handshake-timeout" in closed.value.rcvd.reason


def test_all_of_it_is_counted_by_reason(small: Server):
    """Behind the tests above."""
    metrics = small.metrics()
    for reason in ["event_rate", "byte_rate", "head", "message_timeout", "hello_timeout"]:
        assert metrics[f'pointerscope_connections_refused_total{{reason="{reason}"}}'] > 0, reason
    for limit in ["bytes", "fragments"]:
        assert metrics[f'pointerscope_messages_too_big_total{{limit="{limit}"}}'] > 0, limit
    for code in ["1003", "1007", "1008", "1009"]:
        assert metrics[f'pointerscope_messages_refused_total{{code="{code}"}}'] > 0, code
    metrics.check_accounting()
