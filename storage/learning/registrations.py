"""Registrations, warrants and checks as they are read: what counts, what lapses, and what they mean to the rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.cases.subject import Happening
from storage.database.connection import Connection
from storage.database.fragments import IN_TEAM, NOT_LEFT
from storage.due.subjects import WorkerDraft
from storage.people.registration_spans import REMIND_DAYS, counts_until
from storage.rules.kept_packs import Packs

CURRENT, SOON, LAPSED, NONE = "held", "due", "late", "unset"
RECORDED, STOPPED = "registration_recorded", "registration_stopped"


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
    """When a worker last had a training and when it is due again; ``set`` says whether an interval is known."""

    worker: str
    name: str
    training: str
    title: str
    last: date | None
    due: date | None
    set: bool
    state: str


class _Kept(NamedTuple):
    id: int
    worker: str
    kind: str
    granted: date
    expires: date | None
    ended_on: date | None
    name: str = ""
    number: str = ""


_LINES = f"""
SELECT r.id, r.worker, w.name, r.kind, r.number, r.granted, r.expires, r.ended_on
FROM registration r JOIN worker w ON w.staff_id = r.worker
WHERE (:worker IS NULL OR r.worker = :worker) AND {IN_TEAM} AND r.granted <= :today
  AND {NOT_LEFT} ORDER BY w.sort_key, r.kind, r.granted, r.id
"""  # noqa: S608


def registrations(
    conn: Connection, today: date, *, worker: str | None = None, team: str | None = None
) -> list[RegistrationLine]:
    """Return the newest registration of each kind of a worker or a team, without those that were ended early."""
    kinds = Packs(conn).all("registration_kind")
    newest = {(one.worker, one.kind): one for one in conn.each(_Kept, _LINES, worker=worker, team=team, today=today)}
    return [
        _line(one, kinds.get(one.kind, {}), today)
        for one in newest.values()
        if one.ended_on is None or one.ended_on > today
    ]


def _line(kept: _Kept, kind: Mapping[str, Any], today: date) -> RegistrationLine:
    until = counts_until(kind, kept.granted, kept.expires, kept.ended_on)
    state = CURRENT if until is None else _state(until, today, kind.get("remind_days", REMIND_DAYS))
    title, note = str(kind.get("title") or kept.kind), str(kind.get("note", ""))
    return RegistrationLine(
        kept.id, kept.worker, kept.name, kept.kind, title, kept.number, kept.granted, until, state, note
    )


def _state(until: date, today: date, remind_days: int = REMIND_DAYS) -> str:
    if until < today:
        return LAPSED
    return SOON if (until - today).days <= remind_days else CURRENT


class _Had(NamedTuple):
    staff_id: str
    name: str
    topic: str | None
    last: date | None


class _Due(NamedTuple):
    worker: str
    series: str
    due: date | None


_TRAININGS = f"""
SELECT w.staff_id, w.name, json_extract(e.details, '$.topic') AS topic, max(e."on") AS last
FROM worker w LEFT JOIN worker_event e ON e.worker = w.staff_id AND e.kind = 'training_completed' AND e."on" <= :today
WHERE (:worker IS NULL OR w.staff_id = :worker) AND {IN_TEAM}
  AND {NOT_LEFT} GROUP BY w.staff_id, w.name, w.sort_key, 3 ORDER BY w.sort_key
"""  # noqa: S608
_DUE = f"""
SELECT o.subject AS worker, o.series, o.legal_due AS due FROM obligation o JOIN worker w ON w.staff_id = o.subject
WHERE o.subject_kind = 'worker' AND o.series IN :series
  AND (:worker IS NULL OR w.staff_id = :worker) AND {IN_TEAM}
"""  # noqa: S608


def trainings(
    conn: Connection, today: date, *, worker: str | None = None, team: str | None = None
) -> list[TrainingLine]:
    """Return every training of the packs for each worker, also one never had: when last, and when it is due again."""
    active = [one for one in Packs(conn).all("training").values() if one.get("active", True)]
    series = [one["rule"] for one in active if one.get("rule")]
    given = {"worker": worker, "team": team, "today": today}
    due = {(one.worker, one.series): one.due for one in conn.each(_Due, _DUE, **given, series=series)}
    people: dict[str, str] = {}
    had: dict[tuple[str, str | None], date | None] = {}
    for one in conn.each(_Had, _TRAININGS, **given):
        people[one.staff_id] = one.name
        had[one.staff_id, one.topic] = one.last
    return [
        _training(
            staff_id, name, one, had.get((staff_id, one["topic"])), due.get((staff_id, one.get("rule") or "")), today
        )
        for staff_id, name in people.items()
        for one in active
    ]


def _training(
    staff_id: str, name: str, training: Mapping[str, Any], last: date | None, due: date | None, today: date
) -> TrainingLine:
    state = NONE if last is None or due is None else _state(due, today)
    return TrainingLine(staff_id, name, training["id"], training["title"], last, due, due is not None, state)


# what they mean to the rules and policies ---------------------------------------------------------------------------

_KEPT = """SELECT id, worker, kind, granted, expires, ended_on FROM registration
           WHERE worker IN :workers ORDER BY granted, id"""


def of_registrations(conn: Connection, drafts: Mapping[str, WorkerDraft], packs: Packs) -> None:
    """Add what registrations mean: the event that their kind gives, and its end."""
    rows = conn.all(_Kept, _KEPT, workers=list(drafts))
    kinds = packs.all("registration_kind") if rows else {}
    for one in rows:
        drafts[one.worker].happenings += _happenings(one, kinds.get(one.kind, {}), rows)


def _happenings(one: _Kept, kind: Mapping[str, Any], rows: Sequence[_Kept]) -> Iterator[Happening]:
    if kind.get("gives"):
        yield Happening(kind["gives"], one.granted, kind.get("details", {}), one.id)
    elif (last := counts_until(kind, one.granted, one.expires, None)) is not None:
        yield Happening(RECORDED, one.granted, {"kind": one.kind, "expires": last.isoformat()}, one.id)
    if one.ended_on is not None and not _replaced(rows, one, one.ended_on):
        if kind.get("ends"):
            yield Happening(kind["ends"], one.ended_on, {}, one.id)
        elif not kind.get("gives"):
            yield Happening(STOPPED, one.ended_on, {"kind": one.kind}, one.id)


def _replaced(rows: Sequence[_Kept], ended: _Kept, on: date) -> bool:
    """Whether another registration of the kind stands on the day on which one ended."""
    return any(
        (other.worker, other.kind) == (ended.worker, ended.kind)
        and other.id != ended.id
        and other.granted <= on
        and (other.ended_on is None or other.ended_on > on)
        for other in rows
    )
