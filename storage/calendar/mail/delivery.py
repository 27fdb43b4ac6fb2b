"""Handing over what waits in the outbox: each message once, so many a minute, whatever happens to the server.

A message is claimed in one transaction, handed over while none is open, and marked in another. So two deliveries at
the same time never take the same message. The claim of a process that died expires, and the message is handed over
again under the same identity.
"""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

from storage.calendar.due_changes import Progress, Stopped
from storage.calendar.effective_choices import council
from storage.calendar.said_entries import note_export, writing
from storage.database.connection import Connection

if TYPE_CHECKING:
    from storage.records.database import Database

CLAIM = timedelta(minutes=15)  # longer than any one message can take, timeouts included
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
MINUTE = 60.0
PATIENCE = 3  # messages in a row without a clear answer, after which the server counts as gone
_DOZE = 0.5  # seconds of a pause between two looks at whether somebody asked to stop


class NotTaken(Exception):
    """A message was not taken; ``unclear`` where it may have been taken nevertheless."""

    def __init__(self, words: str, *, unclear: bool = False) -> None:
        super().__init__(words)
        self.words = words
        self.unclear = unclear


class Refused(NotTaken):
    """The server will never take this message; ``whole_mailbox`` where it takes none for this recipient."""

    def __init__(self, words: str, *, whole_mailbox: bool = False) -> None:
        super().__init__(words)
        self.whole_mailbox = whole_mailbox


class Later(NotTaken):
    """The server may take this message another time; ``whole_mailbox`` where that holds for the recipient."""

    def __init__(self, words: str, *, unclear: bool = False, whole_mailbox: bool = False) -> None:
        super().__init__(words, unclear=unclear)
        self.whole_mailbox = whole_mailbox


class ServerGone(NotTaken):
    """No message can be handed over for now."""


class Sender(Protocol):
    """What takes messages."""

    def send(self, message: bytes) -> None:
        """Hand over one whole message, and return once the server has taken it; raises NotTaken otherwise."""

    def close(self) -> None:
        """Close the connection, if there is one."""


class Stopwatch(Protocol):
    """Measures seconds, and waits."""

    def monotonic(self) -> float:
        """Return a time that never goes backwards."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many messages were sent, failed for good, and wait; ``trouble`` says why delivery stopped early."""

    sent: int = 0
    failed: int = 0
    waiting: int = 0
    trouble: str = ""


class _Claim(NamedTuple):
    """A message to be handed over, counting this attempt; ``sent_at`` is that of an earlier attempt."""

    id: int
    recipient: str
    key: str
    sequence: int
    message: str
    attempts: int
    sent_at: datetime | None


def deliver(
    database: Database,
    sender: Sender,
    *,
    now: datetime,
    stopped: Stopped | None = None,
    progress: Progress | None = None,
    watch: Stopwatch = time,
) -> Delivered:
    """Hand over what is due, and stop when all is, when ``stopped`` says so or when the server is gone.

    ``progress`` is told (done, of how many).
    """
    delivery = _Delivery(database, sender, now, watch, stopped or _never)
    try:
        return delivery.run(progress)
    finally:
        sender.close()


def _never() -> bool:
    return False


