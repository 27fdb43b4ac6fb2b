"""A copy of a database for this program alone: in memory, or, where it is large, in a file that has lost its name.

A file without a name is gone with the program, however that ends. Where a system lets no open file lose its name, it
is taken away at the end, and one that was left behind at the next beginning.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import sys
import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from storage.database.connection import Connection
from storage.database.sqlite import file_uri, transaction

SMALL = 64 * 2**20  # bytes that are held in memory
_READERS = 8  # threads that can each have a connection of their own to a file without a name
_SETTINGS = (
    "PRAGMA journal_mode=MEMORY",  # a file without a name can have no journal beside it
    "PRAGMA synchronous=OFF",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA temp_store=MEMORY",
)
_serial = count(1)


class Rebuilt:
    """The copy: ``writer`` fills it, ``reader`` gives connections that cannot write. Close it to let it go."""

    def __init__(self, beside: Path, size: int) -> None:
        sweep(beside)
        self._held = threading.Lock()
        self._named: Path | None = None
        self._address = f"file:/almoner-{os.getpid()}-{next(_serial)}?vfs=memdb"
        self._spare: list[sqlite3.Connection] = []
        self._open: list[sqlite3.Connection] = []
        in_file = size > SMALL and self._begin_file(beside)
        if not in_file:
            self._open.append(self._connect())
        self.writer = Connection(self._open[0])
        for setting in _SETTINGS:
            self.writer.raw.execute(setting)

    def reader(self) -> Connection:
        """Return a connection for one more thread; with very many threads the last one is shared."""
        with self._held:
            if self._spare:
                raw = self._spare.pop()
            elif self._address:
                raw = self._connect()
                self._open.append(raw)
            else:
                raw = self._open[-1]
        raw.execute("PRAGMA query_only=ON")
        return Connection(raw)

    def close(self) -> None:
        """Let go of the copy, of which nothing is left then."""
        for raw in self._open:
            raw.close()
        if self._named is not None:
            self._named.unlink(missing_ok=True)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._address, uri=True, isolation_level=None, check_same_thread=False)

    def _begin_file(self, beside: Path) -> bool:
        """Begin in a file, which loses its name at once; False where the folder takes none."""
        path = beside.with_name(f"{beside.name}.as-of-{os.getpid()}.db")
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except OSError:
            return False
        try:
            self._address = f"{file_uri(path)}?mode=rw"
            self._open += [self._connect() for _ in range(1 + _READERS)]
            for raw in self._open:
                raw.execute("PRAGMA schema_version")  # opens the file, which a connection puts off
        finally:
            self._named = None if _unnamed(path) else path
        self._address = ""
        self._spare = self._open[1:]
        return True


def _unnamed(path: Path) -> bool:
    try:
        path.unlink()
    except OSError:  # Windows: not while it is open
        return False
    return True


def sweep(beside: Path) -> None:
    """Take away the files that programs left behind which were stopped short."""
    named = re.compile(re.escape(beside.name) + r"\.as-of-([0-9]{1,10})\.db")
    with contextlib.suppress(OSError):
        for path in beside.parent.iterdir():
            found = named.fullmatch(path.name)
            if found and not _runs(int(found[1])):
                with contextlib.suppress(OSError):  # another program still has it open
                    path.unlink()


def _runs(number: int) -> bool:
    """Whether a program of that number runs; where that cannot be asked, a file in use is not taken away anyhow."""
    if sys.platform == "win32" or number == os.getpid():
        return False
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


@contextlib.contextmanager
def rewriting(rebuilt: Rebuilt, guards: tuple[str, ...]) -> Iterator[Connection]:
    """Let the copy be changed in one piece, without the triggers named, which stand again afterwards."""
    writer = rebuilt.writer
    writer.raw.execute("PRAGMA foreign_keys=OFF")
    query = "SELECT sql FROM sqlite_schema WHERE type = 'trigger' AND name IN :guards"
    with transaction(writer):
        made = writer.values(query, guards=guards)
        for name in guards:
            writer.raw.execute(f'DROP TRIGGER IF EXISTS "{name}"')
        yield writer
        for one in made:
            writer.raw.execute(one)
