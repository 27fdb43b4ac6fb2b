"""Checks that all is well: the file, the change log, the packs, what is derived, phantom cases, room and backups.

Data that is wrong is a ``problem``; what somebody should know or decide is a ``note``.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Literal, NamedTuple

from domain.dates import show_day
from domain.errors import AlmonerError
from domain.text import plural
from storage import audit, backup, dailybackup, keeping, phantom, projections
from storage.database import SCHEMA_VERSION, Database, translate
from storage.paths import network_or_sync

NAMED = 5  # how many of what was found one line names
STALE_BACKUP = 7  # days
LITTLE_ROOM = 200_000_000  # bytes


class Finding(NamedTuple):
    """What one check found, and what to do about it."""

    check: str
    state: Literal["ok", "problem", "note"]
    message: str
    hint: str = ""


Check = Callable[[Database, date], Iterator[Finding]]


def examine(database: Database, today: date) -> list[Finding]:
    """Run every check; a check that cannot be run is itself a problem, and the others go on."""
    return [finding for name, check in _CHECKS.items() for finding in _run(name, check, database, today)]


def _run(name: str, check: Check, database: Database, today: date) -> list[Finding]:
    try:
        return [finding._replace(check=name) for finding in check(database, today)]
    except AlmonerError as error:
        return [Finding(name, "problem", error.message, error.hint)]
    except (sqlite3.Error, OSError) as error:
        known = translate(error, database.path)
        return [Finding(name, "problem", known.message, known.hint)]


def _ok(message: str) -> Finding:
    return Finding("", "ok", message)


def _problem(message: str, hint: str) -> Finding:
    return Finding("", "problem", message, hint)


def _note(message: str, hint: str) -> Finding:
    return Finding("", "note", message, hint)


# --- the file ---


def _integrity(database: Database, _today: date) -> Iterator[Finding]:
    faults = [fault for (fault,) in database.reader().execute("PRAGMA integrity_check(3)").fetchall()]
    if faults != ["ok"]:
        yield _problem("The file is damaged.", "Put the latest backup back with `almoner restore FILE`.")
    else:
        yield _ok("The file is whole.")


def _references(database: Database, _today: date) -> Iterator[Finding]:
    broken = database.reader().execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = ", ".join(sorted({row[0] for row in broken}))
        yield _problem(f"{plural(len(broken), 'record')} of {tables} point nowhere.", "Put a backup back.")
    else:
        yield _ok("Every record that is named is there.")


def _format(database: Database, _today: date) -> Iterator[Finding]:
    version = database.reader().execute("PRAGMA user_version").fetchone()[0]
    yield _ok(f"Format {version}, the one this version of Almoner keeps.")
    if version != SCHEMA_VERSION:
        yield _problem(f"Format {version} where {SCHEMA_VERSION} is expected.", "Open it again with Almoner.")


def _place(database: Database, _today: date) -> Iterator[Finding]:
    if why := network_or_sync(database.path):
        yield _problem(
            f"The database is in a risky place: {why}.",
            "Two machines writing there damage it. Move it to a folder on this machine; put backups there instead.",
        )
    if database.read_only:
        yield _note("The database can only be read.", "Allow writing to the file and its folder.")
    if sys.platform != "win32" and stat.S_IMODE(database.path.stat().st_mode) & 0o077:
        yield _note("Other users of this machine may open the file.", f"chmod 600 {database.path}")
    yield _ok(f"{database.path}")


def _room(database: Database, _today: date) -> Iterator[Finding]:
    free, size = shutil.disk_usage(database.path.parent).free, database.path.stat().st_size
    words = f"{free // 1_000_000:,} MB free; the database has {size / 1_000_000:,.1f} MB."
    if free < 2 * size:
        yield _problem(words, "A backup and a larger change no longer fit: make room.")
    elif free < LITTLE_ROOM:
        yield _note(words, "Make room before it runs out.")
    else:
        yield _ok(words)


# --- the change log and the backups that anchor it ---


def _change_log(database: Database, _today: date) -> Iterator[Finding]:
    if fault := audit.verify(database.reader()):
        yield _problem(f"The change log was tampered with or damaged: {fault}.", "Compare with a backup.")
        return
    count = database.reader().execute("SELECT count(*) FROM change_set").fetchone()[0]
    yield _ok(f"{plural(count, 'change')} recorded, each bound to the one before.")


def _backups(database: Database, today: date) -> Iterator[Finding]:
    daily = dailybackup.standing(database.path)
    if daily.why:
        yield _note(f"{daily.why} ({daily.failed})", "See under Import and settings where backups are kept.")
    backups = _all_backups(database, daily.place)
    if not backups:
        yield _note("No backup lies beside the database yet.", "Make one: almoner backup FILE")
        return
    for made, newest in backups:
        try:
            receipt = backup.verify(newest)
        except AlmonerError as error:
            yield _problem(error.message, error.hint)
            continue
        yield _last_good(made.astimezone(), len(backups), today)
        yield from _gone_since(database, receipt)
        return
    yield _problem("No automatic backup is sound.", "Make a fresh one: almoner backup FILE")


def _all_backups(database: Database, chosen: str) -> list[tuple[datetime, Path]]:
    """Return the automatic backups beside the database and in the folder chosen for the day's, newest first."""
    beside = keeping.kept(database.path)
    return sorted([*beside, *keeping.kept(database.path, Path(chosen))], reverse=True) if chosen else beside