class _Delivery:
    """One run over the outbox."""

    def __init__(self, database: Database, sender: Sender, now: datetime, watch: Stopwatch, stopped: Stopped) -> None:
        self._database, self._sender, self._watch, self._stopped = database, sender, watch, stopped
        self._now, self._began = now, watch.monotonic()
        conn = database.reader()
        self._pace = _Pace(watch, council(conn).mail_per_minute, _recent(conn, now))
        self._held: set[str] = set()  # recipients whose mailbox takes nothing for now
        self._sent = self._failed = self._unanswered = 0
        self._trouble = ""

    def run(self, progress: Progress | None) -> Delivered:
        total = self._release_expired()
        while not self._trouble and self._due() and self._pace.wait(self._stopped) and (claim := self._claim()):
            self._hand_over(claim)
            if progress is not None:
                done = self._sent + self._failed
                progress(done, max(total, done))
        return Delivered(self._sent, self._failed, _waiting(self._database.reader()), self._trouble)

    def _moment(self) -> datetime:
        return self._now + timedelta(seconds=self._watch.monotonic() - self._began)

    # claiming

    def _release_expired(self) -> int:
        """Let what a dead process had claimed wait again, and return how many messages wait."""
        now = self._moment()
        # Nothing pauses for longer than this: a later time was set by a clock that has since gone backwards.
        odd = now + max(LONGEST_PAUSE, CLAIM)
        with writing(self._database) as conn:
            conn.change(_RELEASE, now=now, odd=odd)
            conn.change("UPDATE outbox SET next_at = :now WHERE state = 'waiting' AND next_at > :odd", now=now, odd=odd)
            return _waiting(conn)

    def _next(self, conn: Connection) -> _Claim | None:
        return conn.one(_Claim, _NEXT, now=self._moment(), held=self._held)

    def _due(self) -> bool:
        return self._next(self._database.reader()) is not None

    def _claim(self) -> _Claim | None:
        with writing(self._database) as conn:
            claim = self._next(conn)
            if claim is not None:
                now = self._moment()
                conn.change(_CLAIM, tries=claim.attempts, until=now + CLAIM, now=now, id=claim.id)
            return claim

    # handing over

    def _hand_over(self, claim: _Claim) -> None:
        self._pace.count()
        try:
            self._sender.send(claim.message.encode("ascii"))
        except Refused as fault:
            self._refused(claim, fault)
        except (Later, ServerGone) as fault:
            self._later(claim, fault)
        except BaseException:
            self._put_back(claim, NotTaken("stopped on the way", unclear=True), timedelta(0), claim.attempts)
            raise
        else:
            self._mark_sent(claim)

    def _mark_sent(self, claim: _Claim) -> None:
        """Note that the server took the message, and delete its text."""
        now = self._moment()
        with writing(self._database) as conn:
            conn.change(_SENT, now=now, id=claim.id)
            conn.change(_SAID, sequence=claim.sequence, recipient=claim.recipient, key=claim.key)
            note_export(conn, claim.recipient, "mail", "", _standing(conn, claim.recipient), now)
        self._sent += 1
        self._unanswered = 0

    def _refused(self, claim: _Claim, fault: Refused) -> None:
        """Mark a message as failed; where its mailbox takes none at all, every other message for it, too."""
        with writing(self._database) as conn:
            conn.change(_FAILED, fault=fault.words, sent=claim.sent_at, id=claim.id, tries=claim.attempts)
            others = 0
            if fault.whole_mailbox:
                others = conn.change(_REFUSED, fault=fault.words, recipient=claim.recipient)
        self._failed += 1 + others
        self._unanswered = 0

    def _later(self, claim: _Claim, fault: Later | ServerGone) -> None:
        # A server that is gone has refused nothing: the message does not pause, and the attempt does not count.
        gone = isinstance(fault, ServerGone)
        pause = timedelta(0) if gone else pause_after(claim.attempts)
        self._put_back(claim, fault, pause, claim.attempts - gone)
        if isinstance(fault, Later) and fault.whole_mailbox:
            self._hold(claim.recipient, pause)
            return
        self._unanswered += 1
        if gone or self._unanswered >= PATIENCE:
            self._trouble = fault.words

    def _hold(self, recipient: str, pause: timedelta) -> None:
        """Let all messages for a mailbox that puts mail off wait as long as the one that it put off."""
        self._held.add(recipient)
        query = "UPDATE outbox SET next_at = max(next_at, :until) WHERE recipient = :who AND state = 'waiting'"
        with writing(self._database) as conn:
            conn.change(query, until=self._moment() + pause, who=recipient)

    def _put_back(self, claim: _Claim, fault: NotTaken, pause: timedelta, attempts: int) -> None:
        now = self._moment()
        with writing(self._database) as conn:
            conn.change(
                _PUT_BACK,
                fault=fault.words,
                next=now + pause,
                sent=now if fault.unclear else claim.sent_at,
                left=attempts,
                id=claim.id,
                tries=claim.attempts,
            )


