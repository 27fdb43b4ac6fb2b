"""SQLite itself: opening a file with our settings, knowing one of ours from others, and whole-file work.

Nothing heavy is imported here: the first screen reads through a plain connection while the rest still loads.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from domain.core.errors import StorageProblem
from storage.database.connection import Connection

OLDEST_SQLITE = (3, 37)  # the first with STRICT tables
APPLICATION_ID = 0x416C6D6E  # "Almn", written into every file of ours
FOUNDATION = 9  # the oldest format of tables that can be brought up to date; what came before was never released
FORMAT = 9  # the present one; a file of a newer one is refused

# Other settings lose an acknowledged change at a power cut (tests/storage/safety/test_power_cut.py shows which), leave
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

# Files open in this process. Closing any other handle on them would silently drop SQLite's locks (POSIX), so their
# headers are not read a second time.
open_files: Counter[tuple[int, int]] = Counter()
open_lock = threading.Lock()


# opening -------------------------------------------------------------------------------------------------------------


def connect(path: Path, *, read_only: bool = False) -> Connection:
    """Return a connection with our settings, in autocommit; never creates a file."""
    raw = sqlite3.connect(
        f"{file_uri(path)}?mode={'ro' if read_only else 'rw'}",
        uri=True,
        timeout=10,
        isolation_level=None,
        check_same_thread=False,
    )
    return _with_settings(raw, PRAGMAS)


def connect_briefly(path: Path, patience: float, *, read_only: bool) -> Connection:
    """Return a connection that waits ``patience`` seconds for others at most; a reader leaves the journal alone."""
    place = f"{file_uri(path)}?mode={'ro' if read_only else 'rw'}"
    raw = sqlite3.connect(place, uri=True, timeout=patience, isolation_level=None)
    return _with_settings(raw, [p for p in PRAGMAS[1:] if not read_only or "journal" not in p])


def connect_alone(path: Path) -> Connection:
    """Return a connection to a draft nobody else knows: no locks (network drives may have none), no journal."""
    raw = sqlite3.connect(f"{file_uri(path)}?mode=rw&nolock=1", uri=True, isolation_level=None)
    return _with_settings(raw, ("PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF"))


def connect_nowhere() -> Connection:
    """Return a connection to an empty database in memory, which goes with it."""
    return _with_settings(sqlite3.connect(":memory:", isolation_level=None), ())


def connect_still(path: Path) -> Connection:
    """Return a connection that reads a file to which nobody is writing."""
    uri = f"{file_uri(path)}?mode=ro&immutable=1"
    return Connection(sqlite3.connect(uri, uri=True, isolation_level=None))


def _with_settings(raw: sqlite3.Connection, pragmas: tuple[str, ...] | list[str]) -> Connection:
    try:
        for pragma in pragmas:
            raw.execute(pragma)
    except BaseException:
        raw.close()
        raise
    return Connection(raw)


def refuse_old_sqlite() -> None:
    """Raise StorageProblem where this Python's SQLite is older than our tables need."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StorageProblem(
            f"This Python brings SQLite {sqlite3.sqlite_version}, which is too old.",
            hint="Use a Python whose SQLite is 3.37 or newer, such as one from python.org.",
        )


def file_uri(path: Path) -> str:
    """Return ``path`` as the URI SQLite wants: every odd character quoted, drive letters and shares included."""
    text = path.absolute().as_posix()
    start = "//" if text.startswith("//") else "" if text.startswith("/") else "/"
    return f"file:{start}{quote(text)}"


def identity(path: Path) -> tuple[int, int]:
    """Return what tells the file at ``path`` from any other."""
    state = path.stat()
    return state.st_dev, state.st_ino


# knowing ours --------------------------------------------------------------------------------------------------------


def check_file(path: Path) -> None:
    """Raise StorageProblem unless ``path`` is a database file of ours, looking at its first bytes only."""
    if path.is_dir():
        raise StorageProblem(f"{path} is a folder, not a database.", hint="Name a file in it.")
    if not path.is_file():
        raise StorageProblem(f"{path} is not an ordinary file.", hint="Name a database file.")
    with open_lock:
        if open_files[identity(path)] > 0:
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
    check_owner(path, int.from_bytes(header[68:72], "big"))


def check_owner(path: Path, application: int) -> None:
    """Raise StorageProblem where ``application`` says that a file is another program's."""
    if application != APPLICATION_ID:
        raise StorageProblem(f"{path} is another program's database.", hint="The file was left as it is.")


