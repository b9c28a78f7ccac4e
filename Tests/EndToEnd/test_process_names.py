"""What lists of processes show: what each of them is."""

from __future__ import annotations

import subprocess
from pathlib import Path

from server import children_of
from waiting import wait_until


def title_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").decode()


def names_of(pids: list[int]) -> dict[str, str]:
    """What `top` and `ss` show of each, by what `ps -f` shows."""
    return {title_of(pid): Path(f"/proc/{pid}/comm").read_text().strip() for pid in pids}


def test_every_process_has_its_name(start_server):
    server = start_server("--demo=2", workers=2)
    expected = {"pointerscope: worker 1": "pointerscope: w", "pointerscope: worker 2": "pointerscope: w",
                "pointerscope: demo": "pointerscope: d"}
    wait_until(lambda: names_of(children_of(server.ready["pid"])) == expected, 30,
               lambda: f"{expected}, not {names_of(children_of(server.ready['pid']))}")
    # Who starts in another's place has its name.
    dead = next(pid for pid in server.worker_pids() if title_of(pid) == "pointerscope: worker 1")
    server.kill_worker(dead)
    wait_until(lambda: names_of(children_of(server.ready["pid"])) == expected, 30, "the same names again")
    # What somebody typed is what they typed.
    assert " serve " in title_of(server.ready["pid"]).replace("\0", " ")
    listed = subprocess.run(["ps", "-o", "args=", "-p", str(server.worker_pids()[0])], capture_output=True,
                            text=True, check=True).stdout
    assert listed.strip() in expected


def test_a_master_behind_a_terminal_has_its_name(open_terminal):
    terminal = open_terminal(200, 24)
    assert names_of([terminal.server_pid]) == {"pointerscope: master": "pointerscope: m"}
    terminal.press("d")
    # It still knows how it was called.
    terminal.wait_for(r'"\S*pointerscope top \S+" shows it again')
    assert terminal.wait_for_exit() == 0
    subprocess.run(["kill", str(terminal.server_pid)], check=True)
