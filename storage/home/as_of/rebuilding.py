"""Opening the records as they had been recorded by the end of a day, rebuilt from the change log in a copy.

What the log never noted is left out: words being typed, what calendars and mail have said, addresses of feeds. The
packs are those in force now: which ones were in force on a day is nowhere on record.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.core.clock import Clock
from domain.core.dates import show_day
from domain.core.errors import BadInput, StorageProblem
from storage.database.derived_days import changed_since_settled, settle
from storage.database.errors import guard
from storage.database.file import path_of
from storage.database.rebuilt import Rebuilt, rewriting
from storage.database.sqlite import (
    FORMAT,
    application_of,
    check_file,
    check_owner,
    connect,
    copy_pages,
    format_of,
    refuse_development,
    refuse_old_sqlite,
)
from storage.home.as_of.earlier import GUARDS, Reached, forget_imports, go_back, last_set_before
from storage.home.as_of.reading import DatabaseAsOf
from storage.opening import PARTS, load_writing, recount

if TYPE_CHECKING:
    from storage.database.connection import Connection
    from storage.records.derivation import Progress
    from storage.rules.pack_set import PackSet

UNLOGGED = (
    "draft",
    "feed_token",
    "outbox",
    "calendar_export",
    "calendar_entry",
)  # tables that the log tells nothing of

Told = Callable[[str], "Progress | None"]  # is told what begins, and returns what is told how far it is


class _First(NamedTuple):
    """When the first change was recorded."""

    at: datetime | None


def open_as_of(
    where: str | Path, day: date, clock: Clock, *, actor: str = "", login: str = "", told: Told = lambda _: None
) -> DatabaseAsOf:
    """Open what had been recorded at ``where`` by the end of ``day``; ``clock`` is the machine's.

    Raises BadInput for a day that is yet to come, or before anything was recorded, StorageProblem as opening does.
    The database itself is read, and left as it is.
    """
    path, then = path_of(where), clock.on_day(day)
    if day > clock.local(clock.real()).date():
        raise BadInput(f"{show_day(day)} is in the future: name today or an earlier day.", field="--as-of")
    refuse_old_sqlite()
    with guard(path):
        if not path.exists():
            raise StorageProblem(f"There is no database at {path} yet.", title="Nothing here yet")
        check_file(path)
        with contextlib.closing(connect(path, read_only=True)) as source:
            _check(path, source)
            last = _last_set(source, clock, day)
            rebuilt = Rebuilt(path, path.stat().st_size)
            with _let_go_unless_done(rebuilt):
                copy_pages(source, rebuilt.writer)
                database = DatabaseAsOf(path, then, PARTS, rebuilt, actor=actor, login=login)
                _rebuild(database, rebuilt, last, clock.days_end(day), told)
    return database


@contextlib.contextmanager
def _let_go_unless_done(rebuilt: Rebuilt) -> Iterator[None]:
    try:
        yield
    except BaseException:
        rebuilt.close()
        raise


def _check(path: Path, source: Connection) -> None:
    """Raise StorageProblem unless the file is a database of ours that this version knows as it is."""
    check_owner(path, application_of(source))
    version = format_of(source)
    refuse_development(path, version)
    if version != FORMAT:
        raise StorageProblem(
            f"{path} is of format {version}; this version of Almoner keeps format {FORMAT}.",
            hint="Open it once without --as-of, which brings an older one up to date.",
        )


def _last_set(source: Connection, clock: Clock, day: date) -> int:
    last = last_set_before(source, clock.days_end(day))
    if last is not None:
        return last
    first = source.one(_First, "SELECT at FROM change_set ORDER BY id LIMIT 1")
    if first is None or first.at is None:
        raise BadInput("Nothing is on record in this database yet.", field="--as-of")
    began = clock.local(first.at).date()
    raise BadInput(
        f"Nothing was on record on {show_day(day)}: the first change was recorded on {show_day(began)}.",
        field="--as-of",
        hint=f"Name that day or a later one, as in --as-of {began}.",
    )


def _rebuild(database: DatabaseAsOf, rebuilt: Rebuilt, last: int, end: datetime, told: Told) -> None:
    load_writing()
    packs = database.packs()
    with rewriting(rebuilt, GUARDS) as conn:
        for table in UNLOGGED:
            conn.change(f"DELETE FROM {table}")  # noqa: S608 - names of ours
        forget_imports(conn, end)
        reached = go_back(conn, database.kinds, last, told("Going back"))
        _derive(database, conn, packs, reached, told)


def _derive(database: DatabaseAsOf, conn: Connection, packs: PackSet, reached: Reached, told: Told) -> None:
    """Work out what is derived for the day: all of it, or what hangs on what was changed or came in force since."""
    same = conn.value("SELECT value FROM meta WHERE key = 'packs'") == packs.digest
    today = database.clock.today()
    dated = changed_since_settled(conn, today)
    settle(conn, today)
    if not same or _most(conn, reached):
        recount(database, conn, told("Working out due dates"))
        conn.put("meta", ("key",), {"key": "packs", "value": packs.digest})
        return
    touched = _together(reached, dated)
    for derivation in database.derivations:
        derivation.refresh(conn, packs, touched)


def _most(conn: Connection, reached: Reached) -> bool:
    """Whether so many cases are touched that to work out all of them is as quick, and can say how far it is."""
    some = 1_000
    cases: int = conn.value("SELECT count(*) FROM cases")
    return len(reached.get("cases", ())) > max(some, cases // 2)


def _together(reached: Reached, dated: dict[str, Sequence[str]]) -> dict[str, Sequence[Any]]:
    groups = {*reached, *dated}
    return {group: sorted({*reached.get(group, ()), *dated.get(group, ())}) for group in groups}
