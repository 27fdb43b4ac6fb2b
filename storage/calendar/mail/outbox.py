"""The outbox as people see it: which messages wait, were sent or failed; trying one again or giving it up."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from domain.core.dates import LONDON
from domain.core.errors import BadInput, NotFound
from storage.calendar.said_entries import writing
from storage.database.connection import Connection

if TYPE_CHECKING:
    from storage.records.database import Database

State = Literal["waiting", "sending", "sent", "failed", "gone", "dropped"]
STATES: tuple[State, ...] = ("waiting", "sending", "sent", "failed", "gone", "dropped")


class OutboxLine(NamedTuple):
    """One message in the outbox; ``what`` and ``on`` tell its entry as a calendar shows it, while that is kept.

    ``starts`` is the entry's day or instant as kept. ``sent_at`` of a message that is not "sent" is when it was handed
    over without a clear answer.
    """

    id: int
    recipient: str
    key: str
    sequence: int
    method: str
    state: str
    made_at: datetime
    attempts: int
    next_at: datetime | None
    sent_at: datetime | None
    fault: str
    what: str
    starts: str

    @property
    def on(self) -> date | None:
        """The entry's day by the clock on the wall."""
        if "T" in self.starts:
            return datetime.fromisoformat(self.starts).astimezone(LONDON).date()
        return date.fromisoformat(self.starts) if self.starts else None


class _Count(NamedTuple):
    recipient: str
    state: State
    messages: int


def outbox(conn: Connection, recipient: str | None = None, state: str | None = None) -> list[OutboxLine]:
    """Return the messages of a recipient and in a state, or all but those taken back, the latest first."""
    query = """SELECT o.id, o.recipient, o."key", o.sequence, o.method, o.state, o.made_at, o.attempts, o.next_at,
                 o.sent_at, o.fault, coalesce(json_extract(nullif(e.shown, ''), '$[1]'), '') AS what,
                 coalesce(json_extract(nullif(e.shown, ''), '$[4]'), json_extract(nullif(e.shown, ''), '$[5]'), '')
                   AS starts
               FROM outbox o LEFT JOIN calendar_entry e ON e.recipient = o.recipient AND e."key" = o."key"
               WHERE (:who IS NULL OR o.recipient = :who)
                 AND (o.state = :state OR (:state IS NULL AND o.state != 'gone')) ORDER BY o.id DESC"""
    return conn.all(OutboxLine, query, who=recipient, state=state)


def tally(conn: Connection) -> dict[str, dict[str, int]]:
    """Return by recipient how many messages are in each state."""
    found: dict[str, dict[str, int]] = {}
    query = "SELECT recipient, state, count(*) AS messages FROM outbox GROUP BY recipient, state"
    for one in conn.each(_Count, query):
        found.setdefault(one.recipient, {})[one.state] = one.messages
    return found


def ready(conn: Connection, now: datetime) -> int:
    """Return how many messages would leave if delivery began now; those put off to a later time are not counted."""
    count: int = conn.value("SELECT count(*) FROM outbox WHERE state = 'waiting' AND next_at <= :now", now=now)
    return count


def retry(database: Database, number: int, now: datetime) -> None:
    """Let a message that failed, or waits for a later time, leave with the next delivery."""
    _change(database, number, "state = 'waiting', fault = '', next_at = :now", now=now)


def retry_all(database: Database, now: datetime) -> int:
    """Let all that failed leave with the next delivery; returns how many messages that is."""
    with writing(database) as conn:
        query = "UPDATE outbox SET state = 'waiting', fault = '', next_at = :now WHERE state = 'failed'"
        return conn.change(query, now=now)


def drop(database: Database, number: int) -> None:
    """Give up a message that failed or waits; a later change of the same entry is mailed again."""
    _change(database, number, "state = 'dropped', message = '', next_at = NULL")


def _change(database: Database, number: int, change: str, **given: object) -> None:
    with writing(database) as conn:
        state = conn.value("SELECT state FROM outbox WHERE id = :number", number=number)
        if state is None:
            raise NotFound(f"There is no message {number}.", field="id", hint="See: almoner calendar outbox")
        if state not in ("failed", "waiting"):
            hint = "Only what waits or failed can be tried again or dropped."
            raise BadInput(f"Message {number} is {state}.", field="id", hint=hint)
        conn.change(f"UPDATE outbox SET {change} WHERE id = :number", number=number, **given)  # noqa: S608
