"""The day's own backup: made by whoever opens the database first that day, once, and what became of it.

What became of it stands in a small file among the backups beside the database, so that everybody who opens it, and
``doctor``, knows. A chosen folder gets one folder a database, so that two of the same name do not thin each other out.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path

from domain.errors import AlmonerError, StorageProblem
from storage import backup, keeping
from storage.exports.atomic import write_atomically
from storage.trouble import guard

WHY = "daily"


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of the day's backup: the ``day`` of the last, and the day and reason of a failure since.

    ``place`` is where a chosen folder holds, or held, backups of this database. Days are written as 2026-11-20.
    """

    day: str = ""
    place: str = ""
    failed: str = ""
    why: str = ""


def standing(path: Path) -> Standing:
    """Return what became of the day's backup of the database at ``path``; nothing where that cannot be read."""
    try:
        found = json.loads(_note_of(path).read_text(encoding="utf-8"))
        return Standing(**{field.name: str(found[field.name]) for field in fields(Standing)})
    except (OSError, ValueError, KeyError, TypeError):
        return Standing()


def keep(path: Path, today: date, folder: str = "", now: datetime | None = None) -> str:
    """Make the day's backup unless it is there or somebody is at it; return what is to be told, mostly nothing.

    Where the chosen ``folder`` cannot be used, it is kept beside the database, and that is told. A failure is told
    once a day, and tried again the next time this is called; nothing is ever raised for it.
    """
    if _is_made(path, today):
        return ""
    try:
        with guard(keeping.folder_of(path)), _alone(path) as alone:
            if not alone or _is_made(path, today):
                return ""
            return _made(path, today, folder, now)
    except AlmonerError as error:
        return _failed(path, today, f"Today's backup was not made: {error.message}")


def _is_made(path: Path, today: date) -> bool:
    return standing(path).day == today.isoformat()


def _made(path: Path, today: date, folder: str, now: datetime | None) -> str:
    before, why = standing(path), ""
    place = before.place
    try:
        chosen = _place_in(folder, path, place) if folder else None
        backup.automatic(path, WHY, now, chosen)
        place = str(chosen) if chosen else place
    except AlmonerError as error:
        if not folder:
            raise
        backup.automatic(path, WHY, now)
        why = f"Today's backup lies beside the database, not where you chose: {error.message}"
    _note(path, Standing(today.isoformat(), place, today.isoformat() if why else "", why))
    return "" if before.failed == today.isoformat() else why


def _failed(path: Path, today: date, why: str) -> str:
    before = standing(path)
    with contextlib.suppress(AlmonerError):  # where there is no room for a backup, there may be none for this
        _note(path, replace(before, failed=today.isoformat(), why=why))
    return "" if before.failed == today.isoformat() else why


def _place_in(folder: str, path: Path, known: str) -> Path:
    """Return this database's own folder in the chosen one, which is never made: it may be a drive not connected."""
    chosen = Path(folder).expanduser()
    if not chosen.is_dir():
        raise StorageProblem(f"There is no folder {chosen}.", hint="Connect the drive, or choose another folder.")
    if known and Path(known).parent == chosen:
        return Path(known)
    return chosen / f"{path.stem}-{secrets.token_hex(4)}"


def _note_of(path: Path) -> Path:
    return keeping.folder_of(path) / f"{path.stem}-daily.json"


def _note(path: Path, found: Standing) -> None:
    write_atomically(_note_of(path), (json.dumps(asdict(found), indent=2) + "\n").encode())


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Hold off whoever would make the same backup: by SQLite's own lock, which ends with the program that holds it."""
    folder = keeping.folder_of(path)
    backup.make_folder(folder)
    name = folder / f"{path.stem}-daily.lock"
    with contextlib.closing(sqlite3.connect(name, timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            yield False
            return
        yield True