def application_of(connection: Connection) -> int:
    """Return which program a database says it belongs to."""
    found: int = connection.value("PRAGMA application_id")
    return found


def is_foreign(path: Path) -> bool:
    """Whether a sound database of another program is there. A damaged one of ours is not."""
    try:
        with contextlib.closing(sqlite3.connect(f"{file_uri(path)}?mode=ro", uri=True)) as raw:
            return application_of(Connection(raw)) != APPLICATION_ID
    except sqlite3.Error:
        return False


def format_of(connection: Connection) -> int:
    """Return the number of the tables' format."""
    found: int = connection.value("PRAGMA user_version")
    return found


def refuse_development(path: Path, version: int) -> None:
    """Raise StorageProblem, with the way over, where a file is of a format that was never released."""
    if version < FOUNDATION:
        raise StorageProblem(
            f"{path} was made by a development version of Almoner (format {version}), which cannot be read here.",
            hint="Write its records out with the version that made it, and record them here: see docs/upgrading.md. "
            "The file was left as it is.",
        )


# the whole file ------------------------------------------------------------------------------------------------------


def faults(connection: Connection, most: int = 3) -> list[str]:
    """Return what is damaged in the file; empty where it is whole."""
    return [fault for fault in connection.values(f"PRAGMA integrity_check({most})") if fault != "ok"]


def broken_references(connection: Connection) -> list[str]:
    """Return the table of every record that names one which is not there."""
    return [str(row["table"]) for row in connection.rows("PRAGMA foreign_key_check")]


class Part(NamedTuple):
    """One thing that the schema holds: a table, index, trigger or view, and its name."""

    kind: str
    name: str


def schema_of(connection: Connection) -> dict[Part, str]:
    """Return how each part of the schema was made, whatever the spaces; what the engine adds itself is left out."""
    query = "SELECT type AS kind, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"
    return {Part(row["kind"], row["name"]): " ".join((row["sql"] or "").split()) for row in connection.rows(query)}


def row_counts(connection: Connection) -> dict[str, int]:
    """Return how many rows each table has."""
    names = connection.values("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return {name: _count(connection, name) for name in names}


def _count(connection: Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    found: int = connection.value(f'SELECT count(*) FROM "{quoted}"')  # noqa: S608 - names from the schema
    return found


def copy_pages(source: Connection, draft: Connection) -> None:
    """Copy the whole database, while others go on working with it."""
    source.raw.backup(draft.raw)


def analyse(connection: Connection) -> None:
    """Have the engine look at what the tables hold, so that it chooses its indexes well."""
    connection.raw.execute("ANALYZE")


@contextlib.contextmanager
def attached(connection: Connection, path: Path, name: str) -> Iterator[None]:
    """Let another database be read under ``name``; raises StorageProblem where it cannot be."""
    try:
        connection.raw.execute("ATTACH ? AS " + name, (f"{file_uri(path)}?mode=ro",))
    except sqlite3.Error as error:
        raise StorageProblem(f"{path} cannot be read.") from error
    try:
        yield
    except sqlite3.Error as error:
        if connection.raw.in_transaction:
            connection.raw.execute("ROLLBACK")
        raise StorageProblem(f"{path} cannot be read.") from error
    finally:
        connection.raw.execute("DETACH " + name)


# holding others off --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Take the write lock; what is written inside is kept when the block ends, and none of it after an error."""
    connection.raw.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.raw.in_transaction:
            connection.raw.execute("ROLLBACK")
        raise
    connection.raw.execute("COMMIT")


@contextlib.contextmanager
def snapshot(connection: Connection) -> Iterator[None]:
    """Let everything read inside be of one moment."""
    connection.raw.execute("BEGIN")
    try:
        yield
    finally:
        if connection.raw.in_transaction:  # what failed inside may have ended it
            connection.raw.execute("ROLLBACK")


@contextlib.contextmanager
def standing_still(path: Path) -> Iterator[None]:
    """Hold everybody off the database, so that no change goes into a file on its way out."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(contextlib.closing(connection := connect(path)))
            connection.raw.execute("BEGIN EXCLUSIVE")
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
                raise
            # Too damaged for anybody to write to: it goes aside as it is.
        yield


@contextlib.contextmanager
def alone(path: Path) -> Iterator[bool]:
    """Hold off others who want the same: by SQLite's own lock on a file, which ends with the program that holds it."""
    with contextlib.closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            yield False
            return
        yield True
