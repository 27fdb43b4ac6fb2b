"""Verified copies of the database, and putting one back.

A copy is made through SQLite while people go on working, under a name of its own; it is checked, hashed, forced to the
disk and only then given its final name, so that a file under a final name is always whole. Beside it lies a small JSON
file that says what it holds and anchors the change log's chain outside the database.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.core.dates import stamp
from domain.core.errors import StorageProblem
from storage.calendar.sent_calendars import take_over
from storage.database import sqlite
from storage.database.connection import Connection
from storage.database.errors import guard
from storage.database.file import path_of
from storage.files.durable import (
    COMPANIONS,
    clear_leftovers,
    draft,
    draft_name,
    free_name,
    make_folder,
    sync_file,
    sync_folder,
)
from storage.files.outgoing import AlreadyThere, refuse_companion
from storage.files.paths import network_or_sync, typed
from storage.records import change_log
from storage.records.database import Database
from storage.safety import backup_retention


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was copied and checked. ``head`` is the change log's newest chain value, ``format`` the schema version.

    ``aside`` is where a restore put the database that was there before.
    """

    path: Path
    sha256: str
    size: int
    format: int
    head: str
    made: str
    rows: dict[str, int] = field(default_factory=dict)
    aside: Path | None = None

    @property
    def sidecar(self) -> Path:
        """Where the description of the copy lies."""
        return sidecar_of(self.path)


def backup(database: Database, target: str | os.PathLike[str], *, overwrite: bool = True) -> Receipt:
    """Write a verified copy to ``target``; an earlier backup there is replaced where it may be, no other file ever.

    Raises AlreadyThere for an earlier backup that may not be ``overwrite``n.
    """
    path = typed(os.fspath(target), "FILE", "Name a file in a folder that is there.").absolute()
    if described(path) is not None and not overwrite:
        _refuse_target(database.path, path)
        if path.exists():
            raise AlreadyThere([path])
    return copy(database.path, path, database.clock.real())


def automatic(path: Path, why: str, now: datetime, folder: Path | None = None) -> Receipt:
    """Keep a dated, verified copy of the database at ``path`` beside it, and let the oldest ones go.

    ``why`` becomes part of the name: lower-case letters, figures and hyphens. A ``folder`` given in place of the usual
    one must hold copies of this database alone. ``now`` is the machine's moment.
    """
    folder = folder or backup_retention.folder_of(path)
    with guard(folder):
        make_folder(folder)
        receipt = copy(path, backup_retention.name_of(path, why, now, folder), now)
        backup_retention.prune(path, receipt.path, now)
    return receipt


def before_import(database: Database) -> None:
    """Make the dated backup that every import begins with, unless there is nothing to lose yet."""
    if database.reader().value("SELECT 1 FROM change_set LIMIT 1"):
        automatic(database.path, "import", database.clock.real())


def verify(source: str | os.PathLike[str]) -> Receipt:
    """Check the backup at ``source`` against its description and itself; raises StorageProblem when it is not sound."""
    path = path_of(source)
    with guard(path):
        _refuse_unusable(path)
        return _examined(path, "")


def restore(source: str | os.PathLike[str], database_path: str | os.PathLike[str], now: datetime) -> Receipt:
    """Put the backup at ``source`` in the place of the database, which is moved aside under a dated name.

    Whatever is wrong with the backup is found before anything is touched. What calendars gave out since stays given
    out: see ``storage.calendar.sent_calendars``.
    """
    source, path = path_of(source), path_of(database_path)
    with guard(path):
        _refuse_restore(source, path)
        draft_path = draft_name(path)
        with draft(draft_path):
            receipt = _copied(source, draft_path, now)
            _keep_what_went_out(draft_path, path)
            sync_file(draft_path)
            aside = _take_place(draft_path, path, now)
        return replace(receipt, path=path, aside=aside)


def _keep_what_went_out(draft_path: Path, replaced: Path) -> None:
    with contextlib.closing(sqlite.connect_alone(draft_path)) as conn:
        conn.value("PRAGMA journal_mode=MEMORY")
        take_over(conn, replaced)


