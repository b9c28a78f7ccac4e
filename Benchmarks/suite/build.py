"""The C parts, compiled when their source is newer."""

import subprocess

from .paths import BENCHMARKS, BUILD

PARTS = {
    "sink": ("c/sink.c", ["-lcrypto"]),
    "writer": ("c/writer.c", []),
    "relay": ("c/relay.c", ["-lcrypto"]),
    "fanout": ("c/fanout.c", []),
    "viewers": ("c/viewers.c", []),
    "publish": ("c/publish.c", []),
    "newcomers": ("c/newcomers.c", []),
    "lws_sink": ("peers/lws_sink.c", ["-lwebsockets"]),
}


def program(name):
    """The path of a part that is up to date."""
    source, libraries = PARTS[name]
    sources = [BENCHMARKS / source, *(BENCHMARKS / "c").glob("*.h")]
    target = BUILD / name
    if not target.exists() or any(file.stat().st_mtime > target.stat().st_mtime for file in sources):
        BUILD.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["cc", "-O2", "-Wall", "-o", target, BENCHMARKS / source, *libraries], check=True)
    return target
