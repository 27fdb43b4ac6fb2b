"""An open database file: connections for reading, the engine for writing, and the certainty that it is still there."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from domain.core.clock import Clock
from domain.core.errors import BadInput, StorageProblem
from domain.core.text import clean_line
from storage.database.connection import Connection
from storage.database.errors import broken_off_problem, guard, read_only_problem, replaced_problem
from storage.database.sqlite import connect, connect_nowhere, identity, open_files, open_lock, transaction
from storage.files.outgoing import refuse_companion
from storage.files.paths import typed

if TYPE_CHECKING:
    from sqlalchemy import Connection as Transaction
    from sqlalchemy import Engine

_BEGIN = "BEGIN IMMEDIATE"
_SERVERS = ("postgresql:", "postgres:", "postgresql+", "mysql:", "mariadb:", "mssql:", "oracle:")


class DatabaseFile:
    """One open file."""

    def __init__(self, path: Path, clock: Clock, *, read_only: bool = False, actor: str = "", login: str = "") -> None:
        self.path = path
        self.clock = clock
        self.read_only = read_only
        self.actor = actor
        self.login = login  # who signed in to the machine, as far as whoever opened it says
        self._identity = identity(path)
        self._namespace: str | None = None  # what tells this database from any other, once it was read
        self._local = threading.local()
        self._connections: list[Connection] = []
        self._engine: Engine | None = None
        self._closed = False
        with open_lock:
            open_files[self._identity] += 1

    def reader(self) -> Connection:
        """Return this thread's connection for reading; it refuses to write. Exhaust cursors: open ones hold a lock."""
        self._still_there()
        known: Connection | None = getattr(self._local, "reader", None)
        with guard(self.path):
            if known is None:
                known = self._begin_reading()
                self._local.reader, self._local.mark = known, None
                self._connections.append(known)
            if (mark := known.change_mark()) != self._local.mark:  # somebody wrote into the file, or a program over it
                self._refuse_other(known)
                self._local.mark = mark
        return known

    def _refuse_other(self, connection: Connection) -> None:
        """Refuse to go on where another database was copied into the same file, which a change would go to unseen.

        A connection that found the file emptied would never see what it is filled with later: it is let go.
        """
        try:
            found = connection.value("SELECT value FROM meta WHERE key = 'namespace'")
        except Exception:
            self._begin_afresh()
            raise
        if self._namespace is None:
            self._namespace = found
        if found != self._namespace:
            self._begin_afresh()
            raise replaced_problem(self.path)

    def _begin_afresh(self) -> None:
        """Have what is read or written next go through new connections, on this thread and for writing."""
        self._local.reader = None
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def _begin_reading(self) -> Connection:
        connection = connect(self.path, read_only=self.read_only)
        connection.raw.execute("PRAGMA query_only=ON")
        return connection

    @contextlib.contextmanager
    def reading_through(self, connection: Connection) -> Iterator[None]:
        """Let this thread read what ``connection`` sees, such as a transaction that is not to be kept."""
        usual = self.reader()
        self._local.reader = connection
        try:
            yield
        finally:
            self._local.reader = usual

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection inside a transaction of its own: for what is no record, such as what calendars said."""
        if self.read_only:
            raise read_only_problem(self.path)
        with guard(self.path), contextlib.closing(connect(self.path)) as connection, transaction(connection):
            self._refuse_other(connection)
            yield connection

    def engine(self) -> Engine:
        """Return the SQLAlchemy engine, whose every transaction begins by taking the write lock."""
        if self._engine is None:
            self._engine = self._build_engine()
        return self._engine

    def close(self) -> None:
        """Close every connection; the database cannot be used afterwards."""
        if self._closed:
            return
        self._closed = True
        if self._engine is not None:
            self._engine.dispose()
        for connection in self._connections:
            connection.close()
        with open_lock:
            open_files[self._identity] -= 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _build_engine(self) -> Engine:
        import sqlalchemy as sa

        engine = sa.create_engine(
            sa.URL.create("sqlite", database=str(self.path)),
            creator=lambda: connect(self.path, read_only=self.read_only).raw,
            poolclass=sa.QueuePool,
            pool_size=1,
            max_overflow=4,
            hide_parameters=True,  # names must not reach messages or logs
        )

        @sa.event.listens_for(engine, "begin")
        def begin(connection: Transaction) -> None:
            with guard(self.path):
                connection.exec_driver_sql(_BEGIN)
                self._refuse_other(Connection(connection.connection.driver_connection))  # type: ignore[arg-type]
            self._still_there()

        _end_with_the_engines_own(engine)
        return engine

    def _still_there(self) -> None:
        """Refuse to go on when the file was replaced (a restore, a sync client): changes would go to the old one."""
        if self._closed:
            raise StorageProblem("The database has been closed.", hint="Open it again.")
        try:
            same = identity(self.path) == self._identity
        except OSError:
            same = False
        if not same:
            raise replaced_problem(self.path)


def within(transaction: Transaction) -> Connection:
    """Return the door to what SQLAlchemy's ``transaction`` is at work on; raises StorageProblem where that is over."""
    _refuse_over(transaction)
    return Connection(transaction.connection.driver_connection)  # type: ignore[arg-type]


