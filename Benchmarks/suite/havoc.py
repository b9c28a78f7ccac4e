"""What `chaos.py` does to a server: kills, stalls and slows its workers, and changes and upgrades it meanwhile.

Each act returns whom it may have taken along: nobody (an empty set), who lived on one worker (their ids), or `ANYBODY`,
where what was killed may have had whom nobody has asked for.
"""

import collections
import json
import os
import random
import shutil
import signal
import threading
import time
import urllib.request

from . import processes
from .paths import POINTERSCOPE
from .returning import ORIGIN

ANYBODY = None
# No heartbeat for 5 s, which the server looks for once a second; the rest is for a machine with other work.
NOTICED_SECONDS = 9
SETTLE_SECONDS = 90
SCALES = (1, 2, 3, 4)
# What an order may be answered with: done; not ready, as a worker died; busy with another one.
ANSWERS = {"reload": (0, 70, 75), "restart": (0, 70, 75), "scale": (0, 70, 75), "upgrade": (0, 70, 75)}


class Havoc:
    """Acts by chance, and what became of them. `wrong` gets a line for whatever is not as it is due."""

    def __init__(self, site, operator, seed, connections, wrong):
        self.site, self.operator, self.seed, self.wrong = site, operator, seed, wrong
        self._order = random.Random(seed)
        self.connections = connections
        self.workers_due = site.workers
        self.counts = collections.Counter()
        self.refused = collections.Counter()
        self.noticed = []
        self.settled_after = []
        # (kind, begin, end, whom it may have taken along), by the monotonic clock.
        self.acts = []
        self._killed = set()
        self._log_at = 0

    # Turns

    def act(self, name=None):
        """One act, and the wait until everything is at rest again."""
        kinds = {
            "kill": 3, "kill while watched": 3, "stall": 3, "stall for good": 1, "slow": 3, "reload": 2, "restart": 2,
            "scale": 2, "upgrade": 2, "kill new in reload": 3, "kill old in reload": 2, "kill in upgrade": 2,
            "stall in upgrade": 1, "upgrade to no program": 1, "storm": 3}
        chosen = self._order.choices(list(kinds), kinds.values())[0]
        name = name or chosen
        # Each turn has dice of its own: how often those of a storm are thrown is a matter of time.
        self.dice = random.Random(f"{self.seed}/{len(self.acts)}")
        began = time.monotonic()
        fallen = getattr(self, "_" + name.replace(" ", "_"))()
        self.counts[name] += 1
        acted = time.monotonic()
        if not self.settle(name):
            return False
        self.settled_after.append(time.monotonic() - acted)
        self.acts.append((name, began, time.monotonic(), fallen))
        return True

    def settle(self, name):
        """Waits until as many workers as are due run, and everybody is connected and known: has said something."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while True:
            workers = self.workers()
            states = [worker["state"] for worker in workers]
            for worker in workers:
                if worker["state"] == "errored":
                    self._ask(f"restart {worker['worker']}")
            # A process that was killed is there until the kernel and the master have come to it.
            if states == ["running"] * self.workers_due \
                    and not self._killed & {worker["pid"] for worker in workers} \
                    and sum(worker["connections"] for worker in workers) == self.connections \
                    and self.operator.status()["visitors"] == self.connections:
                return True
            if time.monotonic() > deadline:
                self.wrong.append(f"{name}: not at rest after {SETTLE_SECONDS} s: {workers}")
                return False
            time.sleep(0.05)

    def back_to(self, count):
        """As many workers as in the beginning."""
        for _ in range(20):
            if self.workers_due == count:
                return
            if self._ask(f"scale {count}") == 0:
                self.workers_due = count
            self.settle("back")

    # Acts

    def _kill(self):
        self._signal(self._any_worker(), signal.SIGKILL)
        return ANYBODY

    def _kill_while_watched(self):
        """Stopped first, so that nobody comes to it or goes any more, and who lives on it can be asked for."""
        pid = self._any_worker()
        if not self._stop(pid):
            return ANYBODY
        living = self._living_on(pid)
        self._signal(pid, signal.SIGKILL)
        return living

    def _stall(self):
        pid = self._any_worker()
        self._stop(pid)
        time.sleep(self.dice.uniform(0.1, 3))
        self._signal(pid, signal.SIGCONT)
        return set()

    def _stall_for_good(self):
        pid = self._any_worker()
        self._log("")
        began = time.monotonic()
        if not self._stop(pid):
            return ANYBODY
        living = self._living_on(pid)
        while pid not in [line["worker_pid"] for line in self._log("worker_unresponsive")]:
            if time.monotonic() > began + NOTICED_SECONDS:
                self.wrong.append(f"a worker that was stopped was not noticed within {NOTICED_SECONDS} s")
                self._signal(pid, signal.SIGKILL)
                return living
            time.sleep(0.02)
        self.noticed.append(time.monotonic() - began)
        self._killed.add(pid)
        return living

    def _slow(self):
        """A worker that gets a tenth to a half of its time."""
        pid = self._any_worker()
        share, end = self.dice.uniform(0.1, 0.5), time.monotonic() + self.dice.uniform(1, 5)
        while time.monotonic() < end:
            self._signal(pid, signal.SIGSTOP)
            time.sleep(0.1 * (1 - share))
            self._signal(pid, signal.SIGCONT)
            time.sleep(0.1 * share)
        return set()

    def _reload(self):
        self._ask("reload")
        return set()

    def _restart(self):
        self._ask(f"restart {self.dice.choice(self.workers())['worker']}")
        return set()

    def _scale(self):
        count = self.dice.choice([count for count in SCALES if count != self.workers_due])
        if self._ask(f"scale {count}") == 0:
            self.workers_due = count
        return set()

    def _upgrade(self):
        self.site.renew(POINTERSCOPE)
        self._ask("upgrade")
        return set()

    def _upgrade_to_no_program(self):
        self.site.renew("/bin/false")
        if self._ask("upgrade") == 0:
            self.wrong.append("an upgrade to no program was done")
        self.site.renew(POINTERSCOPE)
        return set()

    def _kill_new_in_reload(self):
        before = set(processes.children(self.site.pid))
        asked = self._start("reload")
        deadline = time.monotonic() + 10
        while not (new := set(processes.children(self.site.pid)) - before) and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(self.dice.uniform(0, 0.08))
        for pid in sorted(new)[:1]:
            self._signal(pid, signal.SIGKILL)
        asked.join()
        return ANYBODY

    def _kill_old_in_reload(self):
        old = self._any_worker()
        asked = self._start("reload")
        time.sleep(self.dice.uniform(0, 0.1))
        self._signal(old, signal.SIGKILL)
        asked.join()
        return ANYBODY

    def _kill_in_upgrade(self):
        pid = self._any_worker()
        self.site.renew(POINTERSCOPE)
        asked = self._start("upgrade")
        time.sleep(self.dice.uniform(0, 0.1))
        self._signal(pid, signal.SIGKILL)
        asked.join()
        return ANYBODY

    def _stall_in_upgrade(self):
        pid = self._any_worker()
        self._stop(pid)
        self._upgrade()
        time.sleep(self.dice.uniform(0, 2))
        self._signal(pid, signal.SIGCONT)
        return set()

    def _storm(self):
        """Several at once."""
        acts = ["kill", "kill", "stall", "slow", "reload", "restart", "upgrade"]
        threads = []
        for name in self.dice.choices(acts, k=self.dice.randint(2, 5)):
            threads.append(self._begin(getattr(self, "_" + name)))
            time.sleep(self.dice.uniform(0, 0.3))
        for thread in threads:
            thread.join()
        return ANYBODY

    # Means

    def workers(self):
        return [value for kind, value in self.operator.ask("workers")[0] if kind == "worker"]

    def _any_worker(self):
        pids = [worker["pid"] for worker in self.workers() if worker["state"] == "running" and worker["pid"]]
        # Between two who both die there is a moment without any.
        return self.dice.choice(pids) if pids else 0

    def _signal(self, pid, number):
        try:
            if pid:
                os.kill(pid, number)
                if number == signal.SIGKILL:
                    self._killed.add(pid)
        except ProcessLookupError:
            # In a storm somebody else was faster.
            pass

    def _stop(self, pid):
        """Stops a process; whether it stands."""
        self._signal(pid, signal.SIGSTOP)
        for _ in range(1000):
            try:
                with open(f"/proc/{pid}/stat") as file:
                    state = file.read().rpartition(")")[2].split()[0]
            except OSError:
                return False
            if state == "T":
                return True
            time.sleep(0.001)
        return False

    def _living_on(self, pid):
        """Who is connected to a worker that stands, once the master has taken all that it had said."""
        found, before = self.site.living_on(pid), None
        while found != before:
            time.sleep(0.1)
            found, before = self.site.living_on(pid), found
        return found

    def _ask(self, order):
        """How an order ended."""
        try:
            items, status = self.operator.ask(order)
        except (OSError, RuntimeError) as error:
            self.wrong.append(f"{order}: {error!r}")
            return None
        if status not in ANSWERS[order.split()[0]]:
            self.wrong.append(f"{order}: status {status}: {items[-1:]}")
        if status:
            self.refused[f"{order.split()[0]} {status}"] += 1
        return status

    def _start(self, order):
        return self._begin(self._ask, order)

    def _begin(self, what, *arguments):
        """A thread that does it; what it fails of is wrong."""
        def guarded():
            try:
                what(*arguments)
            except Exception as error:
                self.wrong.append(f"{what.__name__}: {error!r}")
        thread = threading.Thread(target=guarded)
        thread.start()
        return thread

    def _log(self, event):
        """New lines of the log that tell of this."""
        with open(self.site.log, encoding="utf-8") as file:
            file.seek(self._log_at)
            text = file.read()
        whole = text[:text.rfind("\n") + 1]
        self._log_at += len(whole.encode())
        return [line for line in map(json.loads, whole.splitlines()) if line["event"] == event]


class Site:
    """A server in a terminal of its own, whose program, log and control socket lie in a folder."""

    def __init__(self, folder, workers):
        self.workers = workers
        self.program = folder / "pointerscope"
        self.log = folder / "log"
        self.control = folder / "control"
        self._renewing = threading.Lock()
        shutil.copy(POINTERSCOPE, self.program)

    @property
    def command(self):
        return [str(word) for word in (
            self.program, "serve", "--ingest", "127.0.0.1:0", "--http", "127.0.0.1:0", "--workers", self.workers,
            "--log", self.log, "--control", self.control, "--origin", ORIGIN)]

    def await_ready(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            lines = self.log.read_text().splitlines(keepends=True) if self.log.exists() else []
            for line in lines:
                value = json.loads(line) if line.endswith("\n") else {}
                if value.get("event") == "ready":
                    self.pid, self.ingest, self.http = value["pid"], value["ingest"], value["http"]
                    return
            time.sleep(0.02)
        raise RuntimeError("the server is not ready")

    def renew(self, source):
        """Puts another program in the place of the one that was started, which nobody has seen half-written."""
        # One at a time: nobody may execute what another one still writes.
        with self._renewing:
            fresh = self.program.with_name("fresh")
            shutil.copy(source, fresh)
            fresh.rename(self.program)

    def visitors(self):
        """The worker of each visitor."""
        with urllib.request.urlopen(f"http://{self.http}/api/state", timeout=60) as answer:
            state = json.load(answer)
        return {visitor["id"]: visitor["worker"] for visitor in state["visitors"]}

    def living_on(self, pid):
        return {name for name, worker in self.visitors().items() if worker == pid}
