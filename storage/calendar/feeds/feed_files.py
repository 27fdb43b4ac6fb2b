"""Feeds as files: one for each recipient with a live token, in a folder that any web server can serve.

A file is named by the hash of its token, and any user of the machine may read it who knows the name: a web server has
to (0644). The folder must not be listed: one that is made here can be entered and not listed (0711), one that was
there is left as it is. Files are replaced in one step, and their time of change only ever goes forward, by a second at
least, so that whoever asks "changed since?" is never misled by a clock that was set back.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from domain.core.errors import Cancelled, StorageProblem
from storage.calendar.changed_since import Basis, basis, moved
from storage.calendar.contents import Gathered, gather
from storage.calendar.due_changes import TOGETHER, Progress, Stopped, carried, manner_of
from storage.calendar.feeds.feed_folder_state import (
    REMEMBERED,
    LastPublish,
    feed_file,
    is_ours,
    keep_published,
    last_published,
    take_away,
)
from storage.calendar.feeds.feed_tokens import bring_in_step, live
from storage.calendar.files import Written
from storage.calendar.icalendar import render
from storage.calendar.recipients import calendar_name
from storage.calendar.said_entries import exports, note_export, writing
from storage.files.atomic_write import write_atomically
from storage.files.outgoing import Outgoing, refuse_lasting
from storage.files.parallel_writes import together

if TYPE_CHECKING:
    from storage.database.connection import Connection
    from storage.records.database import Database

READABLE = 0o644
NOT_LISTED = 0o711


@dataclass(frozen=True, slots=True)
class Published:
    """What a publish did: the files written, how many stayed as they were, how many were taken away.

    ``left`` are files that should have gone and could not be deleted; ``before`` the folder published to last, where
    that was another one. ``refused`` says of each calendar that was not written what stands in its place.
    """

    files: list[Written]
    unchanged: int
    removed: int
    left: tuple[Path, ...] = ()
    before: Path | None = None
    refused: tuple[StorageProblem, ...] = ()


def publish(
    database: Database,
    folder: Path,
    today: date,
    *,
    now: datetime,
    progress: Progress | None = None,
    stopped: Stopped | None = None,
) -> Published:
    """Bring ``folder`` in line with what each recipient with a live token is to see; rewrites only what changed.

    What ended goes first. Raises Cancelled when ``stopped`` says so between two files; those written stand.
    """
    folder = Outgoing(database.path).ready_folder(folder, NOT_LISTED).resolve()
    bring_in_step(database, now)
    conn = database.reader()
    then, wanted, here = last_published(conn), live(conn, today), basis(conn, today)
    there = _there(folder)
    dead = there.keys() - set(wanted.values())
    removed, _ = _remove(folder, dead)
    due = _due(conn, wanted, _Seen(folder, there, then, here), today)
    work = _Work(database, folder, wanted, today, now)
    files = []
    with closing(work.write(due)) as done:
        for count, written in enumerate(done, 1):
            files += [written] if written is not None else []
            if progress is not None:
                progress(count, len(due))
            if stopped is not None and count < len(due) and stopped():
                raise Cancelled(f"{count} of {len(due)} feeds were looked at; the rest are as they were.")
    ended = set(wanted.values()) - set(live(conn, today).values())  # revoked while this went on
    late, left = _remove(folder, dead | ended)
    sizes = {
        number: size
        for number in wanted.values()
        if number not in work.refused and (size := work.sizes.get(number, there.get(number))) is not None
    }
    work.remember(then, LastPublish(_folders(folder, then), sizes, here.change, here.chain, here.packs, here.day))
    before = Path(then.folders[0]) if then.folders and then.folders[0] != str(folder) else None
    as_they_were = len(wanted) - len(files) - len(work.refused)
    return Published(files, as_they_were, removed + late, left, before, tuple(work.refused.values()))


def _there(folder: Path) -> dict[str, int]:
    """Return the size of each published file in ``folder``, by hash; what is not named like ours is not looked at."""
    try:
        with os.scandir(folder) as entries:
            return {
                entry.name.removesuffix(".ics"): entry.stat(follow_symlinks=False).st_size
                for entry in entries
                if is_ours(entry.name)
            }
    except OSError as error:
        raise StorageProblem(
            f"{folder}: this folder cannot be read ({(error.strerror or 'a fault').lower()}).",
            title="Nothing was published",
            hint="Whoever publishes has to be allowed to list it and to write in it.",
        ) from error


def _remove(folder: Path, hashes: Iterable[str]) -> tuple[int, tuple[Path, ...]]:
    """Delete what is no longer to be read; returns how many that was, and which could not be deleted."""
    return take_away(feed_file(folder, number) for number in sorted(hashes))


# what is due -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is in the folder, what the last publish left, and what holds now."""

    folder: Path
    there: Mapping[str, int]
    then: LastPublish
    now: Basis

    def stands(self, number: str) -> bool:
        """Whether the file is there as the last publish left it."""
        return number in self.there and self.there[number] == self.then.sizes.get(number)

    @property
    def before(self) -> Basis | None:
        """What the last publish held for, where it was to this folder."""
        if self.then.folders[:1] != (str(self.folder),):
            return None
        return Basis(self.then.day, self.then.packs, self.then.change, self.then.chain)


