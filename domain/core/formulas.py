"""Spreadsheet formulas in text: disarmed on the way out, given back exactly on the way in."""

from __future__ import annotations

import re

_STARTS = "=+\\-@|%＝＋－＠"
_ARMED = re.compile(rf"^(?=[^\S\n]*[{_STARTS}\t\r])", re.MULTILINE)
_DISARMED = re.compile(rf"^'(?=[^\S\n]*[{_STARTS}\t\r])", re.MULTILINE)


def disarm(text: str) -> str:
    """Return ``text`` with an apostrophe before every line that a spreadsheet would read as a formula."""
    return _ARMED.sub("'", text)


def rearm(text: str) -> str:
    """Return ``text`` without the apostrophes that ``disarm`` put there; every other apostrophe stays."""
    return _DISARMED.sub("", text) if "'" in text else text
