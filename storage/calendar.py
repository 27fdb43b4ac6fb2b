"""What each worker's calendar carries, and what it said last time, so that files update instead of doubling.

The keeping is per recipient: an entry's sequence and time of change move only when what it shows does, so unchanged
data gives the same bytes, and "only what changed" means since that recipient's last export.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.errors import BadInput, StorageProblem
from domain.reminders import Privacy, Reminder, for_obligation, for_session
from domain.text import slug
from storage.database import connect, guard
from storage.exports.atomic import write_atomically
from storage.exports.icalendar import Entry, digest, render
from storage.views import due

if TYPE_CHECKING:
    from storage.database import Database

_LONDON = ZoneInfo("Europe/London")
_STAMP = "%Y-%m-%dT%H:%M:%SZ"
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)")

WorkingDayBefore = Callable[[date], date]


@dataclass(frozen=True, slots=True)
class Written:
    """A calendar file: for whom, where, how many entries it holds, how many of them are new or changed."""

    recipient: str
    path: Path
    events: int
    changed: int


def export(
    database: Database,
    targets: Sequence[tuple[str, Path]],
    today: date,
    *,
    now: datetime,
    privacy: Privacy = Privacy.REFERENCE,
    changed_only: bool = False,
) -> list[Written]:
    """Write a calendar file for each (staff id, path); what was written is remembered only when all were."""
    before = _working_day_before(database)
    reader = database.reader()
    carried = {worker: reminders(reader, worker, today, before, privacy) for worker, _ in targets}
    namespace = _namespace(reader)
    with _writing(database) as conn:
        return [_write(conn, namespace, worker, path, carried[worker], now, changed_only) for worker, path in targets]


def _write(
    conn: sqlite3.Connection,
    namespace: UUID,
    worker: str,
    path: Path,
    carried: Sequence[Reminder],
    now: datetime,
    changed_only: bool,
) -> Written:
    entries, changed = _remember(conn, worker, carried, now)
    shown = [entry for entry in entries if entry.reminder.key in changed] if changed_only else entries
    write_atomically(path, render(shown, name=f"Almoner {worker}", namespace=namespace))
    return Written(worker, path, len(shown), len(changed))


# what a calendar carries -----------------------------------------------------------------------------------------


def reminders(
    conn: sqlite3.Connection, worker: str, today: date, before: WorkingDayBefore, privacy: Privacy
) -> list[Reminder]:
    """Return a worker's entries: open obligations of the cases they hold and their own, and planned sessions."""
    obligations = [
        for_obligation(
            key=f"due:{line.id}",
            reference=line.subject,
            title=line.title,
            legal_due=line.legal_due,
            plan_by=line.plan_by or line.legal_due,
            previous_working_day=before,
            privacy=privacy,
        )
        for line in due(conn, today=today, worker=worker)
        if line.legal_due is not None
    ]
    return [*obligations, *_sessions(conn, worker, privacy)]


def _sessions(conn: sqlite3.Connection, worker: str, privacy: Privacy) -> Iterator[Reminder]:
    query = """SELECT id, "on", start, minutes, worker, supervisor FROM session
               WHERE state = 'planned' AND (worker = :worker OR supervisor = :worker OR id IN
                 (SELECT session FROM attendance WHERE worker = :worker AND NOT absent)) ORDER BY id"""
    for number, on, start, minutes, supervisee, supervisor in conn.execute(query, {"worker": worker}):
        yield for_session(
            key=f"session:{number}",
            starts_at=datetime.fromisoformat(f"{on}T{start}:00").replace(tzinfo=_LONDON).astimezone(UTC),
            minutes=minutes,
            reference=supervisee if supervisor == worker else supervisor,
            privacy=privacy,
        )


def _working_day_before(database: Database) -> WorkingDayBefore:
    from domain.ids import Nation

    packs = database.packs()
    found = database.reader().execute("SELECT nation FROM team ORDER BY id LIMIT 1").fetchone()
    workdays = packs.calendar(Nation(found[0]) if found else Nation.ENGLAND)
    return lambda day: workdays.on_or_before(day - timedelta(days=1))


def _namespace(conn: sqlite3.Connection) -> UUID:
    found = conn.execute("SELECT value FROM meta WHERE key = 'namespace'").fetchone()
    if found is None:
        raise StorageProblem("This database has no calendar identity.", hint="Run `almoner doctor`.")
    return UUID(found[0])


