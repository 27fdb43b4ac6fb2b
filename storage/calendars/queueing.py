"""Queueing calendar mail: what it has still to say, as messages kept in the outbox until a server has taken them.

What mail has said of an entry (its ``mail_sequence``) moves when the server took the message, and not when it was
queued. Queueing therefore loses nothing and repeats nothing however often it runs: it works out afresh what is still to
be said, makes a row for what has none (recipient, key, sequence and method are unique), and takes back every row that
waits for something no longer to be said: an older sequence, an entry that came and went before its request left. A
refused recipient keeps a failed row, which stands in the way of nothing else and can be tried again or dropped.

Between the server's word and the mark that it was said a crash can fall. ``sent_at`` of a row that is not "sent" tells
that its message may have arrived. Such a row is handed over again as it is: with the same Message-ID, UID and SEQUENCE,
which mail and calendar programs take as the same thing. And a withdrawal follows whatever may have arrived, but never
what surely did not.

Mail that a worker switches off stops: nothing waits any more, and what was sent stays in their calendar.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from domain.dates import stamp
from domain.errors import BadInput
from domain.text import is_mailbox
from storage.calendars.carrying import Progress, Stopped, against, manner_of
from storage.calendars.entries import Carried, keep, say, writing
from storage.calendars.gathering import Gathered, gather, working_days_before
from storage.calendars.sync import within
from storage.calendars.wishes import Council, choices, council
from storage.exports.icalendar import Entry

if TYPE_CHECKING:
    from domain.reminders import WorkingDayBefore
    from storage.calendars.messages import Method, Post
    from storage.calendars.outbox import State
    from storage.database import Database


@dataclass(frozen=True, slots=True)
class Unmailed:
    """A recipient whom mail cannot reach, and why."""

    recipient: str
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


@dataclass(frozen=True, slots=True)
class Queued:
    """How many requests and cancellations were put into the outbox, and who cannot be reached."""

    requests: int = 0
    cancels: int = 0
    problems: tuple[Unmailed, ...] = ()


class _Letter(NamedTuple):
    """One thing to be said: what tells it from others, and the entry."""

    key: str
    sequence: int
    method: Method
    entry: Entry


# what is still to be said ----------------------------------------------------------------------------------------


def _to_say(conn: sqlite3.Connection, carried: Carried, whole: Council, today: date, now: datetime) -> list[_Letter]:
    """Return what mail has still to say: new as far ahead as mail reaches, and whatever changed or went since."""
    waiting = carried.waiting("mail")
    asked = _asked(conn, carried.recipient)
    # What may have arrived, though no server said so, is followed wherever it moves.
    new = [
        e for e in waiting.new if e.reminder.key in asked or (within(e, today, whole.mail_ahead) and not _begun(e, now))
    ]
    requests = [_Letter(e.reminder.key, e.sequence, "REQUEST", e) for e in (*new, *waiting.changed)]
    return requests + [
        _Letter(e.reminder.key, e.sequence, "CANCEL", e) for e in carried.gone if e.reminder.key in asked
    ]


def _begun(entry: Entry, now: datetime) -> bool:
    starts = entry.reminder.starts_at
    return starts is not None and starts <= now


def _asked(conn: sqlite3.Connection, recipient: str) -> set[str]:
    """Return the keys of what may stand in the recipient's calendar: asked for, and not surely withdrawn since."""
    query = """SELECT "key" FROM outbox WHERE recipient = ? AND sent_at IS NOT NULL GROUP BY "key"
               HAVING max(CASE WHEN method = 'REQUEST' THEN sequence ELSE -1 END)
                    > max(CASE WHEN method = 'CANCEL' AND state = 'sent' THEN sequence ELSE -1 END)"""
    return {key for (key,) in conn.execute(query, (recipient,)).fetchall()}


def _first_request(conn: sqlite3.Connection, recipient: str, key: str) -> int | None:
    """Return the sequence of the first request that was handed over: what a thread hangs on."""
    query = """SELECT min(sequence) FROM outbox
               WHERE recipient = ? AND "key" = ? AND method = 'REQUEST' AND sent_at IS NOT NULL"""
    first: int | None = conn.execute(query, (recipient, key)).fetchone()[0]
    return first


# queueing --------------------------------------------------------------------------------------------------------


