"""Queueing calendar mail: what is still to be sent, as messages kept in the outbox until a server has taken them.

An entry counts as sent (its ``mail_sequence``) when the server took the message, not when it was queued. Queueing may
therefore run as often as one likes without losing or repeating anything: it works out afresh what is still to be sent,
adds a row for what has none (recipient, key, sequence and method are unique), and takes back every row that is no
longer to be sent: an older sequence, or an entry that came and went before its request left. A message that was
refused stays as a failed row, which keeps nothing else from leaving and can be tried again or dropped.

The program may crash after the server took a message and before that is noted. ``sent_at`` of a row that is not "sent"
tells that its message may have arrived. Such a row is handed over again as it is: with the same Message-ID, UID and
SEQUENCE, which mail and calendar programs take as the same thing. Whatever may have arrived is withdrawn when it goes;
what surely did not arrive is not.

When a worker switches mail off, nothing waits for them any more, and what was sent stays in their calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from domain.core.errors import BadInput
from domain.core.text import is_mailbox, slug
from storage.calendar.contents import Gathered, gather, working_days_before
from storage.calendar.due_changes import Progress, Stopped, against, manner_of
from storage.calendar.effective_choices import Council, choices, council
from storage.calendar.icalendar import Entry
from storage.calendar.mail.messages import Envelope, Method, check_addresses, compose, message_id
from storage.calendar.mail.outbox import State
from storage.calendar.said_entries import Carried, keep, say, writing
from storage.calendar.status import within
from storage.database.connection import Connection
from storage.files.outgoing import Outgoing

if TYPE_CHECKING:
    from domain.calendar.wording import WorkingDayBefore
    from storage.records.database import Database


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


class _Mark(NamedTuple):
    """What tells one message to a recipient from another."""

    key: str
    sequence: int
    method: Method


class _Letter(NamedTuple):
    """One message to be sent, and the entry that it is about."""

    mark: _Mark
    entry: Entry


class _Row(NamedTuple):
    """A message in the outbox."""

    id: int
    key: str
    sequence: int
    method: Method
    state: State
    made_at: datetime
    message: str

    @property
    def mark(self) -> _Mark:
        return _Mark(self.key, self.sequence, self.method)

    @property
    def unsent(self) -> bool:
        return self.state in ("waiting", "failed")

    def goes_to(self, post: Envelope) -> bool:
        return self.message.split(None, 4)[:4] == ["From:", post.organiser, "To:", post.address]


# what is still to be sent ----------------------------------------------------------------------------------------


def _to_say(conn: Connection, carried: Carried, whole: Council, today: date, now: datetime) -> list[_Letter]:
    """Return what mail has still to send: new entries as far ahead as mail reaches, and all that changed or went."""
    waiting = carried.waiting("mail")
    asked = _asked(conn, carried.recipient)
    # An entry that may have arrived, though no server said so, is followed wherever it moves.
    new = [
        e for e in waiting.new if e.reminder.key in asked or (within(e, today, whole.mail_ahead) and not _begun(e, now))
    ]
    gone = [e for e in carried.gone if e.reminder.key in asked]
    return [_letter(e, "REQUEST") for e in (*new, *waiting.changed)] + [_letter(e, "CANCEL") for e in gone]


def _letter(entry: Entry, method: Method) -> _Letter:
    return _Letter(_Mark(entry.reminder.key, entry.sequence, method), entry)


def _begun(entry: Entry, now: datetime) -> bool:
    starts = entry.reminder.starts_at
    return starts is not None and starts <= now


def _asked(conn: Connection, recipient: str) -> set[str]:
    """Return the keys of entries that may be in the recipient's calendar: requested, and not surely withdrawn since."""
    query = """SELECT "key" FROM outbox WHERE recipient = :recipient AND sent_at IS NOT NULL GROUP BY "key"
               HAVING max(CASE WHEN method = 'REQUEST' THEN sequence ELSE -1 END)
                    > max(CASE WHEN method = 'CANCEL' AND state = 'sent' THEN sequence ELSE -1 END)"""
    return set(conn.values(query, recipient=recipient))


