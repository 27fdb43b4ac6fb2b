"""Ways to measure: a call, a whole command with its memory, and a program's first words on a real terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
_ESCAPES = re.compile(rb"\x1b\[[0-9;:?<>=]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1bP[^\x1b]*\x1b\\|\x1b.")


# As after an installation: every module compiled, the floor's like ours, wherever the checkout lies.
COMPILED = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "almoner-compiled")}


class Ratio(NamedTuple):
    """One line of the table: what was measured, its floor, both in the unit, and the bound on their ratio."""

    name: str
    ours: float
    floor: float
    unit: str
    bound: float

    @property
    def ratio(self) -> float:
        """How many times the floor."""
        return self.ours / self.floor if self.floor else float("inf")


def in_turn(ours: Callable[[], object], floor: Callable[[], object], times: int = 9) -> tuple[float, float]:
    """Return the median milliseconds of both calls, taken in turn so that drift of the machine hits both alike."""
    ours(), floor()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for call, into in zip((ours, floor), taken, strict=True):
            start = time.perf_counter()
            call()
            into.append((time.perf_counter() - start) * 1000)
    return statistics.median(taken[0]), statistics.median(taken[1])


def command(arguments: list[str], env: dict[str, str] | None = None) -> tuple[float, float]:
    """Return the milliseconds and the peak megabytes of one run of a command, output thrown away."""
    start = time.perf_counter()
    process = subprocess.Popen(
        arguments,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, **COMPILED, **(env or {})},
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}")
    return (time.perf_counter() - start) * 1000, usage.ru_maxrss / 1024


def first_words(arguments: list[str], words: list[str], env: dict[str, str] | None = None) -> list[float]:
    """Return the milliseconds until each of ``words`` stood on a real 120x40 terminal; the program is then killed."""
    pid, terminal = pty.fork()
    if not pid:
        os.chdir(ROOT)
        os.environ.update({"TERM": "xterm-256color", "COLORTERM": "truecolor", **COMPILED, **(env or {})})
        os.execvp(arguments[0], arguments)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    start, seen, found = time.perf_counter(), b"", [0.0] * len(words)
    try:
        while not all(found) and time.perf_counter() - start < 30:
            if select.select([terminal], [], [], 0.01)[0]:
                seen += os.read(terminal, 65536)
                plain = _ESCAPES.sub(b"", seen)
                now = (time.perf_counter() - start) * 1000
                found = [at or (now if word.encode() in plain else 0.0) for at, word in zip(found, words, strict=True)]
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)
    if not all(found):
        raise SystemExit(f"{words} never appeared; last: {seen[-300:]!r}")
    return found


def python(*arguments: str) -> list[str]:
    """Return a command line that runs this interpreter."""
    return [sys.executable, *arguments]