def queue(
    database: Database,
    today: date,
    *,
    now: datetime,
    recipients: Sequence[str] | None = None,
    progress: Progress | None = None,
    stopped: Stopped | None = None,
) -> Queued:
    """Put what mail has not said into the outbox, for all who chose mail or for those of ``recipients`` who did.

    Each recipient's is one transaction, with the state of the entries in it.
    """
    making = _Making(database, today, now, recipients)
    requests = cancels = 0
    for done, recipient in enumerate(making.gathered):
        if stopped is not None and stopped():
            break
        fresh = making.queue(recipient)
        requests += sum(letter.method == "REQUEST" for letter in fresh)
        cancels += sum(letter.method == "CANCEL" for letter in fresh)
        if progress is not None:
            progress(done + 1, len(making.gathered))
    _forget_unreached(database, making.gathered, recipients)
    return Queued(requests, cancels, making.problems)


def dry_run(
    database: Database, folder: Path, today: date, *, now: datetime, recipients: Sequence[str] | None = None
) -> tuple[list[Path], Queued]:
    """Write what would be queued, and what waits, as .eml files into ``folder``; marks nothing.

    Returns the files, and how many requests and cancellations they are.
    """
    from domain.text import slug
    from storage.exports.atomic import ready_folder, write_atomically

    making = _Making(database, today, now, recipients)
    ready_folder(folder)
    written = []
    for recipient in making.gathered:
        for letter in making.unsaid(recipient):
            path = folder / f"{slug(recipient)}-{making.identity(recipient, letter)}-{letter.method.lower()}.eml"
            write_atomically(path, making.message(database.reader(), recipient, letter).encode("ascii"))
            written.append((letter.method, path))
    requests = sum(method == "REQUEST" for method, _ in written)
    return [path for _, path in written], Queued(requests, len(written) - requests, making.problems)


class _Making:
    """Makes the messages of those who chose mail, from one reading of the records."""

    def __init__(self, database: Database, today: date, now: datetime, recipients: Sequence[str] | None) -> None:
        conn = database.reader()
        self._database, self._today, self._now = database, today, now
        self.council: Council = council(conn)
        self.chosen = sorted(worker for worker, own in choices(conn).items() if own["by_mail"])
        wanted = [r for r in self.chosen if recipients is None or r in recipients]
        self._posts, self.problems = _posts(conn, self.council, wanted)
        self.gathered: Mapping[str, Gathered] = gather(conn, list(self._posts), today)
        self._befores: Mapping[str, WorkingDayBefore] = working_days_before(database, self.gathered)
        self._manner = manner_of(database)
        self._made: dict[tuple[str, int, str], str] = {}

    def compare(self, conn: sqlite3.Connection, recipient: str) -> Carried:
        one = self.gathered[recipient]
        return against(conn, one, self._befores[recipient], self._today, self._now)

    def queue(self, recipient: str) -> list[_Letter]:
        """Bring the outbox of one recipient in line; returns what was added."""
        self._prepare(recipient)
        with writing(self._database) as conn:
            carried = self.compare(conn, recipient)
            keep(conn, carried)
            letters = _to_say(conn, carried, self.council, self._today, self._now)
            _take_back(conn, recipient, letters)
            _pass_over(conn, carried, letters)
            self._refresh(conn, recipient, letters)
            there = _rows(conn, recipient)
            # What was taken back earlier waits again; whatever else is there already stays as it is.
            fresh = [letter for letter in letters if there.get(letter[:3], "gone") == "gone"]
            for letter in fresh:
                self._add(conn, recipient, letter)
            return fresh

    def unsaid(self, recipient: str) -> list[_Letter]:
        """Return what would be handed over were it queued now; reads only."""
        conn = self._database.reader()
        letters = _to_say(conn, self.compare(conn, recipient), self.council, self._today, self._now)
        there = _rows(conn, recipient)
        return [letter for letter in letters if there.get(letter[:3], "gone") in ("gone", "waiting", "sending")]

    def _prepare(self, recipient: str) -> None:
        """Make the messages ahead of the transaction, which is then over in a moment."""
        self._made.clear()
        conn = self._database.reader()
        there = _rows(conn, recipient)
        for letter in self.unsaid(recipient):
            if there.get(letter[:3], "gone") == "gone":
                self._made[letter[:3]] = self.message(conn, recipient, letter)

    def _add(self, conn: sqlite3.Connection, recipient: str, letter: _Letter) -> None:
        text = self._made.get(letter[:3]) or self.message(conn, recipient, letter)
        at = stamp(self._now)
        conn.execute(
            """INSERT INTO outbox
                 (recipient, "key", sequence, method, state, message, made_at, attempts, next_at, fault)
               VALUES (?, ?, ?, ?, 'waiting', ?, ?, 0, ?, '')
               ON CONFLICT (recipient, "key", sequence, method) DO UPDATE SET state = 'waiting', fault = '',
                 message = excluded.message, made_at = excluded.made_at, next_at = excluded.next_at, attempts = 0""",
            (recipient, letter.key, letter.sequence, letter.method, text, at, at),
        )

    def _refresh(self, conn: sqlite3.Connection, recipient: str, letters: Iterable[_Letter]) -> None:
        """Make again what waits under an address, or from an organiser, that is no longer right.

        A withdrawal is looked at as a whole: it says no more than is allowed today, whatever it said when it was made.
        """
        there = _unsent(conn, recipient)
        post = self._posts[recipient]
        for letter in letters:
            row = there.get(letter[:3])
            if row is None or (letter.method == "REQUEST" and row.goes_to(post)):
                continue
            text = self.message(conn, recipient, letter, row.made_at)
            if text != row.message:
                conn.execute(
                    "UPDATE outbox SET message = ?, state = 'waiting', fault = '', next_at = ? WHERE id = ?",
                    (text, stamp(self._now), row.id),
                )

    def message(
        self, conn: sqlite3.Connection, recipient: str, letter: _Letter, made_at: datetime | None = None
    ) -> str:
        from storage.calendars.messages import compose

        first = _first_request(conn, recipient, letter.key)
        return compose(letter.entry, letter.method, self._manner, self._posts[recipient], made_at or self._now, first)

    def identity(self, recipient: str, letter: _Letter) -> str:
        """Return the first part of a message's identity, enough to tell files apart."""
        from storage.calendars.messages import message_id

        return message_id(self._manner.namespace, recipient, *letter[:3])[1:19]