def _first_request(conn: Connection, recipient: str, key: str) -> int | None:
    """Return the sequence of the first request that was handed over: later messages are replies to it."""
    query = """SELECT min(sequence) FROM outbox
               WHERE recipient = :recipient AND "key" = :key AND method = 'REQUEST' AND sent_at IS NOT NULL"""
    first: int | None = conn.value(query, recipient=recipient, key=key)
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
    """Put what is still to be sent into the outbox, for all who chose mail or for those of ``recipients`` who did.

    Each recipient's messages and entries are written in one transaction.
    """
    making = _Making(database, today, now, recipients)
    requests = cancels = 0
    for done, recipient in enumerate(making.gathered):
        if stopped is not None and stopped():
            break
        fresh = making.queue(recipient)
        requests += sum(letter.mark.method == "REQUEST" for letter in fresh)
        cancels += sum(letter.mark.method == "CANCEL" for letter in fresh)
        if progress is not None:
            progress(done + 1, len(making.gathered))
    _forget_unreached(database, making.gathered, recipients)
    return Queued(requests, cancels, making.problems)


def dry_run(
    database: Database,
    folder: Path,
    today: date,
    *,
    now: datetime,
    recipients: Sequence[str] | None = None,
    overwrite: bool = False,
) -> tuple[list[Path], Queued]:
    """Write what would be queued, and what waits, as .eml files into ``folder``; mark nothing as sent.

    Return the files, and how many requests and cancellations they are. Messages written there before are written
    again; other files of their names only where they may be ``overwrite``n.
    """
    making = _Making(database, today, now, recipients)
    away, written = Outgoing(database.path, overwrite=overwrite), []
    away.ready_folder(folder)
    for recipient in making.gathered:
        for letter in making.unsaid(recipient):
            method = letter.mark.method
            path = folder / f"{slug(recipient)}-{making.identity(recipient, letter)}-{method.lower()}.eml"
            away.write(path, making.message(database.reader(), recipient, letter).encode("ascii"), "eml")
            written.append((method, path))
    requests = sum(method == "REQUEST" for method, _ in written)
    return [path for _, path in written], Queued(requests, len(written) - requests, making.problems)


class _Making:
    """Makes the messages of those who chose mail, from one reading of the records."""

    def __init__(self, database: Database, today: date, now: datetime, recipients: Sequence[str] | None) -> None:
        conn = database.reader()
        self._database, self._today, self._now = database, today, now
        self.council: Council = council(conn)
        self.chosen = sorted(worker for worker, own in choices(conn).items() if own.by_mail)
        wanted = [r for r in self.chosen if recipients is None or r in recipients]
        self._posts, self.problems = _posts(conn, self.council, wanted)
        self.gathered: Mapping[str, Gathered] = gather(conn, list(self._posts), today)
        self._befores: Mapping[str, WorkingDayBefore] = working_days_before(database, self.gathered, today)
        self._manner = manner_of(database)
        self._made: dict[_Mark, str] = {}

    def compare(self, conn: Connection, recipient: str) -> Carried:
        one = self.gathered[recipient]
        return against(conn, one, self._befores[recipient], self._today, self._now)

    def queue(self, recipient: str) -> list[_Letter]:
        """Bring the outbox of one recipient up to date, and return what was added."""
        self._prepare(recipient)
        with writing(self._database) as conn:
            carried = self.compare(conn, recipient)
            keep(conn, carried)
            letters = _to_say(conn, carried, self.council, self._today, self._now)
            there = _rows(conn, recipient)
            _take_back(conn, there, letters)
            _pass_over(conn, carried, letters)
            self._refresh(conn, recipient, there, letters)
            fresh = [letter for letter in letters if _is_new(letter, there)]
            for letter in fresh:
                self._add(conn, recipient, letter)
            return fresh

    def unsaid(self, recipient: str) -> list[_Letter]:
        """Return what would be handed over if it were queued now; reads only."""
        conn = self._database.reader()
        letters = _to_say(conn, self.compare(conn, recipient), self.council, self._today, self._now)
        there = _rows(conn, recipient)
        return [one for one in letters if _is_new(one, there) or there[one.mark].state in ("waiting", "sending")]

    def _prepare(self, recipient: str) -> None:
        """Make the messages before the transaction, which is then short."""
        conn = self._database.reader()
        there = _rows(conn, recipient)
        new = [letter for letter in self.unsaid(recipient) if _is_new(letter, there)]
        self._made = {letter.mark: self.message(conn, recipient, letter) for letter in new}

    def _add(self, conn: Connection, recipient: str, letter: _Letter) -> None:
        text = self._made.get(letter.mark) or self.message(conn, recipient, letter)
        waits = {"state": "waiting", "message": text, "made_at": self._now, "attempts": 0, "next_at": self._now}
        row = {"recipient": recipient, **letter.mark._asdict(), **waits, "fault": ""}
        conn.put("outbox", ("recipient", *_Mark._fields), row)

    def _refresh(
        self, conn: Connection, recipient: str, there: Mapping[_Mark, _Row], letters: Iterable[_Letter]
    ) -> None:
        """Make anew each unsent message whose address or organiser has changed, and each withdrawal that has.

        A withdrawal says no more than is allowed today, whatever it said when it was made.
        """
        post = self._posts[recipient]
        for letter in letters:
            row = there.get(letter.mark)
            if row is None or not row.unsent or (row.method == "REQUEST" and row.goes_to(post)):
                continue
            text = self.message(conn, recipient, letter, row.made_at)
            if text != row.message:
                query = """UPDATE outbox SET message = :message, state = 'waiting', fault = '', next_at = :now
                           WHERE id = :id"""
                conn.change(query, message=text, now=self._now, id=row.id)

    def message(self, conn: Connection, recipient: str, letter: _Letter, made_at: datetime | None = None) -> str:
        """Return the text of a message, made at a moment or now."""
        first = _first_request(conn, recipient, letter.mark.key)
        post, made_at = self._posts[recipient], made_at or self._now
        return compose(letter.entry, letter.mark.method, self._manner, post, made_at, first)

    def identity(self, recipient: str, letter: _Letter) -> str:
        """Return the first part of a message's identity, enough to tell files apart."""
        return message_id(self._manner.namespace, recipient, *letter.mark)[1:19]


