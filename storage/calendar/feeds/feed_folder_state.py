"""What is known of the folder that feeds are published to: which one it was, what it holds, and when that was true."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from storage.calendar.effective_choices import council
from storage.database.connection import Connection
from storage.files.companion_files import is_database
from storage.files.durable import delete_for_good
from storage.files.paths import is_folder

REMEMBERED = 5  # folders published to before, so that revoking reaches them too
_OURS = re.compile(r"[0-9a-f]{64}\.ics")
_KEY = "feeds"


@dataclass(frozen=True, slots=True)
class LastPublish:
    """What the last publish left: the folders, newest first, the size of each file, and the newest change it knew.

    ``change`` and ``chain`` name that change, ``packs`` the packs then in force, ``day`` the day.
    """

    folders: tuple[str, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict)
    change: int = 0
    chain: str = ""
    packs: str = ""
    day: str = ""


def last_published(conn: Connection) -> LastPublish:
    """Return what the last publish left; an empty one where there was none."""
    text = conn.value("SELECT value FROM meta WHERE key = :key", key=_KEY)
    if text is None:
        return LastPublish()
    kept = json.loads(text)
    return LastPublish(**{**kept, "folders": tuple(kept["folders"])})


def keep_published(conn: Connection, published: LastPublish) -> None:
    """Keep what this publish left."""
    kept = {name: getattr(published, name) for name in LastPublish.__slots__}
    conn.put("meta", ("key",), {"key": _KEY, "value": json.dumps(kept, ensure_ascii=False)})


def folders(conn: Connection) -> list[Path]:
    """Return every folder that may hold published files: the council's, and those published to before."""
    named = (*last_published(conn).folders, council(conn).feed_folder)
    return [Path(name) for name in dict.fromkeys(named) if name]


def folders_gone(conn: Connection) -> list[Path]:
    """Return the folder published to last if it cannot be looked into: moved, or on a disk that is not there."""
    return [folder for name in last_published(conn).folders[:1] if not is_folder(folder := Path(name))]


def feed_file(folder: Path, number: str) -> Path:
    """Return the file published for the token with this hash."""
    return folder / f"{number}.ics"


def take_away(files: Iterable[Path]) -> tuple[int, tuple[Path, ...]]:
    """Delete published files for good; return how many went, and which could not be deleted or are none of ours.

    A database under such a name was put there by somebody, and may be all there is of it.
    """
    files = list(files)
    databases = tuple(file for file in files if not file.is_symlink() and is_database(file))
    gone, left = delete_for_good(file for file in files if file not in databases)
    return gone, (*left, *databases)


def is_ours(name: str) -> bool:
    """Whether a file is named like one of ours, and so may be removed."""
    return _OURS.fullmatch(name) is not None