def _due(conn: Connection, wanted: Mapping[str, str], seen: _Seen, today: date) -> list[Gathered]:
    """Return the calendars that are to be written: those that changed, and those whose file is not as it was left."""
    marks = {who: one.digest for who, one in exports(conn, "feed").items()}
    astray = {r for r, number in wanted.items() if r not in marks or not seen.stands(number)}
    before = seen.before
    touched = None if before is None else moved(conn, before, seen.now)
    suspects = wanted.keys() if before is None or touched is None else (touched | astray) & wanted.keys()
    if before is None:
        astray = set(wanted)
    gathered = gather(conn, sorted(suspects), today) if suspects else {}
    return [one for one in gathered.values() if one.recipient in astray or one.mark != marks.get(one.recipient)]


# writing ---------------------------------------------------------------------------------------------------------


class _Piece(NamedTuple):
    """One feed as it now stands; ``written`` is None where the file said the same already, or was ``refused``."""

    one: Gathered
    events: int
    size: int
    written: Written | None
    refused: StorageProblem | None = None


class _Work:
    """The writing of some feeds: compared in short transactions, rendered and written outside of any."""

    def __init__(self, database: Database, folder: Path, wanted: Mapping[str, str], today: date, now: datetime) -> None:
        self._database, self._folder, self._wanted = database, folder, wanted
        self._today, self._now = today, now
        self._standing: list[_Piece] = []
        self.sizes: dict[str, int] = {}
        self.refused: dict[str, StorageProblem] = {}

    def write(self, due: Sequence[Gathered]) -> Generator[Written | None, None, None]:
        """Write each and yield what was written, None where the file says the same already."""
        with closing(together(self._calls(due))) as pieces:
            try:
                for piece in pieces:
                    self._stands(piece)
                    yield piece.written
                    if len(self._standing) >= TOGETHER:
                        self._note()
            except BaseException:  # stopped, or the disk is full: what stands is noted all the same
                self._note()
                raise

    def _stands(self, piece: _Piece) -> None:
        number = self._wanted[piece.one.recipient]
        if piece.refused is not None:
            self.refused[number] = piece.refused
        else:
            self._standing.append(piece)
            self.sizes[number] = piece.size

    def _calls(self, due: Sequence[Gathered]) -> Iterator[Callable[[], _Piece]]:
        manner = manner_of(self._database)
        for one, here in carried(self._database, due, self._today, self._now):
            data = render(here.current, manner, name=calendar_name(one.recipient), feed=True)
            yield partial(self._put, one, len(here.current), data)

    def _put(self, one: Gathered, events: int, data: bytes) -> _Piece:
        file = feed_file(self._folder, self._wanted[one.recipient])
        try:
            refuse_lasting(file)
        except StorageProblem as why:  # the others are published all the same
            return _Piece(one, events, 0, None, why)
        old, modified = _as_it_was(file)
        if old == data:
            return _Piece(one, events, len(data), None)
        write_atomically(file, data, mode=READABLE, modified=max(self._now.timestamp(), modified))
        written = Written(one.recipient, file, events, len(_entries(data) - _entries(old)))
        return _Piece(one, events, len(data), written)

    def _note(self) -> None:
        """Note what stands by now."""
        if self._standing:
            with writing(self._database) as conn:
                self._note_in(conn)

    def _note_in(self, conn: Connection) -> None:
        for piece in self._standing:
            note_export(conn, piece.one.recipient, "feed", piece.one.mark, piece.events, self._now)
        self._standing = []

    def remember(self, then: LastPublish, left: LastPublish) -> None:
        """Keep what this publish left, unless another one ended meanwhile: then every file is looked at afresh."""
        if left == then and not self._standing:
            return
        with writing(self._database) as conn:
            self._note_in(conn)
            keep_published(conn, left if last_published(conn) == then else replace(left, sizes={}))


def _as_it_was(file: Path) -> tuple[bytes, float]:
    """Return what a file says, and the earliest time at which it may be said to have changed since."""
    try:
        return file.read_bytes(), int(file.stat().st_mtime) + 1.0
    except OSError:
        return b"", 0.0


def _entries(data: bytes) -> set[bytes]:
    return set(data.removesuffix(b"END:VCALENDAR\r\n").split(b"BEGIN:VEVENT")[1:])


def _folders(folder: Path, then: LastPublish) -> tuple[str, ...]:
    return tuple(dict.fromkeys((str(folder), *then.folders)))[:REMEMBERED]
