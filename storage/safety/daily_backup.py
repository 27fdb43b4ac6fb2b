"""The day's own backup: made by whoever opens the database first that day, once, and what became of it.

What became of it stands in a small file among the backups beside the database, so that everybody who opens it, and
``doctor``, knows. A chosen folder gets one folder a database, so that two of the same name do not thin each other out.
"""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from pathlib import Path

from domain.core.clock import Clock
from domain.core.errors import AlmonerError, StorageProblem
from storage.database.errors import guard
from storage.database.sqlite import alone
from storage.files.atomic_write import write_atomically
from storage.files.companion_files import label, old_label
from storage.files.durable import make_folder
from storage.files.paths import is_folder, typed
from storage.safety import backup, backup_retention

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
        found = json.loads(_known_note(path).read_text(encoding="utf-8"))
        return Standing(**{field.name: str(found[field.name]) for field in fields(Standing)})
    except (OSError, ValueError, KeyError, TypeError):
        return Standing()


def keep(path: Path, clock: Clock, folder: str = "") -> str:
    """Make the day's backup unless it is there or somebody is at it; return what is to be told, mostly nothing.

    The machine's day counts, whatever day stands for today: a backup says how things stood when it was made.

    Where the chosen ``folder`` cannot be used, it is kept beside the database, and that is told. A failure is told
    once a day, and tried again the next time this is called; nothing is ever raised for it.
    """
    today = clock.local(clock.real()).date()
    if _is_made(path, clock):
        return ""
    try:
        with guard(backup_retention.folder_of(path)), _alone(path) as alone:
            if not alone or _is_made(path, clock):
                return ""
            return _made(path, today, folder, clock.real())
    except AlmonerError as error:
        return _failed(path, today, f"Today's backup was not made: {error.message}")


def _is_made(path: Path, clock: Clock) -> bool:
    """Whether the day's backup is there: the note says so, or the backup itself where the note is of another day.

    Of two who have the file open by clocks that stand on different days, each finds the other's note; a note alone
    would have both make backups over and over, and one of a far day to come would have nobody make any.
    """
    today, found = clock.local(clock.real()).date(), standing(path)
    if found.day in ("", today.isoformat()):
        return bool(found.day)
    folders = [backup_retention.folder_of(path), *([Path(found.place)] if found.place else [])]
    return any(clock.local(made).date() == today for folder in folders for made in _daily_ones(path, folder))


def _daily_ones(path: Path, folder: Path) -> list[datetime]:
    with contextlib.suppress(OSError):  # a drive not connected
        return [made for made, file in backup_retention.kept(path, folder) if f"Z-{WHY}" in file.name]
    return []


def _made(path: Path, today: date, folder: str, now: datetime) -> str:
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
    chosen = typed(folder, "The folder of backups", "Choose another under Import and settings.")
    if not is_folder(chosen):
        raise StorageProblem(f"There is no folder {chosen}.", hint="Connect the drive, or choose another folder.")
    if known and Path(known).parent == chosen:
        return Path(known)
    return chosen / f"{label(path)}-{secrets.token_hex(4)}"


def _note_of(path: Path) -> Path:
    return backup_retention.folder_of(path) / f"{label(path)}-daily.json"


def _known_note(path: Path) -> Path:
    """Return the note, or the one of an earlier version as long as there is none and it can be no other database's."""
    note = _note_of(path)
    if not note.exists() and (old := old_label(path)) is not None:
        return note.with_name(f"{old}-daily.json")
    return note


def _note(path: Path, found: Standing) -> None:
    write_atomically(_note_of(path), (json.dumps(asdict(found), indent=2) + "\n").encode())


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[bool]:
    """Hold off whoever would make the same backup: by a lock that ends with the program that holds it."""
    folder = backup_retention.folder_of(path)
    make_folder(folder)
    with alone(folder / f"{label(path)}-daily.lock") as first:
        yield first
