"""Handing over what waits in the outbox: each message once, at a measured pace, whatever becomes of the server.

A message is claimed in a transaction of its own, handed over with no transaction open, and marked in a third. So two
deliveries at once never take the same message; and a claim whose process died runs out, whereupon the message is
handed over again under the same identity.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

from domain.dates import stamp
from storage.calendars.carrying import Progress, Stopped
from storage.calendars.entries import note_export, writing
from storage.calendars.wishes import council

if TYPE_CHECKING:
    from storage.database import Database

CLAIM = timedelta(minutes=15)  # longer than any one message can take, timeouts included
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
MINUTE = 60.0
PATIENCE = 3  # messages in a row without a clear answer, after which the server counts as gone
_DOZE = 0.5  # how long a pause lasts before somebody may have asked to stop


class NotTaken(Exception):
    """A message that was not taken; ``unclear`` where it may have been all the same."""

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
    """What takes messages: returns once the server has taken one, raises NotTaken otherwise."""

    def send(self, message: bytes) -> None:
        """Hand over one whole message."""

    def close(self) -> None:
        """Let go of the connection, if there is one."""


class Clock(Protocol):
    """What time it is, in seconds from any point, and waiting."""

    def monotonic(self) -> float:
        """Return a time that never goes backwards."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many messages were sent, failed for good, and wait; ``trouble`` says why it stopped, if it had to."""

    sent: int = 0
    failed: int = 0
    waiting: int = 0
    trouble: str = ""


class _Claim(NamedTuple):
    """A message taken to be handed over, for the how manieth time; ``before`` is its ``sent_at`` from earlier."""

    id: int
    recipient: str
    key: str
    sequence: int
    message: str
    attempts: int
    before: str | None


def deliver(
    database: Database,
    sender: Sender,
    *,
    now: datetime,
    stopped: Stopped | None = None,
    progress: Progress | None = None,
    clock: Clock = time,
) -> Delivered:
    """Hand over what is due, and stop when all is, when ``stopped`` says so or when the server is gone.

    ``progress`` is told (done, of how many).
    """
    delivery = _Delivery(database, sender, now, clock, stopped or _never)
    try:
        return delivery.run(progress)
    finally:
        sender.close()


def _never() -> bool:
    return False


class _Delivery:
    """One run over the outbox."""

    def __init__(self, database: Database, sender: Sender, now: datetime, clock: Clock, stopped: Stopped) -> None:
        self._database, self._sender, self._clock, self._stopped = database, sender, clock, stopped
        self._now, self._began = now, clock.monotonic()
        self._pace = _Pace(clock, council(database.reader()).mail_per_minute, _recent(database, now))
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
        return Delivered(self._sent, self._failed, _waiting(self._database), self._trouble)

    def _moment(self) -> datetime:
        return self._now + timedelta(seconds=self._clock.monotonic() - self._began)

    # claiming

    def _release_expired(self) -> int:
        """Let what a dead process had claimed wait again; returns how many messages wait."""
        at = self._moment()
        # Nothing pauses for longer than this: a later time was set by a clock that has since gone backwards.
        times = {"now": stamp(at), "odd": stamp(at + max(LONGEST_PAUSE, CLAIM))}
        with writing(self._database) as conn:
            conn.execute(
                f"UPDATE outbox SET {_WAIT_AGAIN} WHERE state = 'sending' AND (next_at <= :now OR next_at > :odd)",  # noqa: S608
                times,
            )
            conn.execute("UPDATE outbox SET next_at = :now WHERE state = 'waiting' AND next_at > :odd", times)
        return _waiting(self._database)

    def _due(self) -> bool:
        return self._database.reader().execute(_NEXT, self._given()).fetchone() is not None

    def _given(self) -> dict[str, str]:
        return {"now": stamp(self._moment()), "held": json.dumps(sorted(self._held))}

    def _claim(self) -> _Claim | None:
        with writing(self._database) as conn:
            found = conn.execute(_NEXT, self._given()).fetchone()
            if found is None:
                return None
            claim = _Claim(*conn.execute(_CLAIMED, found).fetchone())
            at = self._moment()
            conn.execute(
                "UPDATE outbox SET state = 'sending', attempts = ?, next_at = ?, sent_at = ? WHERE id = ?",
                (claim.attempts, stamp(at + CLAIM), stamp(at), claim.id),
            )
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
        """Keep that the server took it, and of the message no more than that."""
        at = self._moment()
        with writing(self._database) as conn:
            conn.execute(
                "UPDATE outbox SET state = 'sent', message = '', fault = '', next_at = NULL, sent_at = ? WHERE id = ?",
                (stamp(at), claim.id),
            )
            conn.execute(
                """UPDATE calendar_entry SET mail_sequence = max(coalesce(mail_sequence, -1), ?)
                   WHERE recipient = ? AND "key" = ?""",
                (claim.sequence, claim.recipient, claim.key),
            )
            note_export(conn, claim.recipient, "mail", "", _standing(conn, claim.recipient), at)
        self._sent += 1
        self._unanswered = 0

    def _refused(self, claim: _Claim, fault: Refused) -> None:
        """Mark it failed; with it all else for a mailbox that takes none, rather than ask a hundred times."""
        with writing(self._database) as conn:
            conn.execute(
                """UPDATE outbox SET state = 'failed', fault = ?, next_at = NULL, sent_at = ?
                   WHERE id = ? AND state = 'sending' AND attempts = ?""",
                (fault.words, claim.before, claim.id, claim.attempts),
            )
            others = 0
            if fault.whole_mailbox:
                others = conn.execute(
                    "UPDATE outbox SET state = 'failed', fault = ? WHERE recipient = ? AND state = 'waiting'",
                    (fault.words, claim.recipient),
                ).rowcount
        self._failed += 1 + others
        self._unanswered = 0

    def _later(self, claim: _Claim, fault: Later | ServerGone) -> None:
        # A server that is not there says nothing of the message: it leaves first when the server is back.
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
        """Let all that waits for a mailbox wait with the message that it put off."""
        self._held.add(recipient)
        with writing(self._database) as conn:
            conn.execute(
                "UPDATE outbox SET next_at = max(next_at, ?) WHERE recipient = ? AND state = 'waiting'",
                (stamp(self._moment() + pause), recipient),
            )

    def _put_back(self, claim: _Claim, fault: NotTaken, pause: timedelta, attempts: int) -> None:
        at = self._moment()
        with writing(self._database) as conn:
            conn.execute(
                f"""UPDATE outbox SET {_WAIT_AGAIN}, fault = :fault, next_at = :next, sent_at = :sent, attempts = :tries
                    WHERE id = :id AND state = 'sending' AND attempts = :claimed""",  # noqa: S608
                {
                    "fault": fault.words,
                    "next": stamp(at + pause),
                    "sent": stamp(at) if fault.unclear else claim.before,
                    "tries": attempts,
                    "id": claim.id,
                    "claimed": claim.attempts,
                },
            )


