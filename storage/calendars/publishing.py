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
from pathlib import Path
from typing import TYPE_CHECKING

from domain.errors import BadInput, Cancelled, StorageProblem
from storage.calendars.entries import compare, keep, note_export, writing
from storage.calendars.files import Written, manner_of
from storage.calendars.gathering import Gathered, gather, reminders, working_days_before
from storage.calendars.moved import Basis, basis, moved
from storage.calendars.published import REMEMBERED, Feeds, feed_file, is_ours, keep_published, last_published
from storage.calendars.rendering import Job, render_many
from storage.calendars.tokens import keep_in_step, live
from storage.exports.atomic import write_atomically

if TYPE_CHECKING:
    import sqlite3

    from storage.database import Database

READABLE = 0o644
NOT_LISTED = 0o711
TOGETHER = 25  # recipients compared under one lock, so that nobody else waits long

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Published:
    """What a publish did: the files written, how many stayed as they were, how many were taken away.

    ``left`` are files that should have gone and could not be deleted; ``before`` the folder published to last, where
    that was another one.
    """

    files: list[Written]
    unchanged: int
    removed: int
    left: tuple[Path, ...] = ()
    before: Path | None = None


def publish(
    database: Database,
    folder: Path,
    today: date,
    *,
    now: datetime,
    progress: Progress | None = None,
    stopped: Callable[[], bool] | None = None,
) -> Published:
    """Bring ``folder`` in line with what each recipient with a live token is to see; rewrites only what changed.

    What ended goes first. Raises Cancelled when ``stopped`` says so between two files; those written stand.
    """
    folder = _ready(folder)
    with writing(database) as conn:
        keep_in_step(conn, now)
    conn = database.reader()
    then, wanted, here = last_published(conn), live(conn, today), basis(conn, today)
    there = _there(folder)
    dead = there.keys() - set(wanted.values())
    removed, _ = _remove(folder, dead)
    due = _due(conn, wanted, _Seen(folder, there, then, here), today)
    work = _Work(database, folder, wanted, today, now)
    files = []
    with closing(work.write(due, stopped)) as writing_on:
        for done, written in enumerate(writing_on, 1):
            files += [written] if written is not None else []
            if progress:
                progress(done, len(due))
    ended = set(wanted.values()) - set(live(conn, today).values())  # revoked while this went on
    late, left = _remove(folder, dead | ended)
    _remember(database, then, folder, here, wanted.values())
    before = Path(then.folders[0]) if then.folders and then.folders[0] != str(folder) else None
    return Published(files, len(wanted) - len(files), removed + late, left, before)


def _ready(folder: Path) -> Path:
    """Return the folder with its whole path, made when it is not there."""
    try:
        if not folder.is_dir():
            folder.mkdir(parents=True, mode=NOT_LISTED)
        return folder.resolve()
    except (OSError, ValueError, RuntimeError) as error:
        why = (error.strerror or "a fault").lower() if isinstance(error, OSError) else "not a usable name"
        raise BadInput(
            f"--output: this cannot be a folder to publish to ({why}).", field="--output", hint="Name another."
        ) from error


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
    removed, left = 0, []
    for number in sorted(hashes):
        file = feed_file(folder, number)
        try:
            file.unlink()
            removed += 1
        except FileNotFoundError:
            continue
        except OSError:
            left.append(file)
    return removed, tuple(left)


# what is due -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is in the folder, what the last publish left, and what holds now."""

    folder: Path
    there: Mapping[str, int]
    then: Feeds
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


