"""Checks that all is well: the file, the change log, the packs, what is derived, phantom cases, room and backups.

Data that is wrong is a ``problem``; what somebody should know or decide is a ``note``.
"""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal, NamedTuple

from domain.core.dates import show_day
from domain.core.errors import AlmonerError
from domain.core.text import plural
from storage.allocation import phantom
from storage.cases import likely_duplicates, strange_words
from storage.database import sqlite
from storage.database.errors import translate
from storage.files.companion_files import label
from storage.files.paths import network_or_sync
from storage.people import periods
from storage.records import change_log
from storage.records.database import Database
from storage.rules import kept_packs
from storage.rules.pack_set import nobodys_folder
from storage.safety import backup, backup_retention, daily_backup, held_cases
from storage.safety.unlogged_changes import changed_records, changed_schema

NAMED = 5  # how many of what was found one line names
STALE_BACKUP = 7  # days
SLACK = timedelta(minutes=5)  # by which two machines' clocks may well differ
LITTLE_ROOM = 200_000_000  # bytes


class Finding(NamedTuple):
    """What one check found, and what to do about it."""

    check: str
    state: Literal["ok", "problem", "note"]
    message: str
    hint: str = ""


class _Newest(NamedTuple):
    """When the log says that anything was changed last."""

    at: datetime | None


Check = Callable[[Database, date], Iterator[Finding]]


def examine(database: Database, today: date, only: Collection[str] = ()) -> list[Finding]:
    """Run every check, or those named; a check that cannot be run is itself a problem, and the others go on."""
    chosen = [(name, check) for name, check in _CHECKS.items() if not only or name in only]
    return [finding for name, check in chosen for finding in _run(name, check, database, today)]


def _run(name: str, check: Check, database: Database, today: date) -> list[Finding]:
    try:
        return [finding._replace(check=name) for finding in check(database, today)]
    except AlmonerError as error:
        return [Finding(name, "problem", error.message, error.hint)]
    except Exception as error:
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
    if sqlite.faults(database.reader()):
        yield _problem("The file is damaged.", "Put the latest backup back with `almoner restore FILE`.")
    else:
        yield _ok("The file is whole.")


def _references(database: Database, _today: date) -> Iterator[Finding]:
    if broken := sqlite.broken_references(database.reader()):
        tables = ", ".join(sorted(set(broken)))
        yield _problem(f"{plural(len(broken), 'record')} of {tables} point nowhere.", "Put a backup back.")
    else:
        yield _ok("Every record that is named is there.")


def _format(database: Database, _today: date) -> Iterator[Finding]:
    version = sqlite.format_of(database.reader())
    yield _ok(f"Format {version}, the one this version of Almoner keeps.")
    if version != sqlite.FORMAT:
        yield _problem(f"Format {version} where {sqlite.FORMAT} is expected.", "Open it again with Almoner.")


def _place(database: Database, _today: date) -> Iterator[Finding]:
    if why := network_or_sync(database.path):
        yield _problem(
            f"The database is in a risky place: {why}.",
            "Two machines writing there damage it. Move it to a folder on this machine; put backups there instead.",
        )
    if database.read_only and database.as_of is None:
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
    if fault := change_log.verify(database.reader()):
        yield _problem(f"The change log was tampered with or damaged: {fault}.", "Compare with a backup.")
        return
    count = database.reader().value("SELECT count(*) FROM change_set")
    yield _ok(f"{plural(count, 'change')} recorded, each bound to the one before.")


def _clock(database: Database, _today: date) -> Iterator[Finding]:
    """Whether somebody's changes are of a moment yet to come: then this machine's clock is slow, or theirs was fast."""
    now, newest = database.clock.real(), database.reader().one(_Newest, "SELECT max(at) AS at FROM change_set")
    if newest is not None and newest.at is not None and newest.at - now > SLACK:
        at = database.clock.local(newest.at)
        yield _note(
            f"The latest change is of {show_day(at.date())}, {at:%H:%M}, which this machine's clock has yet to reach.",
            "Set the clock that is wrong. Changes keep their order, for they are numbered.",
        )
    else:
        yield _ok("No change is of a moment yet to come.")


def _tables(database: Database, _today: date) -> Iterator[Finding]:
    if found := list(changed_schema(database.reader())):
        yield _problem(
            f"The database's tables, or what guards the change log, were changed past Almoner: {_some(found)}.",
            _way_back(database),
        )
    else:
        yield _ok("The tables and what guards the change log are as Almoner made them.")


def _records(database: Database, _today: date) -> Iterator[Finding]:
    if found := list(changed_records(database.reader(), database.kinds)):
        words = plural(len(found), "record is not what the change log says", "records are not what the change log says")
        yield _problem(f"{words}, so changed past Almoner: {_some(found)}.", _way_back(database))
    else:
        yield _ok("Every record is what the change log says of it last.")


