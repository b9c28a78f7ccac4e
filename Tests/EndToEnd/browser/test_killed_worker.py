"""A page whose worker was killed: soon back on another one, and still the same visitor."""

from __future__ import annotations

import time

import pytest

from test_visitor import open_page, visitors
from waiting import wait_until
from watcher import Watcher
from website import tag

ROUNDS = 3

#: Notes how long the page waited between the end of a connection and the next one, in milliseconds of its clock.
STOPWATCH = """<script>
    window.waited = [];
    let closed = 0;
    const Real = WebSocket;
    window.WebSocket = class extends Real {
        constructor(...words) {
            super(...words);
            if (closed) waited.push(Math.round(performance.now() - closed));
            closed = 0;
            this.addEventListener('close', () => { closed = performance.now(); });
        }
    };
</script>"""


@pytest.fixture
def server(start_server):
    """The real one, in the place of the fake of the other browser tests."""
    return start_server()


def test_it_is_back_on_another_worker_without_being_touched(visitor, server, site) -> None:
    watcher = Watcher(server)
    open_page(visitor, site.page("/", tag(server), head=STOPWATCH), watcher)
    [name] = watcher.ids
    for _ in range(ROUNDS):
        # Only who was welcomed knows that the server is well, and tells of a change of route.
        path = f"/{time.monotonic_ns()}"
        visitor.evaluate(f"void history.pushState(null, '', '{path}')")
        watcher.until_sample(p=path)
        [victim] = [row["worker"] for row in visitors(server)]
        samples = len(watcher.samples)
        server.kill_worker(victim)
        wait_until(lambda: [row["worker"] for row in visitors(server)] not in ([victim], []), 20, "it to be back")
        watcher.until(lambda: len(watcher.samples) > samples, "its opening sample")
    waited = visitor.evaluate("waited")
    print(waited)
    # At most 1.5 s, and more only where its machine lets a clock wait; whoever keeps away, keeps away for 2 s.
    assert len(waited) == ROUNDS and min(waited) < 1900, waited
    # A cut is no goodbye: it has left, and the same one has come.
    assert watcher.kills == [name] * ROUNDS and watcher.ids == {name}
    visitor.errors.clear()  # the browser reports the connections