def pause_after(attempts: int) -> timedelta:
    """Return how long a message waits after so many attempts: twice as long each time, six hours at most."""
    doubled = FIRST_PAUSE * (1 << min(max(attempts, 1) - 1, 16))
    return min(doubled, LONGEST_PAUSE)


class _Pace:
    """At most so many messages in any minute."""

    def __init__(self, watch: Stopwatch, per_minute: int, recent: list[float]) -> None:
        self._watch, self._most = watch, per_minute
        began = watch.monotonic()
        self._times = deque((began - age for age in recent), maxlen=per_minute)

    def wait(self, stopped: Stopped) -> bool:
        """Wait until another message may leave; returns False when it was stopped."""
        while not stopped():
            left = self._times[0] + MINUTE - self._watch.monotonic() if len(self._times) >= self._most else 0.0
            if left <= 0:
                return True
            self._watch.sleep(min(left, _DOZE))
        return False

    def count(self) -> None:
        """Count a message that leaves now."""
        self._times.append(self._watch.monotonic())


def _recent(conn: Connection, now: datetime) -> list[float]:
    """Return how many seconds ago messages left within the last minute, the oldest first."""
    query = """SELECT sent_at FROM outbox
               WHERE state = 'sent' AND sent_at > :since AND sent_at <= :now ORDER BY sent_at"""
    left = conn.values(query, since=now - timedelta(seconds=MINUTE), now=now)
    return [(now - datetime.fromisoformat(at)).total_seconds() for at in left]


def _waiting(conn: Connection) -> int:
    count: int = conn.value("SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending')")
    return count


def _standing(conn: Connection, recipient: str) -> int:
    query = """SELECT count(*) FROM calendar_entry
               WHERE recipient = :recipient AND mail_sequence IS NOT NULL AND gone_at IS NULL"""
    count: int = conn.value(query, recipient=recipient)
    return count


# A claimed message goes back to waiting, unless a later one about the same entry has been queued meanwhile.
_NEWER = """EXISTS (SELECT 1 FROM outbox n WHERE n.recipient = outbox.recipient AND n."key" = outbox."key"
              AND n.sequence > outbox.sequence AND n.state != 'gone')"""
_WAIT_AGAIN = f"""state = CASE WHEN {_NEWER} THEN 'gone' ELSE 'waiting' END,
                  message = CASE WHEN {_NEWER} THEN '' ELSE message END"""
_RELEASE = f"UPDATE outbox SET {_WAIT_AGAIN} WHERE state = 'sending' AND (next_at <= :now OR next_at > :odd)"  # noqa: S608
_NEXT = """SELECT id, recipient, "key", sequence, message, attempts + 1 AS attempts, sent_at FROM outbox
           WHERE state = 'waiting' AND next_at <= :now AND recipient NOT IN :held
             AND NOT EXISTS (SELECT 1 FROM outbox s WHERE s.recipient = outbox.recipient
                               AND s."key" = outbox."key" AND s.state = 'sending')
           ORDER BY next_at, id LIMIT 1"""
_CLAIM = "UPDATE outbox SET state = 'sending', attempts = :tries, next_at = :until, sent_at = :now WHERE id = :id"
_SENT = "UPDATE outbox SET state = 'sent', message = '', fault = '', next_at = NULL, sent_at = :now WHERE id = :id"
_SAID = """UPDATE calendar_entry SET mail_sequence = max(coalesce(mail_sequence, -1), :sequence)
           WHERE recipient = :recipient AND "key" = :key"""
_CLAIMED = "WHERE id = :id AND state = 'sending' AND attempts = :tries"
_FAILED = f"UPDATE outbox SET state = 'failed', fault = :fault, next_at = NULL, sent_at = :sent {_CLAIMED}"  # noqa: S608
_REFUSED = "UPDATE outbox SET state = 'failed', fault = :fault WHERE recipient = :recipient AND state = 'waiting'"
_PUT_BACK = f"""UPDATE outbox
                SET {_WAIT_AGAIN}, fault = :fault, next_at = :next, sent_at = :sent, attempts = :left {_CLAIMED}"""  # noqa: S608