def _way_back(database: Database) -> str:
    """Say how to go back to before somebody changed the file past the program."""
    backups = _all_backups(database, daily_backup.standing(database.path).place)
    newest = f" The newest is {backups[0][1]}." if backups else " None lies beside the database."
    return (
        f"Find out who can write to the file. Put back a backup from before it: almoner restore FILE.{newest} "
        "Or, to keep what was recorded since, put it right by hand."
    )


def _backups(database: Database, today: date) -> Iterator[Finding]:
    daily = daily_backup.standing(database.path)
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
        yield _last_good(database.clock.local(made), len(backups), today)
        yield from _gone_since(database, receipt)
        return
    yield _problem("No automatic backup is sound.", "Make a fresh one: almoner backup FILE")


def _all_backups(database: Database, chosen: str) -> list[tuple[datetime, Path]]:
    """Return the automatic backups beside the database and in the folder chosen for the day's, newest first."""
    beside = backup_retention.kept(database.path)
    return sorted([*beside, *backup_retention.kept(database.path, Path(chosen))], reverse=True) if chosen else beside


def _last_good(made: datetime, count: int, today: date) -> Finding:
    age = max((today - made.date()).days, 0)
    words = (
        f"{plural(count, 'automatic backup')}, the last good one made {show_day(made.date())} at {made:%H:%M}, "
        f"{plural(age, 'day')} old."
    )
    return _note(words, "Make a fresh one: almoner backup FILE") if age > STALE_BACKUP else _ok(words)


def _gone_since(database: Database, receipt: backup.Receipt) -> Iterator[Finding]:
    if receipt.head != change_log.START and not _in_chain(database, receipt.head):
        yield _note(
            f"{receipt.path.name} holds changes that are not in this database.",
            "An earlier state was put back since. If nobody did that, changes were removed: compare the two.",
        )


def _in_chain(database: Database, head: str) -> bool:
    return database.reader().value("SELECT 1 FROM change_set WHERE chain = :head", head=head) is not None


# --- packs and what is derived from them ---


def _packs(database: Database, _today: date) -> Iterator[Finding]:
    packs = database.packs()
    for problem in packs.problems[:NAMED]:
        yield _problem(f"{problem}", "Correct the pack; what was in force before stays in force.")
    if len(packs.problems) > NAMED:
        yield _problem(f"{len(packs.problems) - NAMED} more problems in packs.", "almoner rules check")
    if (folder := nobodys_folder(database.path)) is not None:
        yield _problem(
            f"The packs in {folder} count for no database, since more than one could mean it.",
            f"Give the folder the whole name: {folder.with_name(f'{label(database.path)}.packs').name}.",
        )
    conn = database.reader()
    in_step = conn.value("SELECT value FROM meta WHERE key = 'packs'") == packs.digest
    if in_step and (found := kept_packs.altered(conn, packs)):
        yield _problem(
            f"What the database keeps of the packs is not what they say: {_some(found)}.", _way_back(database)
        )
    yield _ok(f"{plural(len(packs.packs), 'pack')} in force.")


def _derived(database: Database, _today: date) -> Iterator[Finding]:
    different = database.differences()
    if different:
        yield _problem(
            f"{plural(len(different), 'due date or load differs', 'due dates or loads differ')} from a fresh working "
            f"out: {_some(different)}.",
            "Report this: what is shown can be out of date.",
        )
    else:
        yield _ok("Due dates and loads are what a fresh working out gives.")


# --- phantom cases: held on paper, worked by nobody ---


def _leavers(database: Database, today: date) -> Iterator[Finding]:
    found: dict[str, int] = database.reader().lookup(held_cases.WITH_LEAVERS, today=today)
    yield _held(found, "by workers who have left", "Give these cases to somebody, or correct the leave date.")


def _manager_held(database: Database, today: date) -> Iterator[Finding]:
    carries_none = [name for name, grade in database.packs().grades.items() if grade.capacity_percent == 0]
    found: dict[str, int] = database.reader().lookup(held_cases.WITH_MANAGERS, today=today, grades=carries_none)
    yield _held(found, "by people whose grade holds no cases", "Give these cases to a worker who can visit.")


def _held(found: Mapping[str, int], by: str, hint: str) -> Finding:
    if not found:
        return _ok(f"No open case is held {by}.")
    return _cases(sum(found.values()), "is", f"held {by}", (f"{w} {n}" for w, n in found.items()), hint)


def _nobody(database: Database, today: date) -> Iterator[Finding]:
    if found := database.reader().values(held_cases.WITH_NOBODY, today=today):
        yield _cases(len(found), "has", "no allocated worker", found, "Allocate them, the oldest first.")
    else:
        yield _ok("Every open case has an allocated worker.")


def _two_owners(database: Database, today: date) -> Iterator[Finding]:
    if found := database.reader().values(held_cases.WITH_TWO, today=today):
        hint = "End all but one, or make the others co-workers."
        yield _cases(len(found), "has", "more than one allocated worker", found, hint)
    else:
        yield _ok("No open case has more than one allocated worker.")


