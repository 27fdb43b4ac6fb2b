"""Calendars as files: the whole of one, what this recipient's last file did not say, one entry, or what to withdraw.

Files are written outside any transaction, since they wait for the disk; what they said is kept a few files at a time,
right after they stand. A crash in between makes the next file say a little twice, and never leaves anything out.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from domain.core.errors import Cancelled, NotFound
from storage.calendar.contents import Gathered, gather
from storage.calendar.due_changes import TOGETHER, Progress, Stopped, carried, carried_now, manner_of
from storage.calendar.icalendar import Entry, cancellation, render
from storage.calendar.recipients import calendar_name
from storage.calendar.said_entries import Carried, note_export, say, writing
from storage.files.outgoing import Outgoing
from storage.files.parallel_writes import together

if TYPE_CHECKING:
    from storage.records.database import Database

    _Files = Generator[tuple[int, "Written | None"], None, None]


@dataclass(frozen=True, slots=True)
class Written:
    """A calendar file: for whom, where, how many entries it holds, how many of them are new or changed.

    ``what`` says in words what a withdrawal takes back, so that it can be found by hand.
    """

    recipient: str
    path: Path
    events: int
    changed: int
    what: str = ""


def export(
    database: Database,
    targets: Sequence[tuple[str, Path]],
    today: date,
    *,
    now: datetime,
    changed_only: bool = False,
    only_key: str | None = None,
    cancelled: bool = False,
    overwrite: bool = False,
    progress: Progress | None = None,
    stopped: Stopped | None = None,
) -> list[Written]:
    """Write a calendar file for each (recipient, path).

    ``only_key`` takes one entry, by its key. ``cancelled`` writes a file for each entry that went instead: the first
    under the name given, further ones under NAME-2, NAME-3; where nothing went, none. Calendars that were written
    before are brought up to date; other files stay, unless they are calendars and may be ``overwrite``n. Raises
    Cancelled when ``stopped`` says so between two files, and NotFound for a key that is not there; files written stand.
    """
    away = Outgoing(database.path, overwrite=overwrite)
    away.check([path for _, path in targets], "ics")
    work = _Work(database, targets, today, now, away)
    files = work.withdrawals(only_key) if cancelled else work.calendars(changed_only, only_key)
    with closing(files):
        return _taken(files, len(targets), progress, stopped)


def _taken(
    files: Iterable[tuple[int, Written | None]], total: int, progress: Progress | None, stopped: Stopped | None
) -> list[Written]:
    """Return the files that were written, as far as nobody stops it; each comes with how many recipients are done."""
    found = []
    for done, written in files:
        if written is not None:
            found.append(written)
        if progress is not None:
            progress(done, total)
        if stopped is not None and done < total and stopped():
            raise Cancelled(
                f"{done} of {total} calendars were written; those stand.", hint="Export again for the rest."
            )
    return found


class _Piece(NamedTuple):
    """One file: what it shows, and how much of that is new or changed."""

    recipient: str
    path: Path
    mark: str
    shown: tuple[Entry, ...]
    fresh: tuple[Entry, ...]


class _Work:
    """The writing of some files, and the notes of what they said."""

    def __init__(
        self, database: Database, targets: Sequence[tuple[str, Path]], today: date, now: datetime, away: Outgoing
    ) -> None:
        self._database, self._today, self._now, self._away = database, today, now, away
        self._paths = dict(targets)
        self._manner = manner_of(database)
        self._said: list[tuple[str, Sequence[Entry]]] = []
        self._exports: list[tuple[str, str, int]] = []

    def calendars(self, changed_only: bool, only_key: str | None) -> _Files:
        """Write each calendar, noting what stands every few files and at the end, however that comes."""
        gathered = gather(self._database.reader(), list(self._paths), self._today)
        calls = self._calls(carried(self._database, gathered.values(), self._today, self._now), changed_only, only_key)
        with closing(together(calls)) as pieces:
            try:
                for done, piece in enumerate(pieces, 1):
                    self._stands(piece)
                    yield done, Written(piece.recipient, piece.path, len(piece.shown), len(piece.fresh))
            finally:
                self._note()

    def _calls(
        self, found: Iterable[tuple[Gathered, Carried]], changed_only: bool, only_key: str | None
    ) -> Iterator[Callable[[], _Piece]]:
        for one, here in found:
            waiting = here.waiting("file")
            fresh = (*waiting.new, *waiting.changed)
            shown = fresh if changed_only else here.current
            if only_key is not None:
                shown = _only(here.current, only_key)
                fresh = tuple(entry for entry in fresh if entry in shown)
            data = render(shown, self._manner, name=calendar_name(one.recipient))
            piece = _Piece(one.recipient, self._paths[one.recipient], one.mark, shown, fresh)
            yield partial(self._put, piece, data)

    def _put(self, piece: _Piece, data: bytes) -> _Piece:
        self._away.write(piece.path, data, "ics")
        return piece

    def _stands(self, piece: _Piece) -> None:
        self._said.append((piece.recipient, piece.fresh))
        self._exports.append((piece.recipient, piece.mark, len(piece.shown)))
        if len(self._exports) >= TOGETHER:
            self._note()

    def withdrawals(self, only_key: str | None) -> _Files:
        """Write a file for each entry that went and that a file once gave."""
        found = carried_now(self._database, list(self._paths), self._today, self._now)
        taken = set(self._paths.values())
        try:
            for done, (recipient, (_, here)) in enumerate(found.items(), 1):
                gone = here.waiting("file").gone
                gone = gone if only_key is None else _only(gone, only_key)
                for entry, path in zip(sorted(gone, key=_when), _names(self._paths[recipient], taken), strict=False):
                    self._away.write(path, cancellation(entry, self._manner), "ics")
                    self._said.append((recipient, [entry]))
                    yield done - 1, Written(recipient, path, 1, 1, f"{entry.reminder.summary}, {entry.reminder.when}")
                yield done, None
        finally:
            self._note()

    def _note(self) -> None:
        """Keep what the files that stand have said, and forget the list."""
        if not self._said:
            return
        with writing(self._database) as conn:
            for recipient, entries in self._said:
                say(conn, recipient, "file", entries)
            for recipient, mark, events in self._exports:
                note_export(conn, recipient, "file", mark, events, self._now)
        self._said, self._exports = [], []


def _only(entries: Iterable[Entry], key: str) -> tuple[Entry, ...]:
    found = tuple(entry for entry in entries if entry.reminder.key == key)
    if not found:
        raise NotFound(
            f"--event: this calendar has no entry {key[:80]!r}.", field="--event", hint="See: almoner calendar preview"
        )
    return found


def _names(path: Path, taken: set[Path]) -> Iterator[Path]:
    """Yield ``path``, then NAME-2, NAME-3 beside it, never a name that another file of this work has."""
    yield path
    number = 1
    while True:
        number += 1
        other = path.with_name(f"{path.stem}-{number}{path.suffix}")
        if other not in taken:
            taken.add(other)
            yield other


def _when(entry: Entry) -> tuple[date, str, str]:
    reminder = entry.reminder
    return reminder.on, reminder.clock, reminder.key
