"""What /metrics says of processes, and that what docs/monitoring asks for is there."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from waiting import wait_until
from wire import Stream

MONITORING = Path(__file__).parents[2] / "docs" / "monitoring"
NAME = re.compile(r"\b(?:pointerscope|process)_[a-z_]+\b")


def families(server) -> dict[str, str]:
    return dict(line.split()[2:4] for line in server.get("/metrics").text.splitlines() if line.startswith("# TYPE "))


def series(server) -> set[str]:
    lines = server.get("/metrics").text.splitlines()
    return {re.split(r"[{ ]", line)[0] for line in lines if not line.startswith("#")}


def test_processes_tell_of_themselves(server) -> None:
    now = time.time()
    metrics = server.metrics()
    names = ["master", *(f"worker-{number}" for number in range(1, 1 + len(server.worker_pids())))]
    for name in names:
        label = f'{{process="{name}"}}'
        assert now - 600 < metrics[f"process_start_time_seconds{label}"] <= now + 1
        assert metrics[f"process_cpu_seconds_total{label}"] >= 0
        assert metrics[f"process_resident_memory_bytes{label}"] > 1 << 20
        assert metrics[f"process_max_fds{label}"] >= 64
    assert 5 < metrics['process_open_fds{process="master"}'] < 200
    assert metrics['pointerscope_build_info{version="0.1.0"}'] == 1


def test_a_start_is_the_same_each_time_and_another_for_a_new_worker(start_server) -> None:
    server = start_server(workers=1)
    label = 'process_start_time_seconds{process="%s"}'
    before = server.metrics()
    assert server.metrics()[label % "master"] == before[label % "master"]
    assert server.metrics()[label % "worker-1"] == before[label % "worker-1"]
    [pid] = server.worker_pids()
    server.kill_worker(pid)
    wait_until(lambda: server.metrics().samples.get(label % "worker-1", 0) > before[label % "worker-1"], 20, "a later start")
    assert server.metrics()[label % "master"] == before[label % "master"]


def test_open_descriptors_are_counted(server) -> None:
    name = 'process_open_fds{process="master"}'
    before = server.metrics()[name]
    streams = [Stream(server) for _ in range(10)]
    assert server.metrics()[name] >= before + len(streams)
    for stream in streams:
        stream.close()
    wait_until(lambda: server.metrics()[name] <= before + 1, 20, "as few as before")


@pytest.mark.parametrize("name", ["grafana.json", "alerts.yml", "alerts.test.yml"])
def test_every_name_is_in_the_metrics(server, name) -> None:
    asked = set(NAME.findall((MONITORING / name).read_text()))
    assert len(asked) >= 10
    assert asked <= series(server) | set(families(server)), asked - series(server)


def test_counters_are_asked_for_their_growth(server) -> None:
    """The value of a counter alone says how long ago the start was."""
    kinds = families(server)
    panels = json.loads((MONITORING / "grafana.json").read_text())["panels"]
    expressions = [target["expr"] for panel in panels for target in panel["targets"]]
    for expression in expressions:
        for found in NAME.finditer(expression):
            if kinds.get(found.group()) == "counter":
                assert re.search(rf"(rate|increase)\({found.group()}\{{", expression), expression