def pause_after(attempts: int) -> timedelta:
    """Return how long a message waits after so many attempts: twice as long each time, six hours at most."""
    doubled = FIRST_PAUSE * (1 << min(max(attempts, 1) - 1, 16))
    return min(doubled, LONGEST_PAUSE)


class _Pace:
    """At most so many messages in any minute."""

    def __init__(self, clock: Clock, per_minute: int, recent: list[float]) -> None:
        self._clock, self._most = clock, per_minute
        began = clock.monotonic()
        self._times = deque((began - age for age in recent), maxlen=per_minute)

    def wait(self, stopped: Stopped) -> bool:
        """Wait until another message may leave; returns False when it was stopped."""
        while not stopped():
            left = self._times[0] + MINUTE - self._clock.monotonic() if len(self._times) >= self._most else 0.0
            if left <= 0:
                return True
            self._clock.sleep(min(left, _DOZE))
        return False

    def count(self) -> None:
        """Count a message that leaves now."""
        self._times.append(self._clock.monotonic())


def _recent(database: Database, now: datetime) -> list[float]:
    """Return how many seconds ago messages left within the last minute, the oldest first."""
    since = stamp(now - timedelta(seconds=MINUTE))
    rows = database.reader().execute(
        "SELECT sent_at FROM outbox WHERE state = 'sent' AND sent_at > ? AND sent_at <= ? ORDER BY sent_at",
        (since, stamp(now)),
    )
    return [(now - datetime.fromisoformat(at)).total_seconds() for (at,) in rows.fetchall()]


def _waiting(database: Database) -> int:
    query = "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending')"
    count: int = database.reader().execute(query).fetchone()[0]
    return count


def _standing(conn: sqlite3.Connection, recipient: str) -> int:
    query = """SELECT count(*) FROM calendar_entry
               WHERE recipient = ? AND mail_sequence IS NOT NULL AND gone_at IS NULL"""
    count: int = conn.execute(query, (recipient,)).fetchone()[0]
    return count


# A claimed message goes back to waiting, unless something later has been queued of the same entry meanwhile.
_NEWER = """EXISTS (SELECT 1 FROM outbox n WHERE n.recipient = outbox.recipient AND n."key" = outbox."key"
              AND n.sequence > outbox.sequence AND n.state != 'gone')"""
_WAIT_AGAIN = f"""state = CASE WHEN {_NEWER} THEN 'gone' ELSE 'waiting' END,
                  message = CASE WHEN {_NEWER} THEN '' ELSE message END"""
_NEXT = """SELECT id FROM outbox
           WHERE state = 'waiting' AND next_at <= :now AND recipient NOT IN (SELECT value FROM json_each(:held))
             AND NOT EXISTS (SELECT 1 FROM outbox s WHERE s.recipient = outbox.recipient
                               AND s."key" = outbox."key" AND s.state = 'sending')
           ORDER BY next_at, id LIMIT 1"""
_CLAIMED = 'SELECT id, recipient, "key", sequence, message, attempts + 1, sent_at FROM outbox WHERE id = ?'
