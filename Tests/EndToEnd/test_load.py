"""Slow viewers and floods: bounded, exact, and nobody else's trouble."""

from __future__ import annotations

import multiprocessing
import threading
import time

from load import CountingViewer, PacedSender, batch, newest_in
from waiting import wait_until
from wire import RawWebSocket, Stream

MIB = 1 << 20


class Slowpoke(threading.Thread):
    """Reads about 1 KiB a second until told to read all it can."""

    def __init__(self, server) -> None:
        super().__init__(daemon=True)
        self.stream = Stream(server, receive_buffer=4096)
        self.hurry = threading.Event()
        self.text = b""

    def run(self) -> None:
        while not self.hurry.wait(0.25):
            self.text += self.stream.socket.recv(256)


def read_until_current(stream: Stream, text: bytes, wanted: dict[str, int]) -> bytes:
    """Reads on until the newest sample of each visitor is there."""
    text += stream.buffer
    newest = newest_in(text)
    while newest != wanted:
        more = stream.socket.recv(1 << 20)
        assert more, "closed before it was current"
        text += more
        newest.update(newest_in(text[-len(more) - 200:]))
    return text


def test_slow_viewers_beside_a_good_one(server):
    good = CountingViewer(server)
    stalled = Stream(server, receive_buffer=4096)
    slow = Slowpoke(server)
    good.start()
    slow.start()
    # Were it held up by the slow ones, the sender would never be done.
    sender = PacedSender(server, rate=20_000, seconds=8, heard=lambda: good.count)
    before = server.pss_bytes()
    sender.start()
    highest, end = before, time.monotonic() + 120
    while sender.is_alive():
        highest = max(highest, server.pss_bytes())
        sender.join(0.3)
        assert time.monotonic() < end, f"the good viewer has {good.count} of {sum(sender.sent)} samples"
    sent = sender.finish()
    assert sent == 160_000
    wait_until(lambda: good.count == sent, 60, "the good viewer to have every sample")
    highest = max(highest, server.pss_bytes())
    assert (good.disordered, good.gaps) == (0, 0)
    assert highest - before < 16 * MIB, f"{(highest - before) / MIB:.1f} MiB more"

    metrics = server.metrics()
    metrics.check_accounting()
    wanted = {f"v{index}": count - 1 for index, count in enumerate(sender.sent)}
    slow.hurry.set()
    slow.join(timeout=10)
    for stream, text in [(stalled, b""), (slow.stream, slow.text)]:
        read = read_until_current(stream, text, wanted)
        assert len(read) < 20 * MIB
    metrics = server.metrics()
    assert metrics['pointerscope_events_conflated_total{stage="viewer"}'] > 0
    good.is_done.set()
    good.join(timeout=10)
    for stream in [good.stream, stalled, slow.stream]:
        stream.close()
    wait_until(lambda: server.state()["viewers"] == 0, 60, "the viewers to have gone")
    metrics = server.metrics()
    metrics.check_accounting()
    assert metrics["pointerscope_events_pending"] == 0
    assert metrics["pointerscope_events_offered_total"] == 3 * sent
    assert metrics["pointerscope_events_lost_total"] == 0
    sender.close()


def flood(address, first: int, count: int, seconds: float, results) -> None:
    """Sends as much as the sockets take, from one process; reports what each visitor's last x was."""
    sockets = [RawWebSocket(address) for _ in range(count)]
    sent = [0] * count
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for index, socket in enumerate(sockets):
            socket.send(batch(f"v{first + index}", sent[index], 100))
            sent[index] += 100
    for socket in sockets:
        socket.socket.settimeout(60)
        socket.ping_and_wait()
    results.put({f"v{first + index}": number - 1 for index, number in enumerate(sent)})
    results.get()


def test_an_unpaced_flood(server):
    viewer = CountingViewer(server)
    viewer.start()
    before = server.pss_bytes()
    context = multiprocessing.get_context("fork")
    pipes = [(context.SimpleQueue(), context.SimpleQueue()) for _ in range(2)]

    class Results:
        def __init__(self, out, back):
            self.out, self.back = out, back

        def put(self, value):
            self.out.put(value)

        def get(self):
            return self.back.get()

    processes = [
        context.Process(target=flood, args=(server.ingest, part * 100, 100, 5.0, Results(*pipes[part])))
        for part in range(2)]
    for process in processes:
        process.start()
    highest = before
    end = time.monotonic() + 6
    while time.monotonic() < end:
        highest = max(highest, server.pss_bytes())
        processes[0].join(0.3)
    wanted = {}
    for out, _ in pipes:
        wanted.update(out.get())
    assert len(wanted) == 200
    wait_until(lambda: dict(viewer.newest) == wanted, 60, "the last sample of each visitor")
    highest = max(highest, server.pss_bytes())
    metrics = server.metrics()
    metrics.check_accounting()
    total = sum(wanted.values()) + 200
    assert metrics["pointerscope_events_received_total"] == total
    assert metrics["pointerscope_events_lost_total"] == 0
    assert viewer.disordered == 0
    assert highest - before < 32 * MIB, f"{(highest - before) / MIB:.1f} MiB more"
    # Ten times what is promised, so that a busy machine does not fail it and a stop of seconds does.
    assert viewer.longest_silence < 5
    viewer.is_done.set()
    for _, back in pipes:
        back.put(None)
    for process in processes:
        process.join(timeout=20)
    print(f"{total} samples, {viewer.count} delivered, {(highest - before) / MIB:.1f} MiB, "
          f"longest silence {viewer.longest_silence * 1000:.0f} ms")
