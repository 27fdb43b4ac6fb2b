"""Progress of a long piece of work, for people only."""

from __future__ import annotations

import sys
import time

_PAUSE = 0.1


class Ticker:
    """Progress on one line of standard error; silent when that is no terminal."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._shown = sys.stderr is not None and sys.stderr.isatty()
        self._last = 0.0
        self._open = False  # whether the line is still being written

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is, at most ten times a second."""
        now = time.monotonic()
        if self._shown and (done >= total or now - self._last > _PAUSE):
            self._last = now
            end = "\n" if done >= total else ""
            self._open = not end
            print(f"\r{self._what}: {done:,} of {total:,}", end=end, file=sys.stderr, flush=True)

    def stop(self) -> None:
        """Say no more, and end the line, because rows are about to be written to the same terminal."""
        if self._open:
            print(file=sys.stderr, flush=True)
        self._shown = self._open = False
