"""Reads ptys and sockets to their end and keeps nothing but counts."""

import os
import selectors
import threading
import time

PIECE = 65536
# What comes closer together than this belongs to one picture.
PICTURE_GAP_SECONDS = 0.02


class Count:
    """What came from one descriptor."""

    def __init__(self):
        self.bytes = 0
        self.pictures = 0
        self.heard = 0.0
        self.has_ended = False

    def add(self, count):
        now = time.monotonic()
        if now - self.heard > PICTURE_GAP_SECONDS:
            self.pictures += 1
        self.heard = now
        self.bytes += count


class Drain:
    """One thread for all of them: a reader per descriptor would measure Python."""

    def __init__(self):
        self._selector = selectors.DefaultSelector()
        self._is_closed = False
        # A registration wakes the thread that waits.
        self._wake, self._waker = os.pipe()
        self._selector.register(self._wake, selectors.EVENT_READ, None)
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def add(self, descriptor):
        count = Count()
        with self._lock:
            self._selector.register(descriptor, selectors.EVENT_READ, count)
        os.write(self._waker, b"\0")
        return count

    def remove(self, descriptor):
        with self._lock:
            try:
                self._selector.unregister(descriptor)
            except KeyError:
                pass

    def close(self):
        self._is_closed = True
        os.write(self._waker, b"\0")
        self._thread.join()
        self._selector.close()
        os.close(self._wake)
        os.close(self._waker)

    def _run(self):
        while not self._is_closed:
            for key, _ in self._selector.select(1):
                try:
                    data = os.read(key.fd, PIECE)
                except OSError:
                    # A pty without a slave reads EIO.
                    data = b""
                if key.data is None:
                    continue
                if data:
                    key.data.add(len(data))
                else:
                    key.data.has_ended = True
                    self.remove(key.fd)
