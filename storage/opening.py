"""Opening a database: what the subjects bring is put together here, and the file is checked and brought up to date.

Nothing heavy is imported until somebody writes: the first screen reads while the rest still loads.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, TypeVar

from domain.core.clock import Clock
from domain.core.errors import AlmonerError, StorageProblem
from domain.core.errors import where as place
from storage.database.derived_days import changed_since_settled
from storage.database.errors import damaged_problem, guard
from storage.database.file import new_place, path_of, within, writable
from storage.database.sqlite import (
    FORMAT,
    analyse,
    application_of,
    check_file,
    check_owner,
    connect,
    faults,
    format_of,
    refuse_development,
    refuse_old_sqlite,
)
from storage.records.database import Database, Parts
from storage.safety.damage import blaming

if TYPE_CHECKING:
    from storage.database.connection import Connection
    from storage.due.obligations import Obligations
    from storage.due.subjects import Subjects
    from storage.records.derivation import Derivation, Progress
    from storage.records.kind import Kinds
    from storage.records.listed import Listed
    from storage.records.unit import Unit

_HINT_BEGIN = (
    "Run `almoner demo` to look around, `almoner import` to take in an extract, or `almoner new` to start empty."
)


_LOADING = RLock()
_Made = TypeVar("_Made")


def _once(make: Callable[[], _Made]) -> Callable[[], _Made]:
    """Have ``make`` run once, and by one thread: the first write may come while the records still load behind it."""
    kept = cache(make)

    def once() -> _Made:
        with _LOADING:
            return kept()

    return once


# what the subjects bring ---------------------------------------------------------------------------------------------


@_once
def kinds() -> Kinds:
    """Return the kinds of record there are."""
    from storage.calendar.kinds import KINDS as CALENDAR
    from storage.cases.kinds import KINDS as CASES
    from storage.due.kinds import KINDS as DUE
    from storage.learning.kinds import KINDS as LEARNING
    from storage.load.kinds import KINDS as LOAD
    from storage.people.kinds import KINDS as PEOPLE
    from storage.planning.kinds import KINDS as PLANNING
    from storage.records.kind import Kinds
    from storage.supervision.kinds import KINDS as SUPERVISION

    return Kinds((*PEOPLE, *CASES, *LOAD, *DUE, *PLANNING, *SUPERVISION, *LEARNING, *CALENDAR))


@_once
def lists() -> Mapping[str, Listed]:
    """Return how every kind of record is listed, in an order in which they can be recorded."""
    from storage.calendar.lists import LISTS as CALENDAR
    from storage.cases.lists import LISTS as CASES
    from storage.due.lists import LISTS as DUE
    from storage.learning.lists import LISTS as LEARNING
    from storage.load.lists import LISTS as LOAD
    from storage.people.lists import LISTS as PEOPLE
    from storage.planning.lists import LISTS as PLANNING
    from storage.supervision.lists import LISTS as SUPERVISION

    return {**PEOPLE, **PLANNING, **CASES, **LOAD, **DUE, **SUPERVISION, **LEARNING, **CALENDAR}


@_once
def subjects() -> Subjects:
    """Return what reads cases and workers as the rules see them; supervision comes after the programmes it goes by."""
    from storage.due.subjects import Subjects
    from storage.learning.cpd_years import of_cpd
    from storage.learning.needs import of_needs
    from storage.learning.programme_facts import of_programmes
    from storage.learning.registrations import of_registrations
    from storage.load.rule_facts import of_concerns
    from storage.supervision.rule_facts import of_supervision

    return Subjects((of_concerns, of_needs, of_registrations, of_cpd, of_programmes, of_supervision))


@_once
def obligations() -> Obligations:
    """Return what keeps the open obligations."""
    from storage.due.obligations import Obligations
    from storage.learning.programme_facts import learners_of
    from storage.people.in_use import workers_of

    return Obligations(subjects(), {"programmes": learners_of, "teams": workers_of})


@_once
def derivations() -> Sequence[Derivation]:
    """Return everything that is worked out from records and kept."""
    from storage.load.case_points import Points

    return (obligations(), Points())


@_once
def load_writing() -> None:
    """Load and map all records, so that this is over before the first of them is used."""
    from sqlalchemy.orm import configure_mappers

    kinds()
    configure_mappers()


def _unit(database: Database, actor: str, today: date | None) -> Unit:
    load_writing()
    from storage.records.unit import Unit

    return Unit(database, actor, today)


def _recount(database: Database, conn: Connection, progress: Progress | None) -> None:
    recount(database, conn, progress)


PARTS = Parts(kinds, derivations, subjects, _unit, _recount)


# opening -------------------------------------------------------------------------------------------------------------


def open_database(
    where: str | os.PathLike[str],
    clock: Clock,
    *,
    create: bool = False,
    actor: str = "",
    login: str = "",
    follow: bool = True,
) -> Database:
    """Open the database at ``where``, bringing an older one up to date after a verified backup.

    ``actor`` is who is acting, ``login`` who signed in to the machine; the change log notes both. ``create`` makes a
    new one when there is none; without ``follow`` what is derived stays as it is in the file: see ``rehearsed``.
    Raises StorageProblem, with what to do, for everything that is not a database of ours in a fit state; the file is
    then as it was.
    """
    path = path_of(where)
    refuse_old_sqlite()
    with guard(path):
        if made := not path.exists():
            _begin_new(path, clock, create=create)
        check_file(path)
        read_only = not writable(path)
        _bring_up_to_date(path, clock, read_only=read_only)
        database = Database(path, clock, PARTS, read_only=read_only, actor=actor, login=login)
        try:
            with blaming(database):
                database.packs_changed = follow_packs(database) if follow else _is_behind(database)
        except BaseException as error:
            database.close()
            if made and isinstance(error, Exception):
                raise _made_but_not_filled(path, error) from error
            raise
        return database


def make_database(where: str | os.PathLike[str], clock: Clock, *, actor: str = "") -> Path:
    """Make a new, empty database and return where; raises StorageProblem when anything at all stands there."""
    path = new_place(where)
    refuse_old_sqlite()
    with guard(path):
        if path.exists():
            raise StorageProblem(
                f"There is something at {path} already; it was left as it is.",
                hint="Name another place with --path.",
                title="Not overwritten",
            )
        _begin_new(path, clock, create=True)
    open_database(path, clock, actor=actor).close()
    return path


def _made_but_not_filled(path: Path, error: Exception) -> StorageProblem:
    why = error.message if isinstance(error, AlmonerError) else f"a fault in Almoner, {place(error)}."
    return StorageProblem(
        f"An empty database was made at {path}, but the rules could not be put into it: {why}",
        hint="Start Almoner again: it goes on from there.",
    )


def _begin_new(path: Path, clock: Clock, *, create: bool) -> None:
    from storage.files.paths import network_or_sync

    if not create:
        raise StorageProblem(f"There is no database at {path} yet.", hint=_HINT_BEGIN, title="Nothing here yet")
    if why := network_or_sync(path):
        raise StorageProblem(
            f"A database cannot be made at {path}: {why}.",
            hint="Two machines writing there would damage it. Choose a folder on this machine; backups may go there.",
        )
    from storage.migrations.runner import build

    build(path, clock)


def _bring_up_to_date(path: Path, clock: Clock, *, read_only: bool) -> None:
    version = _version(path, read_only=read_only)
    if version > FORMAT:
        raise StorageProblem(
            f"{path} was made by a newer version of Almoner (its format is {version}, this version knows {FORMAT}).",
            hint="Bring Almoner up to date. The file was left as it is.",
        )
    refuse_development(path, version)
    if version == FORMAT:
        return
    if read_only:
        raise StorageProblem(
            f"{path} was made by an older version and can only be read, so it cannot be brought up to date.",
            hint="Allow writing to the file and its folder, or work on a copy.",
        )
    from storage.migrations.runner import upgrade
    from storage.safety.backup import automatic

    upgrade(path, lambda: automatic(path, f"before-format-{FORMAT}", clock.real()))


def _version(path: Path, *, read_only: bool) -> int:
    with contextlib.closing(connect(path, read_only=read_only)) as conn:
        check_owner(path, application_of(conn))
        conn.value("SELECT count(*) FROM sqlite_schema")
        return format_of(conn)


# the packs in force --------------------------------------------------------------------------------------------------


def follow_packs(database: Database, progress: Progress | None = None) -> bool:
    """Work what is derived out afresh when the packs on disk are not those it came from. Says whether it did."""
    if not _is_behind(database):
        return False
    with database.engine().connect() as transaction, transaction.begin():
        database.packs_in_force(within(transaction), progress)
    return True


@contextlib.contextmanager
def rehearsed(database: Database) -> Iterator[None]:
    """Let this thread read as if the packs on disk, and this day, were in force already; the file stays as it is."""
    if not _is_behind(database):
        yield
        return
    with database.engine().connect() as transaction, transaction.begin() as begun:
        conn = within(transaction)
        database.packs_in_force(conn)
        with database.reading_through(conn):
            yield
        begun.rollback()


def _is_behind(database: Database) -> bool:
    """Whether what is derived came from other packs, or stands for a day before something came in force."""
    if database.read_only:
        return False
    conn = database.reader()
    same = conn.value("SELECT value FROM meta WHERE key = 'packs'") == database.pack_digest()
    if same and not changed_since_settled(conn, database.clock.today()):
        return False
    if faults(conn, most=1):  # also where damage alone makes the packs look like others
        raise damaged_problem(database.path)
    return True


def recount(database: Database, conn: Connection, progress: Progress | None = None) -> None:
    """Write down the packs in force for readers, and work out everything that is derived."""
    from storage.load.case_points import keep_schemes
    from storage.rules.kept_packs import write_packs

    packs = database.packs()
    keep_schemes(conn, packs)
    write_packs(conn, packs)
    for derivation in database.derivations:
        derivation.rebuild(conn, packs, progress)
    analyse(conn)
