"""The outbox as people see it: which messages wait, were sent or failed; trying one again, giving one up."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from domain.dates import LONDON, stamp
from domain.errors import BadInput, NotFound
from storage.calendars.entries import writing

if TYPE_CHECKING:
    from storage.database import Database

State = Literal["waiting", "sending", "sent", "failed", "gone", "dropped"]
STATES: tuple[State, ...] = ("waiting", "sending", "sent", "failed", "gone", "dropped")


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """One message in the outbox; ``what`` and ``on`` say which entry, as a calendar shows it, while that is kept.

    ``sent_at`` of a message that is not "sent" is when it was handed over without a clear answer.
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
    on: date | None


def outbox(conn: sqlite3.Connection, recipient: str | None = None, state: str | None = None) -> list[OutboxLine]:
    """Return the messages of a recipient and in a state, or all but those taken back, the latest first."""
    query = """SELECT o.id, o.recipient, o."key", o.sequence, o.method, o.state, o.made_at, o.attempts, o.next_at,
                 o.sent_at, o.fault, coalesce(json_extract(nullif(e.shown, ''), '$[1]'), ''),
                 coalesce(json_extract(nullif(e.shown, ''), '$[4]'), json_extract(nullif(e.shown, ''), '$[5]'), '')
               FROM outbox o LEFT JOIN calendar_entry e ON e.recipient = o.recipient AND e."key" = o."key"
               WHERE (:who IS NULL OR o.recipient = :who)
                 AND (o.state = :state OR (:state IS NULL AND o.state != 'gone')) ORDER BY o.id DESC"""
    rows = conn.execute(query, {"who": recipient, "state": state}).fetchall()
    return [_line(row) for row in rows]


def _line(row: Sequence[Any]) -> OutboxLine:
    values = dict(zip(OutboxLine.__slots__, row, strict=True))
    for name in ("made_at", "next_at", "sent_at"):
        values[name] = datetime.fromisoformat(values[name]) if isinstance(values[name], str) else None
    values["on"] = _day(values["on"])
    return OutboxLine(**values)


def _day(text: str) -> date | None:
    """Return the day of an entry as kept: a day, or an instant that is told by the clock on the wall."""
    if not text:
        return None
    return datetime.fromisoformat(text).astimezone(LONDON).date() if "T" in text else date.fromisoformat(text)


def tally(conn: sqlite3.Connection) -> dict[str, dict[str, int]]:
    """Return by recipient how many messages are in each state."""
    found: dict[str, dict[str, int]] = {}
    for recipient, state, count in conn.execute("SELECT recipient, state, count(*) FROM outbox GROUP BY 1, 2"):
        found.setdefault(recipient, {})[state] = count
    return found


def ready(conn: sqlite3.Connection, now: datetime) -> int:
    """Return how many messages would leave if delivery began now: what was put off waits for its time."""
    query = "SELECT count(*) FROM outbox WHERE state = 'waiting' AND next_at <= ?"
    count: int = conn.execute(query, (stamp(now),)).fetchone()[0]
    return count


def retry(database: Database, number: int, now: datetime) -> None:
    """Let a message that failed, or waits for a later time, leave with the next delivery."""
    _change(database, number, ("failed", "waiting"), "state = 'waiting', fault = '', next_at = ?", (stamp(now),))


def retry_all(database: Database, now: datetime) -> int:
    """Let all that failed leave with the next delivery; returns how many messages that is."""
    with writing(database) as conn:
        query = "UPDATE outbox SET state = 'waiting', fault = '', next_at = ? WHERE state = 'failed'"
        return conn.execute(query, (stamp(now),)).rowcount


def drop(database: Database, number: int) -> None:
    """Give up a message that failed or waits; a later change of the same entry is mailed again."""
    _change(database, number, ("failed", "waiting"), "state = 'dropped', message = '', next_at = NULL", ())


def _change(database: Database, number: int, states: Sequence[str], change: str, values: tuple[str, ...]) -> None:
    with writing(database) as conn:
        row = conn.execute("SELECT state FROM outbox WHERE id = ?", (number,)).fetchone()
        if row is None:
            raise NotFound(f"There is no message {number}.", field="id", hint="See: almoner calendar outbox")
        if row[0] not in states:
            hint = "Only what waits or failed can be tried again or dropped."
            raise BadInput(f"Message {number} is {row[0]}.", field="id", hint=hint)
        conn.execute(f"UPDATE outbox SET {change} WHERE id = ?", (*values, number))  # noqa: S608
