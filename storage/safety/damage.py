"""Whether a fault that nobody foresaw comes from the database: then the person needs a backup, not a report to us."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from typing import TYPE_CHECKING

from domain.core.errors import AlmonerError, StorageProblem
from storage.database.errors import known

if TYPE_CHECKING:
    from storage.records.database import Database

_CHECKS = ("file", "tables", "change log", "records", "packs")  # what only damage or somebody's hand can spoil


@contextmanager
def blaming(database: Database | None) -> Iterator[None]:
    """Say of a fault inside that the database is damaged, where it is; any other goes on as it is.

    What is damaged may turn up anywhere, as a day that is none or a number where words should be. So it is looked for
    when something went wrong, rather than at every value that is read.
    """
    try:
        yield
    except Exception as error:
        found = _damage(error, database) if database is not None else None
        if found is None:
            raise
        raise found from error


def _damage(error: Exception, database: Database) -> StorageProblem | None:
    if isinstance(error, AlmonerError | OSError) or known(error, database.path) is not None:
        return None
    from storage.safety.doctor import examine

    with suppress(Exception):  # where not even that can be looked for, the fault is said as it is
        for finding in examine(database, date.max, _CHECKS):
            if finding.state == "problem":
                return StorageProblem(f"{database.path} is damaged. {finding.message}", hint=finding.hint)
    return None