def _due(conn: sqlite3.Connection, wanted: Mapping[str, str], seen: _Seen, today: date) -> list[Gathered]:
    """Return the calendars that are to be written: those that changed, and those whose file is not as it was left."""
    marks = dict(conn.execute("SELECT recipient, digest FROM calendar_export WHERE way = 'feed'"))
    astray = {r for r, number in wanted.items() if r not in marks or not seen.stands(number)}
    before = seen.before
    touched = None if before is None else moved(conn, before, seen.now)
    suspects = wanted.keys() if before is None or touched is None else (touched | astray) & wanted.keys()
    if before is None:
        astray = set(wanted)
    gathered = gather(conn, sorted(suspects), today) if suspects else {}
    return [one for one in gathered.values() if one.recipient in astray or one.mark != marks.get(one.recipient)]


# writing ---------------------------------------------------------------------------------------------------------


class _Work:
    """The writing of some calendars: compared in short transactions, rendered and written outside of any."""

    def __init__(self, database: Database, folder: Path, wanted: Mapping[str, str], today: date, now: datetime) -> None:
        self._database, self._folder, self._wanted = database, folder, wanted
        self._today, self._now = today, now

    def write(
        self, due: Sequence[Gathered], stopped: Callable[[], bool] | None
    ) -> Generator[Written | None, None, None]:
        """Write each and yield what was written, None where the file says the same already."""
        noted: list[tuple[Gathered, int]] = []
        with closing(render_many(self._jobs(due))) as rendered:
            try:
                for one, (job, data) in zip(due, rendered, strict=True):
                    if stopped is not None and stopped():
                        raise Cancelled("Stopped; what was published stands.", hint="Publish again for the rest.")
                    yield self._put(job, data)
                    noted.append((one, len(job.entries)))
                    if len(noted) == TOGETHER:
                        self._note(noted)
            finally:
                self._note(noted)

    def _jobs(self, due: Sequence[Gathered]) -> Iterator[Job]:
        manner = manner_of(self._database)
        befores = working_days_before(self._database, [one.recipient for one in due])
        for start in range(0, len(due), TOGETHER):
            jobs = []
            with writing(self._database) as conn:
                for one in due[start : start + TOGETHER]:
                    words = reminders(one, befores[one.recipient], self._today)
                    carried = compare(conn, one.recipient, words, self._today, self._now, one.wishes.privacy)
                    keep(conn, carried)
                    jobs.append(Job(one.recipient, carried.current, manner, f"Almoner {one.recipient}", feed=True))
            yield from jobs

    def _put(self, job: Job, data: bytes) -> Written | None:
        file = feed_file(self._folder, self._wanted[job.recipient])
        old, modified = _as_it_was(file)
        if old == data:
            return None
        write_atomically(file, data, mode=READABLE, modified=max(self._now.timestamp(), modified))
        return Written(job.recipient, file, len(job.entries), len(_entries(data) - _entries(old)))

    def _note(self, noted: list[tuple[Gathered, int]]) -> None:
        """Note what stands by now, and forget the list."""
        if noted:
            with writing(self._database) as conn:
                for one, events in noted:
                    note_export(conn, one.recipient, "feed", one.mark, events, self._now)
            noted.clear()


def _as_it_was(file: Path) -> tuple[bytes, float]:
    """Return what a file says, and the earliest time at which it may be said to have changed since."""
    try:
        return file.read_bytes(), int(file.stat().st_mtime) + 1.0
    except OSError:
        return b"", 0.0


def _entries(data: bytes) -> set[bytes]:
    return set(data.removesuffix(b"END:VCALENDAR\r\n").split(b"BEGIN:VEVENT")[1:])


def _remember(database: Database, then: Feeds, folder: Path, here: Basis, hashes: Iterable[str]) -> None:
    """Keep what this publish left, unless another one ended meanwhile: then everything is looked at afresh."""
    there, wanted = _there(folder), set(hashes)
    folders = tuple(dict.fromkeys((str(folder), *then.folders)))[:REMEMBERED]
    sizes = {number: size for number, size in there.items() if number in wanted}
    left = Feeds(folders, sizes, here.change, here.chain, here.packs, here.day)
    if left == then:
        return
    with writing(database) as conn:
        keep_published(conn, left if last_published(conn) == then else replace(left, sizes={}))
