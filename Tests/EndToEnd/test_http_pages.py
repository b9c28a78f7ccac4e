"""What the routes say: state, metrics, health, the pages and their files."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import time

from urllib.parse import urljoin
from urllib.request import Request, urlopen

import pytest

from samples import take_until_killed
from server import Metrics
from waiting import wait_until
from wire import RawWebSocket, Stream

METRIC_LINE = re.compile(
    r'# (HELP|TYPE) (pointerscope|process)_[a-z_]+ .+|(pointerscope|process)_[a-z_]+(\{[a-z]+="[+a-zA-Z0-9_.-]+"\})? (NaN|[0-9]+(\.[0-9]+)?(e-[0-9]+)?)')
TOTALS = {"received", "relayed", "lost", "offered", "delivered", "conflated"}


def sample(visitor: str, x: int = 0, **more) -> dict:
    return {"id": visitor, "x": x, "y": 0, **more}


def test_the_state_of_an_empty_server(server):
    state = server.state()
    assert list(state) == ["visitors", "workers", "viewers", "totals"]
    assert state["visitors"] == [] and state["viewers"] == 0
    assert sorted(row["pid"] for row in state["workers"]) == sorted(server.children())
    for row in state["workers"]:
        assert list(row) == [
            "pid", "state", "connections", "rate", "restarts", "rss", "cpu", "folded", "received", "number"]
        assert (row["state"], row["connections"], row["rate"], row["restarts"]) == ("running", 0, 0, 0)
        assert 0 <= row["cpu"] <= 2 and row["folded"] == row["received"] == 0
        assert row["rss"] > 1 << 20
    assert TOTALS <= state["totals"].keys() and all(value == 0 for value in state["totals"].values())


def test_the_state_has_the_most_active_first(server):
    began = time.time() * 1000
    visitors = {name: RawWebSocket(server.ingest) for name in ("slow", "fast", "still", "middle")}
    counts = {"fast": 90, "middle": 45, "slow": 9, "still": 1}

    def state_after_a_burst() -> dict | None:
        for name, visitor in visitors.items():
            visitor.say([sample(name, x, p=f"/{name}") for x in range(counts[name])])
            visitor.ping_and_wait()
        state = server.state()
        return state if [row["id"] for row in state["visitors"]] == list(counts) else None

    state = wait_until(state_after_a_burst, 60, "the order of activity")
    for row in state["visitors"]:
        assert list(row) == ["id", "since", "last", "rate", "page", "worker"]
        assert row["page"] == "/" + row["id"]
        assert row["worker"] in server.worker_pids()
        assert began - 1000 <= row["since"] <= row["last"] <= time.time() * 1000 + 1000
    rates = [row["rate"] for row in state["visitors"]]
    assert rates == sorted(rates, reverse=True) and rates[0] > rates[-1] > 0
    assert sum(row["connections"] for row in state["workers"]) == 4
    assert {row["connections"] for row in state["workers"]} == {2}, "connections go round"


def test_activity_moves_a_visitor_up_and_silence_down(server):
    first, second = RawWebSocket(server.ingest), RawWebSocket(server.ingest)

    def order_after(visitor: RawWebSocket, name: str) -> list[str]:
        visitor.say([sample(name)] * 20)
        visitor.ping_and_wait()
        return [row["id"] for row in server.state()["visitors"]]

    second.say(sample("second"))
    wait_until(lambda: order_after(first, "first") == ["first", "second"], 60, "first to lead")
    wait_until(lambda: order_after(second, "second") == ["second", "first"], 60, "second to lead")
    wait_until(lambda: all(row["rate"] == 0 for row in server.state()["visitors"]), 60, "the rates to fall to nothing")


def test_the_state_is_json_whatever_the_ids(server):
    visitor = RawWebSocket(server.ingest)
    names = ['"', "\\", "</script>", "\U0001f600", "\u2028"]
    visitor.say([sample(name, p=name) for name in names])
    visitor.ping_and_wait()
    state = wait_until(lambda: server.state() if len(server.state()["visitors"]) == len(names) else None)
    assert {row["id"]: row["page"] for row in state["visitors"]} == {name: name for name in names}


def test_the_state_of_a_crowd(server):
    """More than fits in one write: 2,560 visitors with long names."""
    visitors = [RawWebSocket(server.ingest) for _ in range(10)]
    for number, visitor in enumerate(visitors):
        for start in range(0, 256, 64):
            visitor.say([sample(f"{number}-{one}-" + "n" * 50, p="/" + "p" * 200) for one in range(start, start + 64)])
    state = wait_until(lambda: server.state() if len(server.state()["visitors"]) == 2560 else None, 60)
    assert len({row["id"] for row in state["visitors"]}) == 2560


def test_the_metrics_text(server):
    answer = server.get("/metrics")
    assert answer.getheader("content-type").startswith("text/plain; version=0.0.4")
    metrics = Metrics(answer.text)
    assert all(METRIC_LINE.fullmatch(line) for line in answer.text.splitlines())
    helped = {line.split(" ")[2] for line in answer.text.splitlines() if line.startswith("# HELP ")}
    assert helped == metrics.types.keys()
    for family, kind in metrics.types.items():
        assert (kind == "counter") == family.endswith("_total"), family
    for name in ("received", "relayed", "offered", "delivered", "conflated", "lost", "undelivered"):
        assert metrics.types[f"pointerscope_events_{name}_total"] == "counter"
        assert metrics[f"pointerscope_events_{name}_total"] == 0


def test_the_accounting(server):
    """Viewers of both shapes, one gone in between, one that comes late, one that resumes."""
    events = "pointerscope_events_"
    visitor = RawWebSocket(server.ingest)
    first, frames, leaving = Stream(server), Stream(server, "?shape=frames&hz=60"), Stream(server)
    visitor.say([sample("ann", x) for x in range(100)])
    half = leaving.take(100)
    leaving.close()
    viewers = "pointerscope_viewers"
    wait_until(lambda: server.metrics()[viewers] == 2, 60, "the viewer to have gone")
    late = Stream(server)
    resumed = Stream(server, headers=f"Last-Event-ID: {half[39].id}\r\n")
    visitor.say([sample("ann", x) for x in range(100, 150)])
    visitor.close_well()
    heard = [len(take_until_killed(stream, ["ann"])) - 1 for stream in (first, late, resumed)]
    assert heard == [150, 50, 110]
    told = 0
    while told < 151:
        message = frames.take(1)[0]
        told = message.n
    metrics = wait_until(lambda: (lambda m: m if m[events + "pending"] == 0 else None)(server.metrics()))
    metrics.check_accounting()
    assert metrics[events + "received_total"] == metrics[events + "relayed_total"] == 150
    assert metrics[events + "lost_total"] == metrics[events + 'conflated_total{stage="relay"}'] == 0
    assert metrics[events + "offered_total"] == 150 + 150 + 100 + 50 + 110
    assert metrics[events + "offered_total"] == (
        metrics[events + "delivered_total"] + metrics[events + 'conflated_total{stage="viewer"}'])
    totals = server.state()["totals"]
    assert (totals["received"], totals["relayed"], totals["offered"]) == (150, 150, 560)


def test_the_accounting_under_a_burst(server):
    """Two visitors as fast as they can, three viewers of whom one does not read until the end."""
    streams = [Stream(server), Stream(server, "?shape=frames&hz=60"), Stream(server, receive_buffer=4096)]
    visitors = [RawWebSocket(server.ingest) for _ in range(2)]
    for x in range(400):
        for number, visitor in enumerate(visitors):
            visitor.say([sample(f"visitor-{number}", x * 10 + one) for one in range(10)])
    for visitor in visitors:
        visitor.close_well()
    heard = take_until_killed(streams[0], ["visitor-0", "visitor-1"])
    last = {message.data["id"]: message.data["x"] for message in heard if "id" in message.data}
    assert last == {"visitor-0": 3999, "visitor-1": 3999}
    for stream in streams[1:]:
        while stream.take(1)[0].n < heard[-1].n:
            pass
    metrics = wait_until(
        lambda: (lambda m: m if m["pointerscope_events_pending"] == 0 else None)(server.metrics()), 60, "rest")
    metrics.check_accounting()
    assert metrics["pointerscope_events_received_total"] == 8000
    assert metrics["pointerscope_events_lost_total"] == 0


def test_health(server):
    for path, said in (("/healthz", "ok\n"), ("/readyz", "ready\n")):
        answer = server.get(path)
        assert (answer.status, answer.text) == (200, said)


def test_the_sample_page_has_the_snippet_and_the_ingest_address(server):
    answer = server.get("/")
    assert answer.getheader("content-type") == "text/html; charset=utf-8"
    tag = re.search(r'<script src="./pointerscope.js" data-ingest="([^"]+)"[^>]*></script>', answer.text)
    assert tag and tag[1] == server.ingest_url.rstrip("/")
    assert "{{" not in answer.text and ":8081" not in answer.text, "a placeholder is left"


@pytest.mark.parametrize("path, kind", [
    ("/pointerscope.js", "text/javascript; charset=utf-8"),
    ("/admin/adminname", "text/html; charset=utf-8"),
    ("/admin/someone-else", "text/html; charset=utf-8"),
    ("/assets/dashboard/layout.css", "text/css; charset=utf-8"),
    ("/assets/dashboard/main.js", "text/javascript; charset=utf-8"),
    ("/assets/dashboard/icon.svg", "image/svg+xml"),
    ("/api/state", "application/json"),
    ("/healthz", "text/plain; charset=utf-8"),
])
def test_types_and_security(server, path, kind):
    answer = server.get(path)
    assert answer.status == 200 and answer.text
    assert answer.getheader("content-type") == kind
    assert answer.getheader("x-content-type-options") == "nosniff"
    is_snippet = path == "/pointerscope.js"
    assert answer.getheader("cross-origin-resource-policy") == ("cross-origin" if is_snippet else "same-origin")
    assert answer.getheader("access-control-allow-origin") == ("*" if is_snippet else None)
    assert answer.getheader("server") is None


SCRIPTS = ["pointerscope.js", "pointerscope.mjs", "pointerscope-live.js", "pointerscope-options.js",
           "pointerscope-fallback.js"]


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_form_of_the_snippet_is_the_same_text(server, name):
    def fetch(accepted: str) -> bytes:
        request = Request(f"{server.http_url}/{name}", headers={"Accept-Encoding": accepted})
        with urlopen(request) as answer:
            assert answer.headers["Content-Encoding"] == (accepted if accepted != "identity" else None)
            return answer.read()

    plain = fetch("identity")
    assert b"%ENDPOINT%" not in plain and b"%BASE%" not in plain
    assert gzip.decompress(fetch("gzip")) == plain
    script = "process.stdout.write(zlib.brotliDecompressSync(fs.readFileSync(0)))"
    assert subprocess.run(["node", "-e", script], input=fetch("br"), capture_output=True).stdout == plain
    if name == "pointerscope.js":
        assert plain.endswith(f'("{server.ingest_url.rstrip("/")}","{server.http_url}/")'.encode())
        assert len(fetch("gzip")) <= 1536


def test_pages_keep_strangers_out(server):
    for path in ("/", "/admin/adminname"):
        answer = server.get(path)
        policy = answer.getheader("content-security-policy")
        assert "default-src 'self'" in policy and "unsafe" not in policy
        # Of a form and a script that change something an Origin is wanted, which no-referrer takes away.
        assert answer.getheader("referrer-policy") == ("no-referrer" if path == "/" else "same-origin")
        assert answer.getheader("x-frame-options") == "DENY"
        assert answer.getheader("cross-origin-opener-policy") == "same-origin"
        for directive in ("frame-ancestors", "base-uri", "form-action"):
            assert f"{directive} 'none'" in policy


def policy_of(server, path: str) -> dict[str, str]:
    parts = server.get(path).getheader("content-security-policy").split("; ")
    return dict(part.split(" ", 1) for part in parts)


def test_pages_talk_to_nobody_else(server):
    assert policy_of(server, "/")["connect-src"] == "ws://{0}:{1} http://{0}:{1}".format(*server.ingest)
    assert policy_of(server, "/admin/adminname").get("connect-src", "'self'") == "'self'"


def test_a_policy_cannot_name_an_ipv6_address(start_server):
    server = start_server("--ingest", "[::1]:0")
    port = server.ready["ingest"].rsplit(":", 1)[1]
    assert policy_of(server, "/")["connect-src"] == f"ws://*:{port} http://*:{port}"


def test_pages_name_only_what_is_there(server):
    """Everything that pages, styles and modules refer to on this server is answered."""
    seen: set[str] = set()
    waiting = ["/", "/admin/adminname"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = server.get(path)
        assert answer.status == 200, path
        found = re.findall(r'(?:src|href)="([^"<{}]+)"', answer.text)
        found += re.findall(r"(?:from|import) '(\./[^']+)'", answer.text)
        for target in [urljoin(path, target) for target in found]:
            if not target.startswith("/receive/") and target != "/sign-in":
                waiting.append(target)
    assert {"/pointerscope.js", "/assets/dashboard/main.js", "/assets/dashboard/picture.js"} <= seen


def test_the_icon(server):
    assert server.get("/favicon.ico").status in (200, 204)


def test_ids_do_not_reach_the_sample_page_or_the_metrics(server):
    visitor = RawWebSocket(server.ingest)
    visitor.say(sample("<script>alert(1)</script>", p="/secret"))
    wait_until(lambda: json.dumps(server.state()).count("alert(1)") == 1)
    for path in ("/", "/metrics", "/admin/adminname"):
        assert "alert(1)" not in server.get(path).text and "/secret" not in server.get(path).text
