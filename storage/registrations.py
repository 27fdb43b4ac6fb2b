"""Registrations, warrants and checks as they are read: what stands, what lapses, and what they are to the rules."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.obligations import Happening
from storage.reading import Packs, day

CURRENT, SOON, LAPSED, NONE, ENDED = "held", "due", "late", "unset", "ended"
RECORDED, STOPPED = "registration_recorded", "registration_stopped"
_DAY = timedelta(days=1)


class RegistrationLine(NamedTuple):
    """One registration, the newest of its kind. ``until`` is the last day it counts; None where nothing ends it."""

    id: int
    worker: str
    name: str
    kind: str
    title: str
    number: str
    granted: date
    until: date | None
    state: str
    note: str = ""


class TrainingLine(NamedTuple):
    """When a worker last had a training, and by when it is refreshed; ``set`` where the council gave an interval."""

    worker: str
    name: str
    training: str
    title: str
    last: date | None
    due: date | None
    set: bool
    state: str


class Span(NamedTuple):
    """How long a registration counts: from a day up to and including another, if any.

    ``renewal_from`` is the first day on which a renewal counts for what comes after it.
    """

    worker: str
    kind: str
    granted: date
    until: date | None
    renewal_from: date | None = None

    def counts(self, on: date) -> bool:
        """Whether it stands on a day."""
        return self.granted <= on and (self.until is None or on <= self.until)


_LINES = """
SELECT r.id, r.worker, w.name, r.kind, r.number, r.granted, r.expires, r.ended_on
FROM registration r JOIN worker w ON w.staff_id = r.worker
WHERE (:worker IS NULL OR r.worker = :worker) AND (:team IS NULL OR w.team = :team) AND r.granted <= :today
  AND (w.leaves IS NULL OR w.leaves >= :today) ORDER BY w.sort_key, r.kind, r.granted, r.id
"""


def registrations(
    conn: sqlite3.Connection, today: date, *, worker: str | None = None, team: str | None = None
) -> list[RegistrationLine]:
    """Return the newest registration of each kind of a worker or a team, those that ended of their own left out."""
    kinds = Packs(conn).all("registration_kind")
    newest: dict[tuple[str, str], RegistrationLine] = {}
    given = {"worker": worker, "team": team, "today": today.isoformat()}
    for number, staff_id, name, kind, code, granted, expires, ended in conn.execute(_LINES, given):
        said, gone = kinds.get(kind, {}), day(ended)
        begun = date.fromisoformat(granted)
        until = _until(said, begun, day(expires), gone)
        standing = ENDED if gone and gone <= today else _standing(until, said, today)
        title = str(said.get("title") or kind)
        newest[staff_id, kind] = RegistrationLine(
            number, staff_id, name, kind, title, code, begun, until, standing, str(said.get("note", ""))
        )
    return [line for line in newest.values() if line.state != ENDED]


def _until(said: Mapping[str, Any], granted: date, expires: date | None, ended: date | None) -> date | None:
    """Return the last day a registration counts: its own end, its expiry, or so long as its kind lasts."""
    from domain.workdays import add_months

    lasts = add_months(granted, said["months"]) if said.get("months") else None
    days = [found for found in (expires or lasts, ended and ended - _DAY) if found is not None]
    return min(days, default=None)


def _renewal_from(said: Mapping[str, Any], until: date | None, ended: date | None) -> date | None:
    """Return when renewing begins: so long ahead as its kind reminds of it, but after the end of what was ended."""
    if until is None:
        return None
    return until + _DAY if ended and ended <= until + _DAY else until - timedelta(days=said.get("remind_days", 56))


def _standing(until: date | None, said: Mapping[str, Any], today: date) -> str:
    if until is None:
        return CURRENT
    if until < today:
        return LAPSED
    return SOON if (until - today).days <= said.get("remind_days", 56) else CURRENT


_TRAININGS = """
SELECT w.staff_id, w.name, json_extract(e.details, '$.topic'), max(e."on")
FROM worker w LEFT JOIN worker_event e ON e.worker = w.staff_id AND e.kind = 'training_completed' AND e."on" <= :today
WHERE (:worker IS NULL OR w.staff_id = :worker) AND (:team IS NULL OR w.team = :team)
  AND (w.leaves IS NULL OR w.leaves >= :today) GROUP BY w.staff_id, 3 ORDER BY w.sort_key
