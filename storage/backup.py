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
import secrets
import sqlite3
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from domain.errors import StorageProblem
from storage import audit, keeping
from storage import database as db
from storage.database import Database, guard
from storage.wentout import take_over

_LEFTOVER_SECONDS = 24 * 3600
_COMPANIONS = ("-journal", "-wal", "-shm")


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


def backup(database: Database, target: str | os.PathLike[str]) -> Receipt:
    """Write a verified copy to ``target``, replacing an earlier backup there but no file of any other kind."""
    return copy(database.path, Path(target).expanduser().absolute())


def automatic(path: Path, why: str, now: datetime | None = None, folder: Path | None = None) -> Receipt:
    """Keep a dated, verified copy of the database at ``path`` beside it, and let the oldest ones go.

    ``why`` becomes part of the name: lower-case letters, figures and hyphens. A ``folder`` given in place of the usual
    one must hold copies of this database alone.
    """
    now = now or datetime.now(UTC)
    folder = folder or keeping.folder_of(path)
    with guard(folder):
        make_folder(folder)
        receipt = copy(path, keeping.free_name(path, why, now, folder), now)
        keeping.prune(path, receipt.path)
    return receipt


def verify(source: str | os.PathLike[str]) -> Receipt:
    """Check the backup at ``source`` against its description and itself; raises StorageProblem when it is not sound."""
    path = db.path_of(source)
    with guard(path):
        _refuse_unusable(path)
        return _examined(path)


def restore(source: str | os.PathLike[str], database_path: str | os.PathLike[str]) -> Receipt:
    """Put the backup at ``source`` in the place of the database, which is moved aside under a dated name.

    Whatever is wrong with the backup is found before anything is touched. What calendars gave out since stays given
    out: see ``storage.wentout``.
    """
    source, path = db.path_of(source), db.path_of(database_path)
    with guard(path):
        _refuse_restore(source, path)
        draft_path = _draft_name(path)
        with draft(draft_path):
            receipt = _copied(source, draft_path)
            _keep_what_went_out(draft_path, path)
            sync_file(draft_path)
            aside = _take_place(draft_path, path)
        return replace(receipt, path=path, aside=aside)


def _keep_what_went_out(draft_path: Path, replaced: Path) -> None:
    with contextlib.closing(_open_draft(draft_path)) as connection:
        connection.execute("PRAGMA journal_mode=MEMORY")
        take_over(connection, replaced)


def copy(source: Path, target: Path, now: datetime | None = None) -> Receipt:
    """Copy the database at ``source`` to ``target`` with its description; see ``backup``."""
    with guard(target):
        _refuse_target(source, target)
        clear_leftovers(target.parent, ".*.partial*")
        draft_path = _draft_name(target)
        with draft(draft_path):
            receipt = replace(_copied(source, draft_path, now), path=target)
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


