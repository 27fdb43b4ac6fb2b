"""Opening the one file the data lives in, and saying plainly what is wrong when it cannot be used.

Nothing heavy is imported here: the first screen reads through a plain connection while the rest still loads.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections import Counter
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from domain.errors import StorageProblem
from storage.trouble import guard, read_only_problem, replaced_problem, translate

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from storage.packs import PackSet
    from storage.unit import Unit

__all__ = [
    "APPLICATION_ID",
    "PRAGMAS",
    "SCHEMA_VERSION",
    "Database",
    "check_file",
    "connect",
    "file_uri",
    "guard",
    "open_database",
    "path_of",
    "translate",
]

OLDEST_SQLITE = (3, 37)  # the first with STRICT tables
APPLICATION_ID = 0x416C6D6E  # "Almn", written into every file of ours
SCHEMA_VERSION = 5

# Other settings lose an acknowledged change at a power cut (tests/storage/test_power_cut.py shows which), leave
# deleted rows readable or let a crafted file run functions. The order matters: first be patient, then ask.
PRAGMAS = (
    "PRAGMA busy_timeout=10000",
    "PRAGMA journal_mode=TRUNCATE",
    "PRAGMA synchronous=EXTRA",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA fullfsync=ON",  # heeded on macOS only, where a plain fsync does not reach the disk
)

_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_SERVERS = ("postgresql:", "postgres:", "postgresql+", "mysql:", "mariadb:", "mssql:", "oracle:")
_HINT_BEGIN = "Run `almoner demo` to look around, `almoner import` to take in an extract, or `almoner` to start empty."

# Files open in this process. Closing any other handle on them would silently drop SQLite's locks (POSIX), so their
# headers are not read a second time.
_open_files: Counter[tuple[int, int]] = Counter()
_open_lock = threading.Lock()


class Database:
    """One open database file: plain readers for screens, units of work for changes."""

    def __init__(self, path: Path, *, read_only: bool = False, actor: str = "") -> None:
        self.path = path
        self.read_only = read_only
        self.actor = actor
        self._identity = _identity(path)
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._engine: Engine | None = None
        self._packs: PackSet | None = None
        self._closed = False
        with _open_lock:
            _open_files[self._identity] += 1

    def reader(self) -> sqlite3.Connection:
        """Return this thread's connection for reading; it refuses to write. Exhaust cursors: open ones hold a lock."""
        self._still_there()
        known: sqlite3.Connection | None = getattr(self._local, "reader", None)
        if known is None:
            with guard(self.path):
                known = connect(self.path, read_only=self.read_only)
                known.execute("PRAGMA query_only=ON")
            self._local.reader = known
            self._connections.append(known)
        return known

    def engine(self) -> Engine:
        """Return the SQLAlchemy engine, whose every transaction begins by taking the write lock."""
        if self._engine is None:
            self._engine = self._build_engine()
        return self._engine

    def unit(self, actor: str = "", today: date | None = None) -> Unit:
        """Begin a unit of work: all of it is kept when it is finished, none of it otherwise."""
        if self.read_only:
            raise read_only_problem(self.path)
        from storage.unit import Unit

        return Unit(self, actor or self.actor, today)

    @property
    def pack_folders(self) -> list[Path]:
        """The folders of the council's own packs."""
        from storage.packs import folders_beside

        return folders_beside(self.path)

    def pack_digest(self) -> str:
        """Return what tells the packs now on disk from others."""
        from storage.packs import digest

        return digest(self.pack_folders)

    def packs(self) -> PackSet:
        """Return the packs in force, read once."""
        if self._packs is None:
            from storage.packs import load

            self._packs = load(self.pack_folders)
        return self._packs

    def close(self) -> None:
        """Close every connection; the database cannot be used afterwards."""
        if self._closed:
            return
        self._closed = True
        if self._engine is not None:
            self._engine.dispose()
        for connection in self._connections:
            connection.close()
        with _open_lock:
            _open_files[self._identity] -= 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _build_engine(self) -> Engine:
        import sqlalchemy as sa

        engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(self.path)),
            creator=lambda: connect(self.path, read_only=self.read_only),
            poolclass=sa.QueuePool,
            pool_size=1,
            max_overflow=4,
            hide_parameters=True,  # names must not reach messages or logs
        )

        @sa.event.listens_for(engine, "begin")
        def begin(connection: sa.Connection) -> None:
            with guard(self.path):
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            self._still_there()

        return engine

    def _still_there(self) -> None:
        """Refuse to go on when the file was replaced (a restore, a sync client): changes would go to the old one."""
        if self._closed:
            raise StorageProblem("The database has been closed.", hint="Open it again.")
        try:
            same = _identity(self.path) == self._identity
        except OSError:
            same = False
        if not same:
            raise replaced_problem(self.path)