"""
_DUE = """
SELECT o.subject, o.series, o.legal_due FROM obligation o JOIN worker w ON w.staff_id = o.subject
WHERE o.subject_kind = 'worker' AND o.series IN (SELECT value FROM json_each(:series))
  AND (:worker IS NULL OR w.staff_id = :worker) AND (:team IS NULL OR w.team = :team)
"""


def trainings(
    conn: sqlite3.Connection, today: date, *, worker: str | None = None, team: str | None = None
) -> list[TrainingLine]:
    """Return every training of the packs for each worker: when last, by when again; never had stands there too."""
    packs = Packs(conn)
    said = {name: one for name, one in packs.all("training").items() if one.get("active", True)}
    rules = [one["rule"] for one in said.values() if one.get("rule")]
    given = {"worker": worker, "team": team, "today": today.isoformat(), "series": json.dumps(rules)}
    due = {(who, series): day(on) for who, series, on in conn.execute(_DUE, given)}
    people: dict[str, tuple[str, dict[str, date]]] = {}
    for staff_id, name, topic, last in conn.execute(_TRAININGS, given):
        _, had = people.setdefault(staff_id, (name, {}))
        if topic:
            had[topic] = date.fromisoformat(last)
    return [
        _training(staff_id, name, one, had.get(one["topic"]), due.get((staff_id, one.get("rule") or "")), today)
        for staff_id, (name, had) in people.items()
        for one in said.values()
    ]


def _training(
    staff_id: str, name: str, said: Mapping[str, Any], last: date | None, due: date | None, today: date
) -> TrainingLine:
    if last is None or due is None:
        standing = NONE
    else:
        standing = LAPSED if due < today else SOON if (due - today).days <= 56 else CURRENT
    return TrainingLine(staff_id, name, said["id"], said["title"], last, due, due is not None, standing)


# what they are to the rules and policies ----------------------------------------------------------------------------

_SPANS = """SELECT worker, kind, granted, expires, ended_on FROM registration
WHERE kind IN (SELECT value FROM json_each(?)) ORDER BY granted, id"""


def spans(conn: sqlite3.Connection, packs: Packs, giving: Sequence[str]) -> Iterator[tuple[Span, Mapping[str, Any]]]:
    """Yield registrations of kinds that give one of those events, with what the kind says; the earliest first."""
    kinds = {kind: said for kind, said in packs.all("registration_kind").items() if said.get("gives") in giving}
    for who, kind, granted, expires, ended in conn.execute(_SPANS, (json.dumps(list(kinds)),)):
        said, begun = kinds[kind], date.fromisoformat(granted)
        until = _until(said, begun, day(expires), day(ended))
        yield Span(who, kind, begun, until, _renewal_from(said, until, day(ended))), said


def happenings(raw: sqlite3.Connection, workers: Sequence[str], packs: Packs) -> Iterator[tuple[str, Happening]]:
    """Yield what registrations come to: the event that their kind gives, and its end."""
    query = f"""SELECT worker, kind, granted, expires, ended_on, id FROM registration
                WHERE worker IN ({",".join("?" * len(workers))}) ORDER BY granted, id"""  # noqa: S608
    rows = raw.execute(query, workers).fetchall()
    kinds = packs.all("registration_kind") if rows else {}
    for worker, kind, granted, expires, ended, number in rows:
        said, begun = kinds.get(kind, {}), date.fromisoformat(granted)
        if said.get("gives"):
            yield worker, Happening(said["gives"], begun, said.get("details", {}), number)
        elif (last := _until(said, begun, day(expires), None)) is not None:
            yield worker, Happening(RECORDED, begun, {"kind": kind, "expires": last.isoformat()}, number)
        if ended is not None and not _replaced(rows, worker, kind, ended, number):
            yield from ((worker, stop._replace(on=date.fromisoformat(ended), id=number)) for stop in _stops(kind, said))


def _stops(kind: str, said: Mapping[str, Any]) -> Iterator[Happening]:
    """Yield what the end of a registration is; of a kind that gives an event and names no end, nothing."""
    if said.get("ends"):
        yield Happening(said["ends"], date.min)
    elif not said.get("gives"):
        yield Happening(STOPPED, date.min, {"kind": kind})


def _replaced(rows: Sequence[Sequence[Any]], worker: str, kind: str, ended: str, number: int) -> bool:
    """Whether another registration of the kind stands on the day on which one ended."""
    return any(
        (other, of, granted <= ended, gone is None or gone > ended) == (worker, kind, True, True) and one != number
        for other, of, granted, _, gone, one in rows
    )
