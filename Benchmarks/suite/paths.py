"""Where things are."""

import os
import pathlib

BENCHMARKS = pathlib.Path(__file__).resolve().parent.parent
ROOT = BENCHMARKS.parent
RELEASE = ROOT / ".build" / "release"
# The C parts of the suite.
BUILD = ROOT / ".build" / "bench"
RESULTS = BENCHMARKS / "results"
VENV = ROOT / ".venv-bench"
POINTERSCOPE = pathlib.Path(os.environ.get("POINTERSCOPE", RELEASE / "pointerscope"))
