#!/usr/bin/env python3
"""Runs the fuzz targets, two at a time, and keeps what they find.

    fuzz.py --seconds 60                  every target for a minute
    fuzz.py --seconds 600 sample-json     one of them for ten
    fuzz.py --keep                        small corpora in the tree out of what the runs have gathered

What a run gathers stays in .build/fuzzing and is where the next one begins; `--keep` puts the least of it that
reaches the same code into Corpora/, a file for each target with an input in base64 a line, which the unit tests
replay. An input that fails is put into Findings/, where they replay it too, so that it fails there until its cause
is mended.
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
GATHERED = HERE.parents[1] / ".build/fuzzing/corpora"
# A decoder that takes so long for 2 KiB, or so much memory, has failed.
INPUT_SECONDS, MEBIBYTES = 10, 1024
# Of a corpus in the tree, the shortest inputs that come to so much: what is longer the seeds lead to again.
KEPT_BYTES = 96 * 1024


class Fuzzer:
    def __init__(self, binary: Path):
        self.binary = binary

    def targets(self) -> dict[str, int]:
        """Every target, with the longest input worth trying."""
        listed = subprocess.run([self.binary, "--list"], capture_output=True, text=True, check=True)
        return {name: int(longest) for name, longest in map(str.split, listed.stdout.splitlines())}

    def run(self, target: str, arguments: list[object]) -> subprocess.CompletedProcess[str]:
        # The toolchain's own backtraces take minutes, and libFuzzer prints one.
        environment = {**os.environ, "FUZZ_TARGET": target, "SWIFT_BACKTRACE": "enable=no"}
        return subprocess.run([self.binary, *map(str, arguments)], env=environment, capture_output=True, text=True,
                              errors="replace", check=False)

    def known(self, target: str) -> Path:
        """A folder with the target's seeds and what the tree keeps."""
        folder = GATHERED.parent / "known" / target
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.run(target, ["--seeds", folder])
        kept = HERE / "Corpora" / target
        for number, line in enumerate(kept.read_text().split() if kept.exists() else []):
            (folder / f"kept-{number}").write_bytes(base64.b64decode(line))
        return folder

    def folders(self, target: str) -> list[Path]:
        """Where a target's inputs are; the first takes new ones."""
        own, findings = GATHERED / target, HERE / "Findings" / target
        own.mkdir(parents=True, exist_ok=True)
        return [own, self.known(target), *([findings] if findings.is_dir() else [])]

    def fuzz(self, target: str, longest: int, seconds: int) -> bool:
        findings = HERE / "Findings" / target
        findings.mkdir(parents=True, exist_ok=True)
        ran = self.run(target, [
            f"-max_total_time={seconds}", f"-max_len={longest}", f"-timeout={INPUT_SECONDS}",
            f"-rss_limit_mb={MEBIBYTES}", f"-artifact_prefix={findings}/", "-print_final_stats=1",
            "-reload=0", *self.folders(target)])
        counts = dict(re.findall(r"stat::(\w+):\s+(\d+)", ran.stderr))
        print(f"{target:18} {int(counts.get('number_of_executed_units', 0)):12,} executions "
              f"{int(counts.get('average_exec_per_sec', 0)):9,} a second, exit status {ran.returncode}", flush=True)
        if ran.returncode != 0:
            # What it says of itself comes before the bytes.
            lines = [line for line in ran.stderr.splitlines() if not line.startswith(("#", "INFO", "0x", "stat"))]
            print("\n".join(f"    {line}" for line in lines[-40:]), flush=True)
        if not any(findings.iterdir()):
            findings.rmdir()
        return ran.returncode == 0

    def keep(self, target: str, longest: int) -> None:
        """Replaces the corpus in the tree by the smallest that reaches as much."""
        folders, kept = self.folders(target), HERE / "Corpora" / target
        kept.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as place:
            ran = self.run(target, ["-set_cover_merge=1", f"-max_len={longest}", place, *folders])
            if ran.returncode != 0:
                sys.exit(f"{target}: the corpus cannot be made smaller:\n{ran.stderr[-2000:]}")
            inputs = sorted((file.read_bytes() for file in Path(place).iterdir()), key=lambda one: (len(one), one))
        lines, room = [], KEPT_BYTES
        for line in (base64.b64encode(one).decode() + "\n" for one in inputs if one):
            room -= len(line)
            if room >= 0:
                lines.append(line)
        kept.write_text("".join(lines))
        print(f"{target:18} {len(lines):5} inputs, {kept.stat().st_size:8,} bytes", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=HERE.parents[1] / ".build/fuzzing/release/Fuzzing")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--at-once", type=int, default=2, help="targets that run at a time")
    parser.add_argument("--keep", action="store_true", help="make the corpora in the tree")
    parser.add_argument("targets", nargs="*", help="those of --list; none: all")
    options = parser.parse_args()

    fuzzer = Fuzzer(options.binary)
    targets = fuzzer.targets()
    if unknown := set(options.targets) - set(targets):
        parser.error(f"no such target: {', '.join(sorted(unknown))}; there are {', '.join(targets)}")
    chosen = {name: longest for name, longest in targets.items() if name in (options.targets or targets)}
    with ThreadPoolExecutor(options.at_once) as pool:
        if options.keep:
            list(pool.map(fuzzer.keep, chosen, chosen.values()))
            return 0
        held = list(pool.map(lambda name: fuzzer.fuzz(name, chosen[name], options.seconds), chosen))
    failed = [name for name, good in zip(chosen, held) if not good]
    if failed:
        print(f"failed: {', '.join(failed)}; the inputs are in {HERE.name}/Findings", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
