"""Standard output and standard error as every command finds them, whatever the machine's own encoding is.

What goes to a file or another program is UTF-8, so that it can be read back; what goes to a terminal is in the
terminal's own encoding, in the plainest signs where that lacks one.
"""

from __future__ import annotations

import os
import sys
from codecs import register_error
from pathlib import Path
from typing import Any, TextIO
from unicodedata import normalize

_PLAIN = "almoner-plain"
_SIGNS = {
    "–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "•": "*", "●": "*", "○": "o", "→": "->",
    "←": "<-", "✓": "x", "×": "x", "›": ">", "·": "-", "≥": ">=", "≤": "<=", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O",
    "đ": "d", "Đ": "D", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ß": "ss", "þ": "th", "Þ": "Th", "ð": "d", "Ð": "D",
}  # fmt: skip


def make_ready() -> None:
    """Set both streams up; ``begin_with_mark`` comes after it."""
    _fill_closed()
    register_error(_PLAIN, _plainest)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            if stream.isatty():
                stream.reconfigure(errors=_PLAIN)
            else:
                stream.reconfigure(encoding="utf-8", errors="replace")


def _fill_closed() -> None:
    """Lead what was closed by whoever started us into nothing, so that it goes nowhere else.

    Python would print what is meant for a closed standard error among the answer; and the next file opened, which may
    be the database, would get the number under which any library writes to standard output or standard error.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, which is this one
    sys.stdout = sys.stdout or _nowhere()
    sys.stderr = sys.stderr or _nowhere()


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w", encoding="utf-8")


def begin_with_mark() -> None:
    """Let what is printed begin with a byte-order mark, by which spreadsheet programs know UTF-8."""
    if hasattr(sys.stdout, "reconfigure") and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8-sig")


def _plainest(fault: Any) -> tuple[str, int]:
    """Return signs in plain ASCII for those that an encoding does not have."""
    return "".join(map(_sign, fault.object[fault.start : fault.end])), fault.end


def _sign(character: str) -> str:
    plain = _SIGNS.get(character) or normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain or "?"
