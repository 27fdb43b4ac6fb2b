"""Calendars as files: the whole of one, or only what this recipient's last file did not say.

Files are written outside any transaction, since they wait for the disk; what each said is kept right after it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from storage.calendars.entries import Carried, compare, keep, namespace, note_export, say, writing
from storage.calendars.gathering import Gathered, gather, reminders, working_days_before
from storage.calendars.wishes import council
from storage.exports.atomic import write_atomically
from storage.exports.icalendar import Manner, render

if TYPE_CHECKING:
    from storage.database import Database


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
    changed_only: bool = False,
) -> list[Written]:
    """Write a calendar file for each (recipient, path)."""
    found = carried_now(database, [recipient for recipient, _ in targets], today, now)
    return [_write(database, *found[recipient], path, now, changed_only) for recipient, path in targets]


def carried_now(
    database: Database, recipients: Sequence[str], today: date, now: datetime
) -> dict[str, tuple[Gathered, Carried]]:
    """Return each recipient's calendar as of now, kept with its sequences, so that every way out says the same."""
    reader = database.reader()
    gathered = gather(reader, recipients, today)
    found = {}
    befores = working_days_before(database, recipients)
    with writing(database) as conn:
        for recipient, one in gathered.items():
            words = reminders(one, befores[recipient], today)
            carried = compare(conn, recipient, words, today, now)
            keep(conn, carried)
            found[recipient] = (one, carried)
    return found


def manner_of(database: Database) -> Manner:
    """Return how this database's calendars are written."""
    reader = database.reader()
    return Manner(namespace(reader), council(reader).classification)


def _write(
    database: Database, gathered: Gathered, carried: Carried, path: Path, now: datetime, changed_only: bool
) -> Written:
    waiting = carried.waiting("file")
    fresh = (*waiting.new, *waiting.changed)
    shown = fresh if changed_only else carried.current
    recipient = carried.recipient
    write_atomically(path, render(shown, manner_of(database), name=f"Almoner {recipient}"))
    with writing(database) as conn:
        say(conn, recipient, "file", fresh)
        note_export(conn, recipient, "file", gathered.mark, len(shown), now)
    return Written(recipient, path, len(shown), len(fresh))
