"""What lies beside a database and belongs to it, named after its whole name: team.db and team.sqlite share nothing.

Earlier versions left the ending out. What they made goes on being found as long as only one database can own it.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

DATABASE = b"SQLite format 3\0"


def label(path: Path) -> str:
    """Return what the names begin with of all that belongs to the database at ``path``, and to no other in its folder.

    A name without an ending gets a full stop, since what stands without one may be left by an earlier version.
    """
    return path.name if path.suffix else f"{path.name}."


def old_label(path: Path) -> str | None:
    """Return what the names began with in earlier versions; None where another database may own what is called so."""
    return None if namesakes(path) else path.stem


def namesakes(path: Path) -> list[Path]:
    """Return the other databases in the folder that differ from ``path`` in their ending alone; no backups."""
    with suppress(OSError):
        return sorted(other for other in path.parent.iterdir() if _is_namesake(other, path))
    return []


def _is_namesake(other: Path, path: Path) -> bool:
    if other.stem != path.stem or other.name == path.name or other.with_name(f"{other.name}.json").exists():
        return False
    return is_database(other)


def is_database(path: Path) -> bool:
    """Whether a database, or a backup of one, can be read at ``path``."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return False
        with path.open("rb") as file:
            return file.read(len(DATABASE)) == DATABASE
    except OSError:
        return False
