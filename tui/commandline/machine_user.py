"""Who signed in to this machine, as the system itself has it: what the environment says anybody can set."""

from __future__ import annotations

import os

from domain.core.text import clean_line

try:
    import pwd
except ImportError:  # Windows has none
    pwd = None  # type: ignore[assignment]


def machine_user() -> str:
    """Return the name of the system's user; empty where it has none."""
    try:
        return clean_line(pwd.getpwuid(os.getuid()).pw_name if pwd is not None else os.getlogin())
    except (OSError, KeyError):
        return str(os.getuid()) if hasattr(os, "getuid") else ""