def copy(source: Path, target: Path, now: datetime) -> Receipt:
    """Copy the database at ``source`` to ``target`` with its description; see ``backup``."""
    with guard(target):
        _refuse_target(source, target)
        clear_leftovers(target.parent, ".*.partial*", now)
        draft_path = draft_name(target)
        with draft(draft_path):
            receipt = replace(_copied_for(target, source, draft_path, now), path=target)
            sync_file(draft_path)
            _publish(draft_path, receipt)
        return receipt


def sidecar_of(path: Path) -> Path:
    """Return where the description of the backup at ``path`` lies."""
    return path.with_name(path.name + ".json")


def described(path: Path) -> dict[str, Any] | None:
    """Return the description beside the backup at ``path``, or None when there is none that can be read."""
    try:
        content = json.loads(sidecar_of(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and isinstance(content.get("sha256"), str) else None


# --- copying and checking ---


def _copied_for(target: Path, source: Path, draft_path: Path, now: datetime) -> Receipt:
    """Copy for a ``target``: first on the database's own disk where it lies on another, which may be a slow share.

    A database is locked against writing for as long as its pages are copied, so nobody should wait for a share then.
    """
    if not _is_elsewhere(source, target) or not _has_room_beside(source):
        return _copied(source, draft_path, now)
    clear_leftovers(source.parent, f".{source.name}.*.leaving*", now)
    near = draft_name(source, "leaving")
    with draft(near):
        receipt = _copied(source, near, now)
        _carry(near, draft_path)
    if digest(draft_path) != receipt.sha256:
        raise StorageProblem("The copy does not arrive there as it was sent; it was not kept.", hint="Try again.")
    return receipt


def _is_elsewhere(source: Path, target: Path) -> bool:
    return source.stat().st_dev != target.parent.stat().st_dev


def _has_room_beside(source: Path) -> bool:
    """Whether a second copy fits beside the database for a while, with as much to spare."""
    return os.access(source.parent, os.W_OK) and shutil.disk_usage(source.parent).free > 3 * source.stat().st_size


def _carry(near: Path, far: Path) -> None:
    """Copy a finished copy to where it belongs; nothing is locked meanwhile."""
    shutil.copyfile(near, far)


def _copied(source: Path, draft_path: Path, now: datetime) -> Receipt:
    """Copy and check; raises StorageProblem unless the copy holds exactly what the source held at that moment."""
    with contextlib.closing(sqlite.connect(source)) as live, sqlite.snapshot(live):
        expected = sqlite.row_counts(live)  # of the same moment as the pages
        with contextlib.closing(sqlite.connect_alone(draft_path)) as into:
            sqlite.copy_pages(live, into)
    receipt = _examined(draft_path, stamp(now))
    if receipt.rows != expected:
        raise StorageProblem("The copy does not hold what the database holds; it was not kept.", hint="Try again.")
    return receipt


def _examined(path: Path, made: str) -> Receipt:
    """Check every page, every reference and the hash of a database that nobody is writing to."""
    with contextlib.closing(sqlite.connect_still(path)) as conn:
        _refuse_damage(conn)
        version = sqlite.format_of(conn)
        head, rows = change_log.head(conn), sqlite.row_counts(conn)
    return Receipt(path, digest(path), path.stat().st_size, version, head, made, rows)


def _refuse_damage(conn: Connection) -> None:
    if sqlite.faults(conn, 1):
        raise StorageProblem("The data is damaged, so no copy of it was kept.", hint="Put an earlier backup back.")
    if sqlite.broken_references(conn):
        raise StorageProblem("Some records point nowhere, so no copy was kept.", hint="Run `almoner doctor`.")


def digest(path: Path) -> str:
    """Return the SHA-256 of a file that no connection has open."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- what is refused ---


def _refuse_target(source: Path, target: Path) -> None:
    if target.is_dir():
        raise StorageProblem(f"{target} is a folder.", hint="Name a file in it for the backup.")
    if not target.parent.is_dir():
        raise StorageProblem(f"There is no folder {target.parent}.", hint="Make it first, or connect the drive.")
    refuse_companion(target, source)
    note = sidecar_of(target)
    if (note.exists() or note.is_symlink()) and (note.is_symlink() or described(target) is None):
        raise StorageProblem(
            f"{note} is there already and describes no backup; the backup's description would replace it.",
            hint="Name another file.",
        )
    if not (target.exists() or target.is_symlink()):
        return
    if target.exists() and target.samefile(source):
        raise StorageProblem("The backup would replace the database itself.", hint="Name another file.")
    if not target.is_file() or target.is_symlink() or described(target) is None:
        raise StorageProblem(f"{target} is there already and is not a backup.", hint="Name another file.")
    if not _is_as_described(target):  # somebody may be working in it
        raise StorageProblem(f"{target} was changed since it was made as a backup.", hint="Name another file.")


def _refuse_unusable(source: Path) -> None:
    if not source.exists():
        raise StorageProblem(f"There is no file {source}.", hint="Name a backup made with `almoner backup`.")
    sqlite.check_file(source)
    if not _is_as_described(source):
        raise StorageProblem(
            f"{source} is not as it was when the backup was made: it was damaged or altered.",
            hint="Use another backup.",
        )


def _refuse_restore(source: Path, path: Path) -> None:
    if path.exists() and source.exists() and source.samefile(path):
        raise StorageProblem("That is the database itself.", hint="Name a backup.")
    if path.is_dir() or not path.parent.is_dir():
        raise StorageProblem(f"{path} is not a place for a database.", hint="Name a file in an existing folder.")
    _refuse_unusable(source)
    if (version := _format_of(source)) > sqlite.FORMAT:
        raise StorageProblem(
            f"{source} was made by a newer version of Almoner (its format is {version}).",
            hint="Bring Almoner up to date first.",
        )
    sqlite.refuse_development(source, version)
    if not path.exists() and (why := network_or_sync(path)):
        raise StorageProblem(f"A database cannot be put at {path}: {why}.", hint="Choose a folder on this machine.")
    if sqlite.is_foreign(path):
        raise StorageProblem(f"{path} is another program's database.", hint="Name Almoner's own file.")


def _format_of(path: Path) -> int:
    with path.open("rb") as file:
        return int.from_bytes(file.read(64)[60:64], "big")


# --- putting files in place ---


def _publish(draft_path: Path, receipt: Receipt) -> None:
    """Give the copy and its description their names, the description first.

    Over an earlier backup there is a moment when the new description stands beside the old copy, so it names that one
    too: whenever a crash comes, what lies there can be verified.
    """
    note = draft_name(receipt.sidecar)
    with draft(note):
        content = {k: v for k, v in asdict(receipt).items() if k not in ("path", "aside")}
        if receipt.path.exists() and _is_as_described(receipt.path):
            content["replaces"] = digest(receipt.path)
        text = json.dumps({"what": "Almoner backup", "file": receipt.path.name, **content}, indent=2)
        note.write_text(text + "\n", encoding="utf-8")
        sync_file(note)
        note.replace(receipt.sidecar)
        sync_folder(receipt.path.parent)
        draft_path.replace(receipt.path)
        sync_folder(receipt.path.parent)


def _is_as_described(path: Path) -> bool:
    known = described(path)
    return known is None or digest(path) in (known["sha256"], known.get("replaces"))


def _take_place(draft_path: Path, path: Path, now: datetime) -> Path | None:
    if not path.exists():
        draft_path.replace(path)
        sync_folder(path.parent)
        return None
    aside = free_name(path.parent, f"{path.stem}-replaced-{now.astimezone(UTC):%Y%m%d-%H%M%S}Z", path.suffix)
    with sqlite.standing_still(path):
        if sys.platform != "win32":
            _swap(draft_path, path, aside)
    if sys.platform == "win32":  # where an open file cannot be renamed
        _swap(draft_path, path, aside)
    return aside


def _swap(draft_path: Path, path: Path, aside: Path) -> None:
    """Move aside, then into place. A journal left behind would be played back into the wrong file: it goes along."""
    try:
        os.link(path, aside)  # so that at no moment there is no database
    except OSError:
        path.rename(aside)
    for ending in COMPANIONS:
        companion = path.with_name(path.name + ending)
        if companion.exists():
            companion.rename(aside.with_name(aside.name + ending))
    sync_folder(path.parent)  # the way back first: after a power cut the newer name may be there without the older
    draft_path.replace(path)
    sync_folder(path.parent)