def _last_good(made: datetime, count: int, today: date) -> Finding:
    age = max((today - made.date()).days, 0)
    words = (
        f"{plural(count, 'automatic backup')}, the last good one made {show_day(made.date())} at {made:%H:%M}, "
        f"{plural(age, 'day')} old."
    )
    return _note(words, "Make a fresh one: almoner backup FILE") if age > STALE_BACKUP else _ok(words)


def _gone_since(database: Database, receipt: backup.Receipt) -> Iterator[Finding]:
    if receipt.head != audit.START and not _in_chain(database, receipt.head):
        yield _note(
            f"{receipt.path.name} holds changes that are not in this database.",
            "An earlier state was put back since. If nobody did that, changes were removed: compare the two.",
        )


def _in_chain(database: Database, head: str) -> bool:
    return database.reader().execute("SELECT 1 FROM change_set WHERE chain = ?", (head,)).fetchone() is not None


# --- packs and what is derived from them ---


def _packs(database: Database, _today: date) -> Iterator[Finding]:
    packs = database.packs()
    for problem in packs.problems[:NAMED]:
        yield _problem(f"{problem}", "Correct the pack; what was in force before stays in force.")
    if len(packs.problems) > NAMED:
        yield _problem(f"{len(packs.problems) - NAMED} more problems in packs.", "almoner rules check")
    yield _ok(f"{plural(len(packs.packs), 'pack')} in force.")


def _derived(database: Database, _today: date) -> Iterator[Finding]:
    different = projections.differences(database.reader(), database.packs())
    if different:
        yield _problem(
            f"{plural(len(different), 'due date or load differs', 'due dates or loads differ')} from a fresh working "
            f"out: {_some(different)}.",
            "Report this: what is shown can be out of date.",
        )
    else:
        yield _ok("Due dates and loads are what a fresh working out gives.")


# --- phantom cases: held on paper, worked by nobody ---

_CURRENT = "a.starts <= :today AND (a.ends IS NULL OR a.ends > :today)"
_OPEN = "c.opened <= :today AND (c.closed IS NULL OR c.closed > :today)"


def _leavers(database: Database, today: date) -> Iterator[Finding]:
    query = f"""SELECT a.worker, count(DISTINCT c.reference) FROM allocation a
        JOIN cases c ON c.reference = a."case" JOIN worker w ON w.staff_id = a.worker
        WHERE {_CURRENT} AND {_OPEN} AND w.leaves < :today GROUP BY a.worker ORDER BY 2 DESC, 1"""  # noqa: S608
    found = database.reader().execute(query, {"today": today.isoformat()}).fetchall()
    yield _held(found, "by workers who have left", "Give these cases to somebody, or correct the leave date.")


