"""What went wrong with a file, in plain words with what to do: the driver's, the system's and SQLAlchemy's errors."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from domain.core.errors import AlmonerError, BadInput, StorageProblem


@contextlib.contextmanager
def guard(path: Path | None = None) -> Iterator[None]:
    """Turn what SQLite, SQLAlchemy and the file system raise inside into an AlmonerError with what to do."""
    try:
        yield
    except AlmonerError:
        raise
    except Exception as error:
        found = known(error, path)
        if found is None:
            raise
        raise found from error


def translate(error: Exception, path: Path | None = None) -> AlmonerError:
    """Return ``error`` in plain words, whatever it is."""
    if isinstance(error, AlmonerError):
        return error
    return known(error, path) or _problem(_OTHER, path)


def known(error: Exception, path: Path | None) -> AlmonerError | None:
    """Return what the driver, SQLAlchemy or the system raised in plain words; None where it is nothing of the kind."""
    cause: Any = getattr(error, "orig", None) or error  # SQLAlchemy keeps the driver's error there
    if isinstance(cause, sqlite3.IntegrityError):
        return _contradiction(str(cause))
    if isinstance(cause, sqlite3.Error):
        return _sqlite_problem(cause, path)
    if isinstance(cause, OSError):
        return _system_problem(cause, path)
    if isinstance(cause, OverflowError) and "SQLite" in str(cause):
        return boundless_number()
    return None


_FULL = ("There is no room left on the disk.", "Nothing was changed. Make room and try again.")
_OTHER = ("The data could not be read or written.", "Run `almoner doctor` to check the database.")
_DAMAGED = (
    "{name} is damaged or cut short.",
    "It was left as it is. Put the latest backup back with `almoner restore FILE`.",
)
_WORDS = {
    sqlite3.SQLITE_BUSY: ("Another program is writing to the database.", "Nothing was changed. Try again in a moment."),
    sqlite3.SQLITE_LOCKED: ("Another program is writing to the database.", "Nothing was changed. Try again."),
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_IOERR: (
        "The disk could not be read or written.",
        "Nothing was changed. Check the disk, then run `almoner doctor`.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "{name} cannot be opened.",
        "Check that the folder exists and that you may read and write in it.",
    ),
    sqlite3.SQLITE_PERM: ("{name} may not be used by you.", "Ask for permission to the file and its folder."),
}


# What the driver says where a file, opened as one of ours, no longer holds what ours do.
_DAMAGE = ("Could not decode to UTF-8", "no such table", "no such column", "malformed JSON")


def _sqlite_problem(error: sqlite3.Error, path: Path | None) -> AlmonerError | None:
    if isinstance(error, sqlite3.OperationalError) and str(error).startswith(_DAMAGE):
        return _problem(_DAMAGED, path)
    code = getattr(error, "sqlite_errorcode", None)
    if code is None or isinstance(error, sqlite3.ProgrammingError):
        return None
    if code == sqlite3.SQLITE_READONLY_DBMOVED:
        return replaced_problem(path)
    if code & 0xFF == sqlite3.SQLITE_READONLY:
        return read_only_problem(path)
    return _problem(_WORDS.get(code & 0xFF, _OTHER), path)


def _system_problem(error: OSError, path: Path | None) -> AlmonerError | None:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _problem(_FULL, path)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return _problem(("{name} may not be written or read by you.", "Check the file's and folder's rights."), path)
    if isinstance(error, FileNotFoundError | NotADirectoryError | IsADirectoryError | FileExistsError):
        return _problem(("{name} cannot be used: a folder on the way is missing or is no folder.", "Check it."), path)
    if error.errno in (errno.EIO, errno.ENAMETOOLONG, errno.ELOOP, errno.ESTALE):
        return _problem((f"{{name}} cannot be used: {(error.strerror or 'a fault').lower()}.", "Check the path."), path)
    return None


def _contradiction(message: str) -> AlmonerError:
    """Say which field a constraint refused: SQLite names columns only, never their content."""
    kind, _, rest = message.partition(" constraint failed")
    if rest == _SECOND_HOLDER:
        return second_holder()
    columns = [one.rpartition(".")[2].removesuffix("_listed") for one in rest.lstrip(": ").split(", ")]
    field = columns[0]
    words = {
        "UNIQUE": f"{field}: there is already one with this {' and '.join(columns)}",
        "NOT NULL": f"{field}: must be given",
        "FOREIGN KEY": "it names something that is not in this database, or that others still name",
        "CHECK": f"{field}: not one of the listed values",
    }
    return BadInput(words.get(kind, "it contradicts what is already recorded") + ".", field=field)


_SECOND_HOLDER = ": allocation.case"  # what the index of open allocated workers says


def second_holder() -> BadInput:
    """Say that a case would have two allocated workers at once."""
    return BadInput(
        "case: it has an allocated worker already, and can have one only.",
        field="case",
        hint="End that allocation first, or use: almoner allocate.",
    )


def _problem(words: tuple[str, str], path: Path | None) -> StorageProblem:
    return StorageProblem(words[0].format(name=path or "The database"), hint=words[1])


def boundless_number() -> BadInput:
    """Say that a number is larger than a database can hold."""
    return BadInput("A number here is larger than any that can be kept.", hint="Give a smaller one.")


def damaged_problem(path: Path | None) -> StorageProblem:
    """Say that the file is damaged."""
    return _problem(_DAMAGED, path)


def read_only_problem(path: Path | None) -> StorageProblem:
    """Say that the file cannot be written."""
    return StorageProblem(
        f"{path or 'The database'} can only be read; nothing was changed.",
        hint="Allow writing to the file and its folder, then open it again.",
        title="Only for reading",
    )


def broken_off_problem() -> StorageProblem:
    """Say that a change ended before it was finished, whatever ended it."""
    return StorageProblem(
        "The change was broken off before it was finished, so nothing of it was kept.", hint="Try again."
    )


def replaced_problem(path: Path | None) -> StorageProblem:
    """Say that another file has taken this one's place."""
    return StorageProblem(
        f"{path or 'The database'} was moved or replaced while it was open; nothing was changed.",
        hint="Close Almoner and start it again.",
    )