def row_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many rows each table has."""
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {name: _count(connection, name) for (name,) in names.fetchall()}


def _count(connection: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    return int(connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0])  # noqa: S608 - names from the schema


# --- copying and checking ---


def _copied(source: Path, draft_path: Path, now: datetime | None = None) -> Receipt:
    """Copy and check; raises StorageProblem unless the copy holds exactly what the source held at that moment."""
    with contextlib.closing(db.connect(source)) as live:
        live.execute("BEGIN")  # one moment for the counts and for the pages
        expected = row_counts(live)
        with contextlib.closing(_open_draft(draft_path)) as into:
            live.backup(into)
    receipt = _examined(draft_path, now)
    if receipt.rows != expected:
        raise StorageProblem("The copy does not hold what the database holds; it was not kept.", hint="Try again.")
    return receipt


def _open_draft(path: Path) -> sqlite3.Connection:
    """Nobody else knows this file: no locks (network drives may have none), no journal; it is synced at the end."""
    connection = sqlite3.connect(f"{db.file_uri(path)}?mode=rw&nolock=1", uri=True, isolation_level=None)
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    return connection


def _examined(path: Path, now: datetime | None = None) -> Receipt:
    """Check every page, every reference and the hash of a database that nobody is writing to."""
    uri = f"{db.file_uri(path)}?mode=ro&immutable=1"
    with contextlib.closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        _refuse_damage(connection)
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        head, rows = audit.head(connection), row_counts(connection)
    made = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return Receipt(path, digest(path), path.stat().st_size, version, head, made, rows)


def _refuse_damage(connection: sqlite3.Connection) -> None:
    fault = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if fault != "ok":
        raise StorageProblem("The data is damaged, so no copy of it was kept.", hint="Put an earlier backup back.")
    if connection.execute("PRAGMA foreign_key_check").fetchone():
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
    if not (target.exists() or target.is_symlink()):
        return
    if target.exists() and target.samefile(source):
        raise StorageProblem("The backup would replace the database itself.", hint="Name another file.")
    if not target.is_file() or target.is_symlink() or described(target) is None:
        raise StorageProblem(f"{target} is there already and is not a backup.", hint="Name another file.")


def _refuse_unusable(source: Path) -> None:
    if not source.exists():
        raise StorageProblem(f"There is no file {source}.", hint="Name a backup made with `almoner backup`.")
    db.check_file(source)
    if not _is_as_described(source):
        raise StorageProblem(
            f"{source} is not as it was when the backup was made: it was damaged or altered.",
            hint="Use another backup.",
        )


def _refuse_restore(source: Path, path: Path) -> None:
    from storage.paths import network_or_sync

    if path.exists() and source.exists() and source.samefile(path):
        raise StorageProblem("That is the database itself.", hint="Name a backup.")
    if path.is_dir() or not path.parent.is_dir():
        raise StorageProblem(f"{path} is not a place for a database.", hint="Name a file in an existing folder.")
    _refuse_unusable(source)
    if (version := _format_of(source)) > db.SCHEMA_VERSION:
        raise StorageProblem(
            f"{source} was made by a newer version of Almoner (its format is {version}).",
            hint="Bring Almoner up to date first.",
        )
    if not path.exists() and (why := network_or_sync(path)):
        raise StorageProblem(f"A database cannot be put at {path}: {why}.", hint="Choose a folder on this machine.")
    if _is_foreign(path):
        raise StorageProblem(f"{path} is another program's database.", hint="Name Almoner's own file.")


def _format_of(path: Path) -> int:
    with path.open("rb") as file:
        return int.from_bytes(file.read(64)[60:64], "big")


def _is_foreign(path: Path) -> bool:
    """Whether a sound database of another program is there. A damaged one of ours may be moved aside."""
    try:
        with contextlib.closing(sqlite3.connect(f"{db.file_uri(path)}?mode=ro", uri=True)) as connection:
            return bool(connection.execute("PRAGMA application_id").fetchone()[0] != db.APPLICATION_ID)
    except sqlite3.Error:
        return False


# --- putting files in place ---


def _publish(draft_path: Path, receipt: Receipt) -> None:
    """Give the copy and its description their names, the description first.

    Over an earlier backup there is a moment when the new description stands beside the old copy, so it names that one
    too: whenever a crash comes, what lies there can be verified.
    """
    note = _draft_name(receipt.sidecar)
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


def _take_place(draft_path: Path, path: Path) -> Path | None:
    if not path.exists():
        draft_path.replace(path)
        sync_folder(path.parent)
        return None
    aside = _aside_name(path)
    with _standing_still(path):
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
    for ending in _COMPANIONS:
        companion = path.with_name(path.name + ending)
        if companion.exists():
            companion.rename(aside.with_name(aside.name + ending))
    draft_path.replace(path)
    sync_folder(path.parent)


@contextlib.contextmanager
def _standing_still(path: Path) -> Iterator[None]:
    """Hold everybody off the present database, so that no change goes into a file on its way out."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(contextlib.closing(connection := db.connect(path)))
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise
            # Too damaged for anybody to write to: it goes aside as it is.
        yield


def _aside_name(path: Path) -> Path:
    stem = f"{path.stem}-replaced-{datetime.now(UTC):%Y%m%d-%H%M%S}Z"
    names = (path.with_name(f"{stem}{n}{path.suffix}") for n in ("", *(f"-{k}" for k in range(2, 1000))))
    return next(name for name in names if not name.exists())


def _draft_name(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}.partial")


@contextlib.contextmanager
def draft(path: Path) -> Iterator[None]:
    """Make an empty file that only its owner may read; what is left under that name afterwards is taken away."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield
    finally:
        for ending in ("", *_COMPANIONS):
            path.with_name(path.name + ending).unlink(missing_ok=True)


def clear_leftovers(folder: Path, pattern: str) -> None:
    """Take away drafts that a crash left behind more than a day ago."""
    for old in folder.glob(pattern):
        with contextlib.suppress(OSError):
            if time.time() - old.stat().st_mtime > _LEFTOVER_SECONDS:
                old.unlink()


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter, and those above it, for good."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for place in missing:
        sync_folder(place.parent)


def sync_file(path: Path) -> None:
    """Wait until the file is on the disk itself."""
    with path.open("r+b") as file:
        if sys.platform == "darwin":
            import fcntl

            fcntl.fcntl(file.fileno(), fcntl.F_FULLFSYNC)
        else:
            os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the names in the folder are on the disk (Windows does this by itself and cannot be asked)."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