def _posts(conn: Connection, whole: Council, wanted: Iterable[str]) -> tuple[dict[str, Envelope], tuple[Unmailed, ...]]:
    """Return sender and address by recipient, and who cannot be reached; refuse an organiser that is no mailbox."""
    if not is_mailbox(whole.organiser):
        check_addresses(Envelope(whole.organiser, "", ""))
    addresses = conn.lookup("SELECT staff_id, email FROM worker")
    posts, problems = {}, []
    for recipient in wanted:
        post = Envelope(whole.organiser, addresses.get(recipient, ""), recipient)
        try:
            check_addresses(post)
        except BadInput as fault:
            problems.append(Unmailed(recipient, fault.message, fault.hint))
        else:
            posts[recipient] = post
    return posts, tuple(problems)


def _rows(conn: Connection, recipient: str) -> dict[_Mark, _Row]:
    query = """SELECT id, "key", sequence, method, state, made_at, message FROM outbox WHERE recipient = :recipient"""
    return {row.mark: row for row in conn.each(_Row, query, recipient=recipient)}


def _is_new(letter: _Letter, there: Mapping[_Mark, _Row]) -> bool:
    """Whether a message is not in the outbox, or was taken back."""
    row = there.get(letter.mark)
    return row is None or row.state == "gone"


def _take_back(conn: Connection, there: Mapping[_Mark, _Row], letters: Iterable[_Letter]) -> None:
    """Take back what waits, or failed, and is no longer to be sent."""
    wanted = {letter.mark for letter in letters}
    stale = [row.id for row in there.values() if row.unsent and row.mark not in wanted]
    conn.change("UPDATE outbox SET state = 'gone', message = '', next_at = NULL WHERE id IN :stale", stale=stale)


def _pass_over(conn: Connection, carried: Carried, letters: Iterable[_Letter]) -> None:
    """Note as sent what came back and went again before any mail left: it is not in the recipient's calendar."""
    told = {letter.mark.key for letter in letters}
    say(conn, carried.recipient, "mail", (e for e in carried.waiting("mail").gone if e.reminder.key not in told))


def _forget_unreached(database: Database, reached: Iterable[str], recipients: Sequence[str] | None) -> None:
    """Take back what waits for workers who no longer have mail, or no address."""
    query = "SELECT DISTINCT recipient FROM outbox WHERE state IN ('waiting', 'failed')"
    waiting = set(database.reader().values(query))
    for recipient in sorted(waiting.difference(reached)):
        if recipients is None or recipient in recipients:
            with writing(database) as conn:
                _take_back(conn, _rows(conn, recipient), ())
