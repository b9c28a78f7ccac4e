"""Small libraries that are loaded before the program and stand in for a kernel that says no, or another clock."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

COMMON = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

/* Whether this process was started in this role, as its command line says. */
static int has_role(const char *role) {
    char line[4096];
    int file = open("/proc/self/cmdline", O_RDONLY);
    ssize_t count = read(file, line, sizeof line - 1);
    close(file);
    for (ssize_t at = 0; at < count; at += strlen(line + at) + 1)
        if (line[count] = 0, strcmp(line + at, role) == 0) return 1;
    return 0;
}
"""


def build(folder: Path, name: str, source: str) -> str:
    """The path of a shared library of this C source; the compiler is the one that the program was built with."""
    compiler = shutil.which("clang") or shutil.which("cc")
    assert compiler, "no C compiler"
    path = folder / f"{name}.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-x", "c", "-", "-o", str(path), "-ldl"],
        input=(COMMON + source).encode(), check=True)
    return str(path)


def environment(library: str, **more: str) -> dict[str, str]:
    """This process's environment with the library loaded first."""
    return {**os.environ, "LD_PRELOAD": library, **more}
