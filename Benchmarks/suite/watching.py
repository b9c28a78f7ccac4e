"""Who looks on while something is done to a server: a viewer who counts what came of each connection, and one who asks
again and again whether the server is ready."""

import collections
import http.client
import json
import threading
import time


class Viewer:
    """Reads the default shape, in a thread, and holds what comes against the numbers of `returning.py`.

    With `may_fold` a number may be passed over, as by a worker that folds: `folded` counts them."""

    def __init__(self, address, token=None, may_fold=False):
        host, _, port = address.rpartition(":")
        self.arrived = collections.Counter()
        self.present = set()
        self.total = 0
        self.folded = 0
        self._may_fold = may_fold
        self.wrong = []
        self.ended = None
        self._connection = http.client.HTTPConnection(host, int(port), timeout=60)
        self._connection.request(
            "GET", "/receive/watching", headers={"Authorization": f"Bearer {token}"} if token else {})
        self._response = self._connection.getresponse()
        if self._response.status != 200:
            raise RuntimeError(f"the stream was answered {self._response.status}")
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            for line in self._response.fp:
                if line.startswith(b"data: {\"id\""):
                    self._take(json.loads(line[6:]))
                elif line.startswith(b"data: {\"kill\""):
                    self.present.discard(json.loads(line[6:])["kill"])
                elif line.startswith(b"event: "):
                    self.wrong.append(f"the stream said {line[7:].decode().strip()}")
            self.ended = "it ended"
        except (OSError, ValueError) as error:
            self.ended = repr(error)

    def _take(self, sample):
        epoch = (sample["id"], sample["x"])
        due = self.arrived[epoch]
        self.present.add(sample["id"])
        if sample["y"] > due and self._may_fold:
            self.folded += sample["y"] - due
        elif sample["y"] != due:
            self.wrong.append(f"{sample['id']}, connection {sample['x']}: number {sample['y']} came for {due}")
        self.arrived[epoch] = sample["y"] + 1
        self.total += 1


class Readiness:
    """Asks /readyz a hundred times a second, in a thread."""

    def __init__(self, address, pause_seconds=0.01):
        self._address = address
        self._pause_seconds = pause_seconds
        self.asked = 0
        self.slowest_seconds = 0.0
        self.failures = []
        self._is_over = False
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self):
        host, _, port = self._address.rpartition(":")
        while not self._is_over:
            began = time.monotonic()
            connection = http.client.HTTPConnection(host, int(port), timeout=30)
            try:
                connection.request("GET", "/readyz")
                answer = connection.getresponse()
                said = answer.read().decode().strip()
                if answer.status != 200:
                    self.failures.append(f"{answer.status} {said}")
            except OSError as error:
                self.failures.append(repr(error))
            finally:
                connection.close()
            self.asked += 1
            self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - began)
            time.sleep(self._pause_seconds)

    def end(self):
        self._is_over = True
        self._thread.join()
