"""Whoever goes on as they began takes no memory of a worker, however many their frames are."""

from __future__ import annotations

import json
import mmap
import struct
from pathlib import Path

import pytest

import preload
from server import BINARY
from waiting import wait_until
from wire import RawWebSocket, frame

COUNTING = r"""
    #include <stdatomic.h>

    static _Atomic unsigned long *taken;

    __attribute__((constructor)) static void count_in_workers(void) {
        if (!has_role("@worker")) return;
        int file = open("COUNTS", O_RDWR | O_CLOEXEC);
        void *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        close(file);
        if (page != MAP_FAILED) taken = page;
    }

    extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
    extern void *__libc_memalign(size_t, size_t);

    static void count(void) { if (taken) atomic_fetch_add(taken, 1); }

    void *malloc(size_t size) { count(); return __libc_malloc(size); }
    void *calloc(size_t many, size_t size) { count(); return __libc_calloc(many, size); }
    void *realloc(void *old, size_t size) { count(); return __libc_realloc(old, size); }
    void *aligned_alloc(size_t alignment, size_t size) { count(); return __libc_memalign(alignment, size); }
    int posix_memalign(void **memory, size_t alignment, size_t size) {
        count();
        return (*memory = __libc_memalign(alignment, size)) ? 0 : ENOMEM;
    }
"""
FRAMES, FRAMES_A_WRITE = 10_000, 16
# What the master asks of its workers once a second takes some.
HEARTBEATS = 60
HELLO = bytes([0, 1, 24, 3, 0xA0, 0x1F, *[9] * 8, 0, 1, ord("/"), 2, 4, 0, 0, 10, 10, 20, 20, 100, 1])


def json_frame(**more) -> bytes:
    return frame(json.dumps({"id": "ann", "x": 812.25, "y": 433, **more}, separators=(",", ":")).encode())


FORMATS = {
    "json": (b"", lambda number: json_frame(), 1),
    "json with much": (b"", lambda number: json_frame(t=1732109508123, b=1, w=1280, h=720, p="/a b"), 1),
    # Nothing is held against what says keys that nobody knows.
    "json of others": (b"", lambda number: json_frame(zz=[True]), 1),
    # Three compact moves each, to and fro; numbers come round after 256.
    "pointerscope.v1": (
        frame(HELLO, opcode=2), lambda number: frame(bytes([number % 256, 0xA0, 0x40, 0xBF, 0xC0, 0xA0, 0]), opcode=2), 3),
}


@pytest.mark.skipif("debug" in Path(BINARY).parts, reason="what is not optimized takes memory for itself")
@pytest.mark.parametrize("name", FORMATS)
def test_ten_thousand_frames_take_no_memory(start_server, tmp_path, name):
    counts = tmp_path / "counts"
    counts.write_bytes(bytes(4096))
    library = preload.build(tmp_path, "counting", COUNTING.replace("COUNTS", str(counts)))
    server = start_server(workers=1, env=preload.environment(library))
    first, make, samples = FORMATS[name]
    subprotocol = "pointerscope.v1" if first else "json"
    visitor = RawWebSocket(server.ingest, extra=f"Sec-WebSocket-Protocol: {subprotocol}\r\n")

    def received() -> int:
        return int(server.metrics()["pointerscope_events_received_total"])

    sent = 0

    def send(count: int) -> None:
        """So many frames; numbers begin with 1."""
        nonlocal sent
        before, start = received(), sent
        for number in range(start, start + count, FRAMES_A_WRITE):
            visitor.send(b"".join(make(1 + number + more) for more in range(FRAMES_A_WRITE)))
        sent += count
        wait_until(lambda: received() == before + count * samples, 30, "all samples")

    if first:
        visitor.send(first)
        wait_until(lambda: received() > 0, 30, "the hello's sample")
    # Who has brought much is known as such, and what that takes is there.
    send(FRAMES)
    with open(counts, "r+b") as file, mmap.mmap(file.fileno(), 4096) as page:
        def taken() -> int:
            return struct.unpack_from("<Q", page)[0]

        assert taken() > 100, "what it began with is counted"
        before = taken()
        send(FRAMES)
        assert taken() - before < HEARTBEATS
