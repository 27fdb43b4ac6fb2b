"""Signals that ask the program to go: it leaves as by a key, the terminal as it was, and its code says which it was."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

try:
    import termios
except ImportError:  # Windows
    termios = None  # type: ignore[assignment]

NAMES = ("SIGTERM", "SIGHUP", "SIGINT")
PATIENCE = 20.0  # seconds to finish a write in hand; a terminal that is gone must not keep us for ever
# Back to the usual screen and cursor; no mouse, focus, paste or size reports; wrapped lines; plain keys.
USUAL_SCREEN = (
    "\x1b[?1049l\x1b[?25h\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1004l\x1b[?2004l\x1b[?2048l"
    "\x1b[?7h\x1b[<u\x1b[0m\n"
)


def heed(leave: Callable[[int], object]) -> None:
    """Call ``leave`` with the exit code when a signal asks the program to go.

    To be called within the running loop, before the screen takes the terminal over.
    """
    loop, restore = asyncio.get_running_loop(), _way_back()

    def asked(number: int, _: object) -> None:
        code = 128 + number
        last = threading.Timer(PATIENCE, _go_at_once, (code, restore))
        last.daemon = True
        last.start()
        with suppress(RuntimeError):  # the loop has ended already
            loop.call_soon_threadsafe(leave, code)

    for name in NAMES:
        if (number := getattr(signal, name, None)) is not None:
            with suppress(ValueError):  # not the main thread
                signal.signal(number, asked)  # not the loop's own handlers: a stuck terminal stops the loop, too


def _way_back() -> Callable[[], None]:
    """Return what puts the terminal back as it is now."""
    terminal = sys.__stdin__.fileno() if sys.__stdin__ is not None else -1
    try:
        before = termios.tcgetattr(terminal) if termios is not None else None
    except (termios.error, ValueError):
        before = None

    def restore() -> None:
        if before is not None:
            with suppress(OSError, termios.error):
                termios.tcsetattr(terminal, termios.TCSANOW, before)
                os.write(terminal, USUAL_SCREEN.encode())

    return restore


def _go_at_once(code: int, restore: Callable[[], None]) -> None:
    """Leave without waiting any longer; a terminal that takes nothing more is not waited for either."""
    restoring = threading.Thread(target=restore, daemon=True)
    restoring.start()
    restoring.join(1.0)
    os._exit(code)