def _end_with_the_engines_own(engine: Engine) -> None:
    """Let no work go on outside a transaction that the engine ended by itself: a full disk, a disk that fails.

    SQLite then takes the whole transaction back, savepoints and all, of which SQLAlchemy learns nothing: it asks for
    the savepoint, whose absence would hide what happened, and what follows would be written at once and for good.
    """
    import sqlalchemy as sa

    back_to = engine.dialect.do_rollback_to_savepoint

    def unless_over(connection: Transaction, name: str) -> None:
        if not _is_over(connection):
            back_to(connection, name)

    def refuse(connection: Transaction, _cursor: object, statement: str, *_: object) -> None:
        if statement != _BEGIN:
            _refuse_over(connection)

    engine.dialect.do_rollback_to_savepoint = unless_over  # type: ignore[method-assign]
    sa.event.listen(engine, "before_cursor_execute", refuse)
    sa.event.listen(engine, "commit", _refuse_over)


def _is_over(transaction: Transaction) -> bool:
    raw: Any = transaction.connection.driver_connection
    return not raw.in_transaction


def _refuse_over(transaction: Transaction) -> None:
    if _is_over(transaction):
        raise broken_off_problem()


def path_of(where: str | os.PathLike[str]) -> Path:
    """Return the file that ``where`` names; server addresses are refused."""
    return _named(where).resolve()


def new_place(where: str | os.PathLike[str]) -> Path:
    """Return the file that ``where`` names, where a database is to be made; raises StorageProblem where none may be.

    A link is followed nowhere, wherever it leads, and what belongs to another database stays free.
    """
    named = _named(where)
    if named.is_symlink():
        raise StorageProblem(
            f"{clean_line(str(named))} is a link; it was left as it is.",
            hint="Name the file that it leads to, or another place, with --path.",
            title="Not overwritten",
        )
    path = named.resolve()
    refuse_companion(path)
    return path


def _named(where: str | os.PathLike[str]) -> Path:
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
    try:
        return typed(text, "The database")
    except BadInput as fault:
        raise StorageProblem(fault.message, hint="Give the path of a file on this machine.") from None


def writable(path: Path) -> bool:
    """Whether the file may be written. One nobody may write counts as read-only even for an administrator."""
    marked = path.stat().st_mode & 0o222
    return bool(marked) and os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)


@contextlib.contextmanager
def rebuilding(path: Path | None) -> Iterator[Transaction]:
    """Hold the write lock with foreign keys off, so that tables can be rebuilt: commits, or leaves all as it was.

    Without a path it is an empty database in memory, to see what would be built.
    """
    import sqlalchemy as sa

    def opened() -> object:
        conn = connect_nowhere() if path is None else connect(path)
        conn.change("PRAGMA foreign_keys=OFF")  # takes no effect inside a transaction, hence here
        return conn.raw

    engine = sa.create_engine("sqlite://", creator=opened, poolclass=sa.NullPool, hide_parameters=True)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(_BEGIN))
    with engine.connect() as connection, connection.begin():
        yield connection
