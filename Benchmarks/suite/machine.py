"""What the figures were made on."""

import datetime
import os
import platform
import subprocess

from .paths import ROOT


def split_cores():
    """A core for the servers and one for the generator; the same if there is only one."""
    cores = sorted(os.sched_getaffinity(0))
    return {cores[0]}, {cores[-1]}


def facts(contestants, cores):
    """Lines that say under which circumstances the figures were made."""
    servers, generator = cores
    sharing = "share one core" if servers == generator else "have a core each"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        f"{datetime.date.today().isoformat()}, commit {_commit()}",
        f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {platform.release()};"
        f" servers and generator {sharing}",
        "; ".join(contestant.version() for contestant in contestants),
        f"load of the machine before the run: {os.getloadavg()[0]:.2f}",
    ]


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
