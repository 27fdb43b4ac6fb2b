"""Making the demonstration database: beside its place, and put there when it is whole."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

from domain.core.clock import Clock
from domain.core.dates import show_day
from domain.core.errors import AlmonerError, BadInput, StorageProblem
from domain.core.text import clean_line
from domain.due.records import PostponementFields
from storage.database.connection import Connection
from storage.database.errors import guard
from storage.database.file import new_place, within
from storage.database.sqlite import FORMAT, analyse, check_file, connect, connect_briefly, format_of, transaction
from storage.demo import SCALES, batches, telling
from storage.files.durable import make_folder, sync_folder
from storage.opening import open_database, recount
from storage.records.database import Database
from storage.safety.backup import sidecar_of

ACTOR = "Demonstration"
_MADE_WITH = "demo_sets"  # the fact that says how many sets of the change log a demonstration was made with
WEEKS = {"team": 104, "service": 26, "council": 18}  # of the change log; what is older was written down at once
_PATIENCE = 0.5  # seconds that looking for one waits for another program
_COMPANIONS = ("", "-journal", "-wal", "-shm")

Progress = Callable[[int, int], None]


def make(
    where: str | os.PathLike[str],
    scale: str,
    seed: int,
    clock: Clock,
    progress: Progress | None = None,
    *,
    overwrite: bool = False,
) -> dict[str, int]:
    """Make a demonstration database at ``where`` and return how many records of each kind it holds.

    Only an earlier demonstration is replaced: one as it was made, or any where ``overwrite`` says so. Raises WorkedIn
    for one in which something was recorded since, StorageProblem for a link, a backup and anything else there.
    """
    path = new_place(where)
    with guard(path):
        _refuse_other(path, overwrite=overwrite)
        make_folder(path.parent)
        draft = path.with_name(f".{path.name}.making")
        _clear(draft)
        try:
            counts = _fill(draft, scale, seed, clock, progress)
            _take_place(draft, path, overwrite=overwrite)
        finally:
            _clear(draft)
    return counts


class WorkedIn(BadInput):
    """Something was recorded in the demonstration since it was made, and nobody has said yet that it may go."""

    title = "Kept as it was"

    def __init__(self, path: Path) -> None:
        shown = clean_line(str(path))
        super().__init__(
            f"{shown} is a demonstration in which something was recorded since; it was left as it is.",
            field="--overwrite",
            hint=f"Open it with `almoner --database {shown}`, or add --overwrite to make it afresh.",
        )


def is_demo(path: Path) -> bool:
    """Whether a demonstration that can be read stands at ``path``."""
    return _answered(path, _is_demo)


def is_worked_in(path: Path) -> bool:
    """Whether the demonstration at ``path``, if one stands there, holds more than it was made with."""
    return _answered(path, lambda conn: _is_demo(conn) and _is_worked_in(conn))


def _answered(path: Path, question: Callable[[Connection], bool]) -> bool:
    with contextlib.suppress(AlmonerError), guard(path):
        if path.exists():
            check_file(path)
            with contextlib.closing(connect_briefly(path, _PATIENCE, read_only=True)) as conn:
                return question(conn)
    return False


def _is_demo(conn: Connection) -> bool:
    if not conn.value("SELECT 1 FROM sqlite_schema WHERE name = 'meta'"):
        return False
    return bool(conn.value("SELECT value FROM meta WHERE key = 'demo'") == "1")


def _is_worked_in(conn: Connection) -> bool:
    """Whether anything was recorded, or typed as a draft, since the demonstration was made.

    One of an earlier version does not say how much it was made with: there the names of who recorded tell. One of
    another format is not looked into.
    """
    if format_of(conn) != FORMAT:
        return True
    made_with: str | None = conn.value("SELECT value FROM meta WHERE key = :key", key=_MADE_WITH)
    if made_with is not None and conn.value("SELECT count(*) FROM change_set") != int(made_with):
        return True
    others = conn.value("SELECT EXISTS (SELECT 1 FROM change_set WHERE actor <> :maker)", maker=ACTOR)
    return bool(others or conn.value("SELECT EXISTS (SELECT 1 FROM draft)"))


def _refuse_other(path: Path, *, overwrite: bool) -> None:
    """Refuse to lose what stands at ``path``: all but a demonstration that is as it was made, or may go."""
    if sidecar_of(path).exists():
        raise _kept(path, "is a backup, or has the name of one")
    if path.exists():
        check_file(path)
        with contextlib.closing(connect(path, read_only=True)) as conn:
            _refuse_work(conn, path, overwrite=overwrite)


def _refuse_work(conn: Connection, path: Path, *, overwrite: bool) -> None:
    if not _is_demo(conn):
        raise _kept(path, "holds a database that is no demonstration")
    if not overwrite and _is_worked_in(conn):
        raise WorkedIn(path)


def _kept(path: Path, why: str) -> StorageProblem:
    return StorageProblem(
        f"{clean_line(str(path))} {why}; it was left as it is.",
        hint="Name another place with --path.",
        title="Not overwritten",
    )


def _take_place(draft: Path, path: Path, *, overwrite: bool) -> None:
    """Put the draft in its place, unless somebody recorded something there while it was made."""
    _refuse_other(path, overwrite=overwrite)
    with contextlib.ExitStack() as held:
        if path.exists() and sys.platform != "win32":  # where an open file cannot be replaced
            conn = held.enter_context(contextlib.closing(connect(path)))
            held.enter_context(transaction(conn))
            _refuse_work(conn, path, overwrite=overwrite)
        _clear(path, companions_only=True)
        draft.replace(path)
    sync_folder(path.parent)


def _clear(path: Path, *, companions_only: bool = False) -> None:
    for suffix in _COMPANIONS[companions_only:]:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _fill(path: Path, scale: str, seed: int, clock: Clock, progress: Progress | None) -> dict[str, int]:
    today = clock.today()
    with open_database(path, clock, create=True, actor=ACTOR) as database:
        with telling.Weeks(today, WEEKS[scale]) as weeks:
            for batch in batches(scale, seed, today):
                weeks.add(batch.rows)
            for told in weeks:
                _keep(database, told)
                if progress is not None:
                    progress(weeks.read["case"], SCALES[scale].cases)
        with database.engine().connect() as transaction, transaction.begin():
            recount(database, within(transaction))
        _postpone_one(database, today)
        with contextlib.closing(connect(path)) as conn:
            conn.put("meta", ("key",), {"key": "demo", "value": "1"})
            sets = conn.value("SELECT count(*) FROM change_set")
            conn.put("meta", ("key",), {"key": _MADE_WITH, "value": str(sets)})
            analyse(conn)
    return dict(weeks.read)


def _keep(database: Database, told: telling.DayRecords) -> None:
    """Keep what one team wrote down in a week."""
    today = database.clock.today()
    with database.unit(ACTOR, today) as unit:
        if told.on != today:
            unit.clock = _writing_on(database.clock, told.on)
        for kind, rows in told.changed.items():  # first: who let go of a case makes room for who takes it
            left_out = unit.kinds.named(kind).defaults
            unit.change(kind, [(number, {**left_out, **row}) for number, row in rows])
        for kind, rows in told.new.items():
            left_out = unit.kinds.named(kind).defaults
            unit.put(kind, [{**left_out, **row} for _, row in rows], [number for number, _ in rows])
        made = [team["name"] for _, team in told.new.get("team", ())]
        unit.finish(
            f"Made the demonstration team {made[0]}" if made else f"Wrote down the week to {show_day(told.on)}",
            derived=False,
        )


def _writing_on(clock: Clock, day: date) -> Clock:
    """Return a clock by which it is the end of a working day."""
    return Clock(lambda: datetime.combine(day, time(17, 0), clock.zone), zone=clock.zone)


class _Review(NamedTuple):
    subject: str
    rule: str
    cycle: int


def _postpone_one(database: Database, today: date) -> None:
    """Put off one review of the first team that is due soon, with a reason, so that this can be seen too."""
    query = """SELECT o.subject, o.rule, o.cycle FROM obligation o JOIN cases c ON c.reference = o.subject
               WHERE o.subject_kind = 'case' AND o.legal_due > :today AND c.team LIKE 'North:%'
               AND o.series = 'lac_review' ORDER BY o.legal_due, o.subject LIMIT 1"""
    found = database.reader().one(_Review, query, today=today)
    if found is None:
        return
    with database.unit(ACTOR, today) as unit:
        unit.record(
            PostponementFields(
                case=found.subject,
                rule=found.rule,
                cycle=found.cycle,
                to=today + timedelta(days=21),
                reason="The carers are away; the chair has agreed",
            )
        )
        unit.finish(f"Put off a review on {found.subject}")