def _phantom(database: Database, today: date) -> Iterator[Finding]:
    found = phantom.phantoms(database.reader(), None, today)
    barred = [f"{one.case} with {one.worker}" for one in found if one.kind == phantom.FORBIDDEN]
    if barred:
        hint = "Give them to somebody who may hold them, or have it approved: almoner phantom"
        yield _cases(len(barred), "is", "held against policy", barred, hint)
    beside = [one.case for one in found if one.kind == phantom.NOBODY]
    if beside:
        hint = "Name who answers for them: almoner phantom"
        yield _cases(len(beside), "is", "worked on without an allocated worker", beside, hint)
    if not barred and not beside:
        yield _ok("Every open case that is worked on is held by somebody who may hold it.")


# --- one person, recorded twice ---

_MERGE = (
    "Look at both. If they are {one}: almoner {kind} merge OLD --into NEW. "
    "If they are two: almoner {kind} apart ONE OTHER --reason ..."
)


def _one_child(database: Database, _today: date) -> Iterator[Finding]:
    found = likely_duplicates.cases(database.reader())
    yield _twice(found, "case", _MERGE.format(kind="case", one="one child"))


def _one_worker(database: Database, _today: date) -> Iterator[Finding]:
    found = likely_duplicates.workers(database.reader())
    yield _twice(found, "worker", _MERGE.format(kind="worker", one="one person"))


def _twice(found: Sequence[likely_duplicates.Pair], kind: str, hint: str) -> Finding:
    if not found:
        return _ok(f"No two {kind}s look like one.")
    named = _some(f"{pair.one} and {pair.other} ({likely_duplicates.WORDS[pair.by]})" for pair in found)
    return _note(f"{plural(len(found), f'pair of {kind}s', f'pairs of {kind}s')} may each be one: {named}.", hint)


# --- words that no rule can read ---


def _words(database: Database, _today: date) -> Iterator[Finding]:
    found = strange_words.on_open_cases(database.reader())
    if not found:
        yield _ok("Every factor, need and sibling group on an open case is one that rules can read.")
        return
    named = _some((f"{one.case} {one.words}" for one in found), ";")
    yield _note(
        f"{plural(len(found), 'word')} on open cases {'is' if len(found) == 1 else 'are'} read by no rule: {named}",
        "Correct them (almoner amend case), or declare your own: docs/policies.md. Known: almoner list factor",
    )


# --- what lasts, against the time its case is open and its worker is here ---

_AFTER_CLOSING = """SELECT a.id FROM allocation a JOIN cases c ON c.reference = a."case"
    WHERE (a.ends IS NULL OR a.ends > a.starts)
    AND (a.starts < c.opened OR a.starts > c.closed OR (c.closed IS NOT NULL AND a.ends IS NULL) OR a.ends > c.closed)
    ORDER BY a.id"""


def _lasting(database: Database, _today: date) -> Iterator[Finding]:
    outside = database.reader().values(_AFTER_CLOSING)
    if outside:
        lie = "allocation lies" if len(outside) == 1 else "allocations lie"
        yield _problem(
            f"{len(outside):,} {lie} outside the time that the case is open: {_some(map(str, outside))}.",
            "End each by the day its case closed: almoner amend allocation NUMBER ends=DAY",
        )
    if gone := periods.beyond(database.reader()):
        named = _some(f"{one.kind} {one.id}" for one in gone)
        yield _note(
            f"{plural(len(gone), 'record')} {'begins' if len(gone) == 1 else 'begin'} before the worker started, or "
            f"{'goes' if len(gone) == 1 else 'go'} on after they left: {named}.",
            "Correct the days, or those of the worker.",
        )
    if not outside and not gone:
        yield _ok("Whatever lasts lies within the time of its case and its worker.")


def _cases(count: int, verb: str, what: str, which: Iterable[str], hint: str) -> Finding:
    """Return a note about open cases; ``verb`` is "is" or "has", as it stands behind one case."""
    verb = verb if count == 1 else {"is": "are", "has": "have"}[verb]
    return _note(f"{plural(count, 'open case')} {verb} {what}: {_some(which)}.", hint)


def _some(names: Iterable[str], between: str = ",") -> str:
    listed = list(names)
    more = f" and {len(listed) - NAMED} more" if len(listed) > NAMED else ""
    return f"{between} ".join(listed[:NAMED]) + more


_CHECKS: dict[str, Check] = {
    "file": _integrity,
    "references": _references,
    "format": _format,
    "place": _place,
    "room": _room,
    "tables": _tables,
    "change log": _change_log,
    "clock": _clock,
    "records": _records,
    "backups": _backups,
    "packs": _packs,
    "due dates and loads": _derived,
    "leavers' cases": _leavers,
    "managers' cases": _manager_held,
    "cases without a worker": _nobody,
    "cases with two workers": _two_owners,
    "cases held wrongly": _phantom,
    "one child twice": _one_child,
    "one worker twice": _one_worker,
    "words on cases": _words,
    "what lasts": _lasting,
}