def open_database(where: str | os.PathLike[str], *, create: bool = False, actor: str = "") -> Database:
    """Open the database at ``where``, bringing an older one up to date after a verified backup.

    ``create`` makes a new one when there is none. Raises StorageProblem, with what to do, for everything that is not
    a database of ours in a fit state; the file is then as it was.
    """
    path = path_of(where)
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StorageProblem(
            f"This Python brings SQLite {sqlite3.sqlite_version}, which is too old.",
            hint="Use a Python whose SQLite is 3.37 or newer, such as one from python.org.",
        )
    with guard(path):
        if not path.exists():
            _begin_new(path, create=create)
        check_file(path)
        read_only = not _writable(path)
        _bring_up_to_date(path, read_only=read_only)
        database = Database(path, read_only=read_only, actor=actor)
        try:
            _follow_packs(database)
        except BaseException:
            database.close()
            raise
        return database


def path_of(where: str | os.PathLike[str]) -> Path:
    """Return the file that ``where`` names; server addresses are refused."""
    text = os.fspath(where)
    if text.casefold().startswith(_SERVERS):
        raise StorageProblem(
            "Databases on a server (PostgreSQL) are not there yet in this version.",
            hint="Give the path of a file on this machine instead.",
        )
    if text.casefold().startswith("sqlite:///"):
        text = text[len("sqlite:///") :]
    if not text.strip() or "\0" in text:
        raise StorageProblem("That is not the path of a file.", hint="Give the path of a file on this machine.")
    return Path(text).expanduser().resolve()


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Return a connection with our settings, in autocommit; never creates a file."""
    connection = sqlite3.connect(
        f"{file_uri(path)}?mode={'ro' if read_only else 'rw'}",
        uri=True,
        timeout=10,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        for pragma in PRAGMAS:
            connection.execute(pragma)
    except BaseException:
        connection.close()
        raise
    return connection


def file_uri(path: Path) -> str:
    """Return ``path`` as the URI SQLite wants: every odd character quoted, drive letters and shares included."""
    text = path.absolute().as_posix()
    start = "//" if text.startswith("//") else "" if text.startswith("/") else "/"
    return f"file:{start}{quote(text)}"


def check_file(path: Path) -> None:
    """Raise StorageProblem unless ``path`` is a database file of ours, looking at its first bytes only."""
    if path.is_dir():
        raise StorageProblem(f"{path} is a folder, not a database.", hint="Name a file in it.")
    if not path.is_file():
        raise StorageProblem(f"{path} is not an ordinary file.", hint="Name a database file.")
    with _open_lock:
        if _open_files[_identity(path)] > 0:
            return
        with path.open("rb") as file:
            header = file.read(_HEADER)
    _check_header(path, header)


def _check_header(path: Path, header: bytes) -> None:
    hint = "The file was left as it is. Name another file, or put a backup back with `almoner restore FILE`."
    if not header:
        raise StorageProblem(f"{path} is empty: there is no database in it.", hint=hint)
    if not header.startswith(_MAGIC[: len(header)]):
        raise StorageProblem(f"{path} is not an Almoner database.", hint=hint)
    if len(header) < _HEADER:
        raise StorageProblem(f"{path} is cut short: most of the database is missing.", hint=hint)
    _check_owner(path, int.from_bytes(header[68:72], "big"))


def _check_owner(path: Path, application: int) -> None:
    if application != APPLICATION_ID:
        raise StorageProblem(f"{path} is another program's database.", hint="The file was left as it is.")


def _begin_new(path: Path, *, create: bool) -> None:
    from storage.paths import network_or_sync

    if not create:
        raise StorageProblem(f"There is no database at {path} yet.", hint=_HINT_BEGIN, title="Nothing here yet")
    if why := network_or_sync(path):
        raise StorageProblem(
            f"A database cannot be made at {path}: {why}.",
            hint="Two machines writing there would damage it. Choose a folder on this machine; backups may go there.",
        )
    from storage.migrations.runner import build

    build(path)


def _bring_up_to_date(path: Path, *, read_only: bool) -> None:
    version = _version(path, read_only=read_only)
    if version > SCHEMA_VERSION:
        raise StorageProblem(
            f"{path} was made by a newer version of Almoner (its format is {version}, this version knows "
            f"{SCHEMA_VERSION}).",
            hint="Bring Almoner up to date. The file was left as it is.",
        )
    if version == SCHEMA_VERSION:
        return
    if read_only:
        raise StorageProblem(
            f"{path} was made by an older version and can only be read, so it cannot be brought up to date.",
            hint="Allow writing to the file and its folder, or work on a copy.",
        )
    from storage.migrations.runner import upgrade

    upgrade(path)


def _follow_packs(database: Database) -> None:
    """Work the due dates out afresh when the packs on disk are not those they came from."""
    if database.read_only:
        return
    kept = database.reader().execute("SELECT value FROM meta WHERE key = 'packs'").fetchone()
    if kept is None or kept[0] != database.pack_digest():
        from storage.projections import bring_up_to_date

        bring_up_to_date(database)


def _version(path: Path, *, read_only: bool) -> int:
    with contextlib.closing(connect(path, read_only=read_only)) as connection:
        _check_owner(path, connection.execute("PRAGMA application_id").fetchone()[0])
        version: int = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        return version


def _identity(path: Path) -> tuple[int, int]:
    state = path.stat()
    return state.st_dev, state.st_ino


def _writable(path: Path) -> bool:
    """Whether the file may be written. One nobody may write counts as read-only even for an administrator."""
    marked = path.stat().st_mode & 0o222
    return bool(marked) and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
