"""What the figures were made on."""

import contextlib
import datetime
import os
import platform
import resource
import subprocess
import time

from .paths import ROOT
from .processes import cpu_seconds


def split_cores():
    """A core for the servers and one for the generator; the same if there is only one."""
    cores = sorted(os.sched_getaffinity(0))
    return {cores[0]}, {cores[-1]}


def prefer(niceness):
    """How much before others this process goes, and what it starts from now on; only root may ask for less than it has."""
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, niceness)


def facts(contestants, cores):
    """Lines that say under which circumstances the figures were made; `cores` where each side has its own."""
    if cores is None:
        sharing = ""
    else:
        sharing = "; servers and generator " + ("share one core" if cores[0] == cores[1] else "have a core each")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        f"{datetime.date.today().isoformat()}, commit {_commit()}",
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release()}{sharing}",
        "; ".join(contestant.version() for contestant in contestants),
        f"load of the machine before the run: {os.getloadavg()[0]:.2f}",
    ]


def stolen_seconds():
    """What the hypervisor has kept from all cores together since the machine started."""
    with open("/proc/stat") as file:
        return int(file.readline().split()[8]) / os.sysconf("SC_CLK_TCK")


class Neighbours:
    """What else the machine did between the making of this object and `cores` or `fact`; `running` are processes whose
    trees live on meanwhile and are none of the others."""

    def __init__(self, *running):
        self.running = running
        self.begin = self._reading()

    def cores(self):
        """The cores that other processes and the hypervisor took, on average."""
        wall, busy, stolen, own = (after - before for after, before in zip(self._reading(), self.begin))
        return max(busy - own, 0) / wall, stolen / wall

    def fact(self):
        """A line that says so."""
        others, stolen = self.cores()
        return f"meanwhile other processes took {others:.2f} cores, the hypervisor {stolen:.2f}"

    def _reading(self):
        with open("/proc/stat") as file:
            user, nice, system, _, _, _, _, stolen = map(int, file.readline().split()[1:9])
        second = os.sysconf("SC_CLK_TCK")
        own = sum(cpu_seconds(pid) for pid in self.running)
        for who in [resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN]:
            usage = resource.getrusage(who)
            own += usage.ru_utime + usage.ru_stime
        return time.monotonic(), (user + nice + system) / second, stolen / second, own


def _processor():
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def _commit():
    answer = subprocess.run(
        ["git", "-C", ROOT, "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or "unknown"