def _posts(
    conn: sqlite3.Connection, whole: Council, wanted: Iterable[str]
) -> tuple[dict[str, Post], tuple[Unmailed, ...]]:
    """Return between whom mail goes, by recipient, and who cannot be reached; refuses an organiser that is none."""
    from storage.calendars.messages import Post, check_addresses

    if not is_mailbox(whole.organiser):
        check_addresses(Post(whole.organiser, "", ""))
    addresses = dict(conn.execute("SELECT staff_id, email FROM worker"))
    posts, problems = {}, []
    for recipient in wanted:
        post = Post(whole.organiser, addresses.get(recipient, ""), recipient)
        try:
            check_addresses(post)
        except BadInput as fault:
            problems.append(Unmailed(recipient, fault.message, fault.hint))
        else:
            posts[recipient] = post
    return posts, tuple(problems)


def _rows(conn: sqlite3.Connection, recipient: str) -> dict[tuple[str, int, Method], State]:
    query = 'SELECT "key", sequence, method, state FROM outbox WHERE recipient = ?'
    return {(key, n, method): state for key, n, method, state in conn.execute(query, (recipient,)).fetchall()}


class _Unsent(NamedTuple):
    """A message that waits or failed."""

    id: int
    made_at: datetime
    message: str

    def goes_to(self, post: Post) -> bool:
        return self.message.split(None, 4)[:4] == ["From:", post.organiser, "To:", post.address]


def _unsent(conn: sqlite3.Connection, recipient: str) -> dict[tuple[str, int, Method], _Unsent]:
    query = """SELECT "key", sequence, method, id, made_at, message FROM outbox
               WHERE recipient = ? AND state IN ('waiting', 'failed')"""
    rows = conn.execute(query, (recipient,)).fetchall()
    return {(key, n, method): _Unsent(i, datetime.fromisoformat(at), text) for key, n, method, i, at, text in rows}


def _take_back(conn: sqlite3.Connection, recipient: str, letters: Iterable[_Letter]) -> None:
    """Take back what waits, or failed, and is no longer to be said."""
    wanted = {letter[:3] for letter in letters}
    query = """SELECT id, "key", sequence, method FROM outbox WHERE recipient = ? AND state IN ('waiting', 'failed')"""
    stale = [(number,) for number, *rest in conn.execute(query, (recipient,)).fetchall() if tuple(rest) not in wanted]
    conn.executemany("UPDATE outbox SET state = 'gone', message = '', next_at = NULL WHERE id = ?", stale)


def _pass_over(conn: sqlite3.Connection, carried: Carried, letters: Iterable[_Letter]) -> None:
    """Take as said what came back and went again before mail left: the calendar has been rid of it already."""
    told = {letter.key for letter in letters}
    say(conn, carried.recipient, "mail", (e for e in carried.waiting("mail").gone if e.reminder.key not in told))


def _forget_unreached(database: Database, reached: Iterable[str], recipients: Sequence[str] | None) -> None:
    """Take back what waits for workers who no longer have mail, or no address."""
    query = "SELECT DISTINCT recipient FROM outbox WHERE state IN ('waiting', 'failed')"
    waiting = {who for (who,) in database.reader().execute(query).fetchall()}
    for recipient in sorted(waiting.difference(reached)):
        if recipients is None or recipient in recipients:
            with writing(database) as conn:
                _take_back(conn, recipient, ())