def _manager_held(database: Database, today: date) -> Iterator[Finding]:
    query = f"""SELECT a.worker, count(DISTINCT c.reference) FROM allocation a
        JOIN cases c ON c.reference = a."case" JOIN worker w ON w.staff_id = a.worker
        WHERE {_CURRENT} AND {_OPEN} AND a.role = 'allocated_worker'
        AND w.grade IN (SELECT value FROM json_each(:grades))
        GROUP BY a.worker ORDER BY 2 DESC, 1"""  # noqa: S608
    carries_none = [name for name, grade in database.packs().grades.items() if grade.capacity_percent == 0]
    values = {"today": today.isoformat(), "grades": json.dumps(carries_none)}
    found = database.reader().execute(query, values).fetchall()
    yield _held(found, "by people whose grade holds no cases", "Give these cases to a worker who can visit.")


def _held(found: list[tuple[str, int]], by: str, hint: str) -> Finding:
    if not found:
        return _ok(f"No open case is held {by}.")
    total = sum(count for _, count in found)
    verb = "is" if total == 1 else "are"
    return _note(f"{plural(total, 'open case')} {verb} held {by}: {_some(f'{w} {n}' for w, n in found)}.", hint)


def _nobody(database: Database, today: date) -> Iterator[Finding]:
    query = f"""SELECT c.reference FROM cases c WHERE {_OPEN} AND NOT EXISTS (
        SELECT 1 FROM allocation a WHERE a."case" = c.reference AND a.role = 'allocated_worker' AND {_CURRENT})
        ORDER BY c.opened, c.reference"""  # noqa: S608
    found = [r for (r,) in database.reader().execute(query, {"today": today.isoformat()})]
    if found:
        verb = "has" if len(found) == 1 else "have"
        words = f"{plural(len(found), 'open case')} {verb} no allocated worker: {_some(found)}."
        yield _note(words, "Allocate them, the oldest first.")
    else:
        yield _ok("Every open case has an allocated worker.")


def _two_owners(database: Database, today: date) -> Iterator[Finding]:
    query = f"""SELECT a."case" FROM allocation a JOIN cases c ON c.reference = a."case"
        WHERE {_CURRENT} AND {_OPEN} AND a.role = 'allocated_worker'
        GROUP BY a."case" HAVING count(DISTINCT a.worker) > 1 ORDER BY 1"""  # noqa: S608
    found = [r for (r,) in database.reader().execute(query, {"today": today.isoformat()})]
    if found:
        verb = "has" if len(found) == 1 else "have"
        words = f"{plural(len(found), 'open case')} {verb} more than one allocated worker: {_some(found)}."
        yield _note(words, "End all but one, or make the others co-workers.")
    else:
        yield _ok("No open case has more than one allocated worker.")


def _phantom(database: Database, today: date) -> Iterator[Finding]:
    found = phantom.phantoms(database.reader(), None, today)
    barred = [f"{one.case} with {one.worker}" for one in found if one.kind == phantom.FORBIDDEN]
    if barred:
        verb = "is" if len(barred) == 1 else "are"
        words = f"{plural(len(barred), 'open case')} {verb} held against policy: {_some(barred)}."
        yield _note(words, "Give them to somebody who may hold them, or have it approved: almoner phantom")
    beside = [one.case for one in found if one.kind == phantom.NOBODY]
    if beside:
        verb = "is" if len(beside) == 1 else "are"
        words = f"{plural(len(beside), 'open case')} {verb} worked on without an allocated worker: {_some(beside)}."
        yield _note(words, "Name who answers for them: almoner phantom")
    if not barred and not beside:
        yield _ok("Every open case that is worked on is held by somebody who may hold it.")


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = f" and {len(listed) - NAMED} more" if len(listed) > NAMED else ""
    return ", ".join(listed[:NAMED]) + more


_CHECKS: dict[str, Check] = {
    "file": _integrity,
    "references": _references,
    "format": _format,
    "place": _place,
    "room": _room,
    "change log": _change_log,
    "backups": _backups,
    "packs": _packs,
    "due dates and loads": _derived,
    "leavers' cases": _leavers,
    "managers' cases": _manager_held,
    "cases without a worker": _nobody,
    "cases with two workers": _two_owners,
    "cases held wrongly": _phantom,
}