# what it said last time ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _writing(database: Database) -> Iterator[sqlite3.Connection]:
    with guard(database.path):
        conn = connect(database.path, read_only=database.read_only)
        try:
            conn.execute("BEGIN IMMEDIATE")
            yield conn
            conn.execute("COMMIT")
        finally:
            conn.close()


def _remember(
    conn: sqlite3.Connection, recipient: str, carried: Sequence[Reminder], now: datetime
) -> tuple[list[Entry], set[str]]:
    """Bring the recipient's entries up to date; returns all that stand, and the keys of new and changed ones."""
    known = _known(conn, recipient)
    at = now.astimezone(UTC).replace(microsecond=0)
    entries, changed = [], set()
    for reminder in carried:
        entry, moved = _stand(reminder, known.pop(reminder.key, None), at)
        entries.append(entry)
        if moved:
            changed.add(reminder.key)
            _keep(conn, recipient, entry)
    gone = [(at.strftime(_STAMP), recipient, key) for key, was in known.items() if not was.gone]
    conn.executemany("UPDATE calendar_entry SET gone_at = ? WHERE recipient = ? AND key = ?", gone)
    return entries, changed


@dataclass(frozen=True, slots=True)
class _Was:
    """What was last said about one thing."""

    digest: str
    sequence: int
    created: datetime
    changed: datetime
    gone: bool


def _known(conn: sqlite3.Connection, recipient: str) -> dict[str, _Was]:
    query = (
        """SELECT "key", digest, sequence, created_at, changed_at, gone_at FROM calendar_entry WHERE recipient = ?"""
    )
    return {
        key: _Was(said, sequence, datetime.fromisoformat(created), datetime.fromisoformat(changed), gone is not None)
        for key, said, sequence, created, changed, gone in conn.execute(query, (recipient,))
    }


def _stand(reminder: Reminder, was: _Was | None, at: datetime) -> tuple[Entry, bool]:
    if was is None:
        return Entry(reminder, 0, changed_at=at, created_at=at), True
    if was.digest == digest(reminder) and not was.gone:
        return Entry(reminder, was.sequence, changed_at=was.changed, created_at=was.created), False
    return Entry(reminder, was.sequence + 1, changed_at=max(at, was.changed), created_at=was.created), True


def _keep(conn: sqlite3.Connection, recipient: str, entry: Entry) -> None:
    conn.execute(
        """INSERT INTO calendar_entry (recipient, "key", digest, sequence, created_at, changed_at, gone_at)
           VALUES (?, ?, ?, ?, ?, ?, NULL)
           ON CONFLICT (recipient, "key") DO UPDATE SET digest = excluded.digest, sequence = excluded.sequence,
             changed_at = excluded.changed_at, gone_at = NULL""",
        (
            recipient,
            entry.reminder.key,
            digest(entry.reminder),
            entry.sequence,
            entry.created_at.strftime(_STAMP),
            entry.changed_at.strftime(_STAMP),
        ),
    )


# where files go --------------------------------------------------------------------------------------------------


def team_targets(conn: sqlite3.Connection, team: str, folder: Path, today: date) -> list[tuple[str, Path]]:
    """Return a file in ``folder`` for each worker of the team who has not left, named after the staff id."""
    query = "SELECT staff_id FROM worker WHERE team = ? AND (leaves IS NULL OR leaves >= ?) ORDER BY staff_id"
    taken: set[str] = set()
    targets = []
    for (staff_id,) in conn.execute(query, (team, today.isoformat())):
        name = _free(slug(staff_id), taken)
        taken.add(name)
        targets.append((staff_id, folder / f"{name}.ics"))
    return targets


def _free(name: str, taken: set[str]) -> str:
    """Return ``name``, or with a number behind it where two staff ids give one name or the platform keeps it."""
    name = f"{name}-" if _RESERVED.fullmatch(name) else name
    if name not in taken:
        return name
    return next(other for n in range(2, len(taken) + 3) if (other := f"{name}-{n}") not in taken)


def ready_folder(folder: Path) -> Path:
    """Return ``folder``, made when it is not there; raises BadInput when it cannot be one."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except (OSError, ValueError):
        raise BadInput(
            f"{slug(folder.name)}: this cannot be a folder.", field="--output", hint="Name another."
        ) from None
    return folder
