"""What /proc says of a tree of processes."""

import os
import signal
import time

if os.geteuid() != 0:
    # A server that keeps to itself tells only root of its memory.
    os.environ.setdefault("POINTERSCOPE_DEBUGGABLE", "1")


def tree(pid):
    """The process and all its descendants."""
    children = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat") as file:
                parent = int(file.read().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        children.setdefault(parent, []).append(int(name))
    found = [pid]
    for member in found:
        found.extend(children.get(member, []))
    return found


def pss_bytes(pid):
    """Proportional set size of the tree: shared pages are counted once in all."""
    total = 0
    for member in tree(pid):
        try:
            with open(f"/proc/{member}/smaps_rollup") as file:
                for line in file:
                    if line.startswith("Pss:"):
                        total += int(line.split()[1]) * 1024
        except OSError:
            continue
    return total


def own_bytes(pid):
    """What the processes of the tree have for themselves and among each other, without the files they were started
    from: those are shared with a generator that is the same program, as far as it runs."""
    total = 0
    for member in tree(pid):
        try:
            with open(f"/proc/{member}/smaps_rollup") as file:
                for line in file:
                    if line.startswith(("Pss_Anon:", "Pss_Shmem:")):
                        total += int(line.split()[1]) * 1024
        except OSError:
            continue
    return total


def cpu_seconds(pid):
    """CPU time of the tree so far, user and system."""
    ticks = 0
    for member in tree(pid):
        try:
            with open(f"/proc/{member}/stat") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_kib(pid):
    """`Rss`, `Pss` and `Anonymous` of one process."""
    found = {}
    with open(f"/proc/{pid}/smaps_rollup") as file:
        for line in file:
            name, _, value = line.partition(":")
            if name in ("Rss", "Pss", "Anonymous"):
                found[name] = int(value.split()[0])
    return found


def children(pid):
    """Processes started by the main thread of this one."""
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]


class Stopwatch:
    """CPU time of one process, without its children, from the making of this object on."""

    def __init__(self, pid):
        self.pid = pid
        self._begin = self._reading()

    def share(self):
        """Cores taken since, as a fraction of one."""
        begin, end = self._begin, self._reading()
        wall = end["at"] - begin["at"]
        if begin["threads"].keys() == end["threads"].keys():
            spent = sum(end["threads"].values()) - sum(begin["threads"].values())
            return spent / 1e9 / wall
        # A thread that ended took its nanoseconds along; the process's ticks of 10 ms have them.
        return (end["ticks"] - begin["ticks"]) / os.sysconf("SC_CLK_TCK") / wall

    def _reading(self):
        threads = {}
        for task in os.listdir(f"/proc/{self.pid}/task"):
            try:
                with open(f"/proc/{self.pid}/task/{task}/schedstat") as file:
                    threads[task] = int(file.read().split()[0])
            except OSError:
                continue
        with open(f"/proc/{self.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return {"at": time.monotonic(), "threads": threads, "ticks": int(fields[11]) + int(fields[12])}


def kill(pid):
    """SIGKILL, if it is still there."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def descriptors(pid):
    """Open descriptors of the tree."""
    total = 0
    for member in tree(pid):
        try:
            total += len(os.listdir(f"/proc/{member}/fd"))
        except OSError:
            continue
    return total
