"""What is known of the folder that feeds are published to: which one it was, what it holds, and when that was true."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from storage.calendars.wishes import council

REMEMBERED = 5  # folders published to before, so that revoking reaches them too
_OURS = re.compile(r"[0-9a-f]{64}\.ics")
_KEY = "feeds"


@dataclass(frozen=True, slots=True)
class LastPublish:
    """What the last publish left: the folders, newest first, the size of each file, and up to which change that held.

    ``change`` and ``chain`` name the newest change then, ``packs`` the packs in force, ``day`` the day.
    """

    folders: tuple[str, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    change: int = 0
    chain: str = ""
    packs: str = ""
    day: str = ""


def last_published(conn: sqlite3.Connection) -> LastPublish:
    """Return what the last publish left; an empty one where there was none."""
    found = conn.execute("SELECT value FROM meta WHERE key = ?", (_KEY,)).fetchone()
    if found is None:
        return LastPublish()
    kept = json.loads(found[0])
    return LastPublish(**{**kept, "folders": tuple(kept["folders"])})


def keep_published(conn: sqlite3.Connection, published: LastPublish) -> None:
    """Keep what this publish left."""
    kept = {name: getattr(published, name) for name in LastPublish.__slots__}
    text = json.dumps(kept, ensure_ascii=False)
    conn.execute("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", (_KEY, text))


def published_at(conn: sqlite3.Connection) -> dict[str, datetime]:
    """Return by recipient when a feed was last written."""
    rows = conn.execute("SELECT recipient, at FROM calendar_export WHERE way = 'feed'")
    return {recipient: datetime.fromisoformat(at) for recipient, at in rows}


def folders(conn: sqlite3.Connection) -> list[Path]:
    """Return every folder that may hold published files: the council's, and those published to before."""
    named = (*last_published(conn).folders, council(conn).feed_folder)
    return [Path(name) for name in dict.fromkeys(named) if name]


def folders_gone(conn: sqlite3.Connection) -> list[Path]:
    """Return the folder published to last if it cannot be looked into: moved, or on a disk that is not there."""
    return [folder for name in last_published(conn).folders[:1] if not (folder := Path(name)).is_dir()]


def feed_file(folder: Path, number: str) -> Path:
    """Return the file published for the token with this hash."""
    return folder / f"{number}.ics"


def is_ours(name: str) -> bool:
    """Whether a file is named like one of ours, and so may be removed."""
    return _OURS.fullmatch(name) is not None
