"""The driver's own connections, for tests that look behind the door."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from storage.database import sqlite


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a database as the program does, and hand out the driver's connection."""
    return sqlite.connect(path, read_only=read_only).raw
