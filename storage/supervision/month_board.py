"""The month of supervision as a narrow read: a row a supervisee, a cell a week, agreement and records at the right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from storage.database.connection import Connection
from storage.database.fragments import NOT_LEFT
from storage.people.in_use import counted_from, counted_words
from storage.rules.kept_packs import Packs
from storage.supervision.rule_facts import MAIN_KINDS, ONE_TO_ONE, SERIES

_WEEK = timedelta(days=7)
_SOON = 30  # days before its review in which an agreement is about to be looked at
_LOOKED_BACK = 92  # days of records that are looked at
_RECORD_LATE = 10  # days without a complete record before it counts as missing; our own figure: no source gives one


class SessionMark(NamedTuple):
    """One session on the board; ``reason`` is why it was not held, or not on its first day."""

    id: int
    worker: str
    supervisor: str
    on: date
    start: str
    state: str
    kind: str
    reason: str
    reason_code: str | None
    moved_from: date | None
    rebook_by: date | None
    cover_for: str
    version: int
    others: tuple[str, ...] = ()

    def overdue(self, today: date) -> bool:
        """Return whether it is booked for a day that has passed."""
        return self.state == "planned" and self.on < today


class AgreementMark(NamedTuple):
    """An agreement that stands, or none (``id`` 0).

    Its ``state``: none, unsigned, one (signed by one of the two), review (overdue), soon (to be reviewed) or signed.
    """

    id: int = 0
    worker: str = ""
    supervisor: str = ""
    kind: str = ""
    standard: str = ""
    review_on: date | None = None
    signed_worker: date | None = None
    signed_supervisor: date | None = None
    title: str = ""
    state: str = "none"


class BoardRow(NamedTuple):
    """One supervisee in a month; ``due`` is when supervision is due next by the rules, and the agreement."""

    worker: str
    name: str
    team: str
    supervisor: str
    supervisor_name: str
    supervises: int
    supervises_most: int | None
    due: date | None
    weeks: tuple[tuple[SessionMark, ...], ...] = ()
    agreements: tuple[AgreementMark, ...] = ()
    unrecorded: int = 0
    unagreed: int = 0

    @property
    def leads(self) -> bool:
        """Whether the worker supervises anybody."""
        return self.supervises > 0

    @property
    def agreement(self) -> AgreementMark:
        """The main agreement: line management where there is one."""
        return self.agreements[0] if self.agreements else AgreementMark()

    @property
    def sessions(self) -> tuple[SessionMark, ...]:
        """Every session of the month, soonest first."""
        return tuple(mark for week in self.weeks for mark in week)

    @property
    def over_number(self) -> bool:
        """Whether more people are supervised than was agreed."""
        return self.supervises_most is not None and self.supervises > self.supervises_most


class Board(NamedTuple):
    """The supervisees of a team in a month; ``weeks`` are the Mondays of its cells, ``counted`` says from when."""

    month: date
    weeks: tuple[date, ...]
    rows: tuple[BoardRow, ...]
    counted: str = ""


# Who is in the team on ``:day``, the day of the month that is nearest to today.
_MINE = "(SELECT i.staff_id FROM worker_on(:day) i WHERE :team IS NULL OR i.team = :team)"
_WORKERS = f"""
SELECT m.staff_id AS worker, m.name, m.team, coalesce(m.supervisor, '') AS supervisor,
  coalesce(s.name, '') AS supervisor_name, m.supervises_most,
  (SELECT min(o.legal_due) FROM obligation o
    WHERE o.subject_kind = 'worker' AND o.subject = m.staff_id AND o.series = :series) AS due,
  coalesce(led.people, 0) AS supervises
FROM worker_on(:day) m LEFT JOIN worker s ON s.staff_id = m.supervisor
LEFT JOIN (SELECT w.supervisor, count(*) AS people FROM worker_on(:day) w WHERE {NOT_LEFT} GROUP BY w.supervisor) AS led
  ON led.supervisor = m.staff_id
WHERE m.staff_id IN {_MINE} AND (m.leaves IS NULL OR m.leaves >= :first)
  AND (m.started IS NULL OR m.started <= :last)
ORDER BY m.sort_key, m.staff_id
"""  # noqa: S608
_SESSIONS = f"""
WITH own (id) AS (SELECT id FROM session WHERE worker IN {_MINE}
  UNION SELECT session FROM attendance WHERE worker IN {_MINE})
SELECT s.id, s.worker, s.supervisor, coalesce(s.held_on, s."on") AS "on", s.start, s.state, s.kind, s.reason,
  s.reason_code, s.moved_from, s.rebook_by, coalesce(s.cover_for, '') AS cover_for, s.version
FROM own JOIN session s ON s.id = own.id
WHERE coalesce(s.held_on, s."on") BETWEEN :first AND :last ORDER BY coalesce(s.held_on, s."on"), s.start, s.id
"""  # noqa: S608
_OTHERS = """
SELECT a.session, a.worker FROM attendance a JOIN session s ON s.id = a.session
WHERE coalesce(s.held_on, s."on") BETWEEN :first AND :last AND NOT a.absent ORDER BY a.id
"""
_AGREEMENTS = f"""
SELECT id, worker, supervisor, kind, standard, review_on, signed_worker, signed_supervisor FROM agreement
WHERE worker IN {_MINE} AND starts <= :today AND (ends IS NULL OR ends >= :today) ORDER BY starts, id
"""  # noqa: S608
_RECORDS = f"""
SELECT worker, held_on, recorded_on IS NOT NULL AS recorded,
  agreed_worker IS NOT NULL AND agreed_supervisor IS NOT NULL AS agreed
FROM session
WHERE worker IN {_MINE} AND state = 'held' AND held_on BETWEEN :since AND :till AND kind IN {ONE_TO_ONE}
  AND NOT elsewhere
"""  # noqa: S608


class _Other(NamedTuple):
    session: int
    worker: str


class _Records(NamedTuple):
    """How many records of a worker's sessions are not made, and how many are made and not agreed by both."""

    unrecorded: int = 0
    unagreed: int = 0


class _Record(NamedTuple):
    worker: str
    held_on: date
    recorded: bool
    agreed: bool


def _records(conn: Connection, **given: object) -> dict[str, _Records]:
    """Return the records that stand out, by worker: of sessions held since the worker is counted."""
    since, found = counted_from(conn), defaultdict[str, _Records](_Records)
    for one in conn.each(_Record, _RECORDS, **given):
        if one.held_on < since.get(one.worker, one.held_on):
            continue
        known = found[one.worker]
        found[one.worker] = _Records(
            known.unrecorded + (not one.recorded), known.unagreed + (one.recorded and not one.agreed)
        )
    return found


def weeks_of(month: date) -> tuple[date, ...]:
    """Return the Mondays of the weeks that the month lies in."""
    first = month.replace(day=1)
    monday, found = first - timedelta(days=first.weekday()), []
    while monday < first or monday.month == first.month:
        found.append(monday)
        monday += _WEEK
    return tuple(found)


def month_board(conn: Connection, team: str | None, month: date, today: date) -> Board:
    """Return the supervisees of a team (of every team without one) in a month, by name.

    Teams and supervisors are those of today, of a month that is over those of its last day, and of one to come those
    of its first.
    """
    weeks, day = weeks_of(month), _nearest(month, today)
    first, last = weeks[0], weeks[-1] + _WEEK - timedelta(days=1)
    whose = {"team": team, "day": day}
    marks, agreements = _sessions(conn, whose, first, last), _agreements(conn, whose, today)
    since, till = today - timedelta(days=_LOOKED_BACK), today - timedelta(days=_RECORD_LATE)
    records = _records(conn, **whose, since=since, till=till)
    given = {**whose, "today": today, "first": first, "last": last, "series": SERIES}
    rows = []
    for row in conn.all(BoardRow, _WORKERS, **given):
        own, still = marks.get(row.worker, []), records.get(row.worker)
        cells = tuple(tuple(m for m in own if monday <= m.on < monday + _WEEK) for monday in weeks)
        row = row._replace(weeks=cells, agreements=agreements.get(row.worker, ()))
        rows.append(row._replace(unrecorded=still.unrecorded, unagreed=still.unagreed) if still else row)
    return Board(month.replace(day=1), weeks, tuple(rows), counted_words(conn, {row.team for row in rows}))


def _nearest(month: date, today: date) -> date:
    """Return today within its own month; of a month that is over the last day, of one to come the first."""
    first = month.replace(day=1)
    last = (first + 5 * _WEEK).replace(day=1) - timedelta(days=1)
    return min(max(today, first), last)


def _sessions(
    conn: Connection, whose: Mapping[str, object], first: date, last: date
) -> Mapping[str, list[SessionMark]]:
    """Return the sessions of some days by everybody who is a supervisee in them."""
    packs = Packs(conn)
    others: dict[int, list[str]] = defaultdict(list)
    for other in conn.each(_Other, _OTHERS, first=first, last=last):
        others[other.session].append(other.worker)
    found: dict[str, list[SessionMark]] = defaultdict(list)
    for mark in conn.all(SessionMark, _SESSIONS, **whose, first=first, last=last):
        reason = packs.title("missed_reason", mark.reason_code) if mark.reason_code else mark.reason
        mark = mark._replace(reason=reason, others=tuple(others.get(mark.id, ())))
        for worker in (mark.worker, *mark.others):
            found[worker].append(mark)
    return found


def _agreements(conn: Connection, whose: Mapping[str, object], today: date) -> Mapping[str, tuple[AgreementMark, ...]]:
    """Return the agreements that stand, by worker, the main one first."""
    packs = Packs(conn)
    found: dict[str, list[AgreementMark]] = defaultdict(list)
    for mark in conn.all(AgreementMark, _AGREEMENTS, **whose, today=today):
        title, state = packs.title("standard", mark.standard), _state(mark, today)
        found[mark.worker].append(mark._replace(title=title, state=state))
    return {worker: tuple(sorted(marks, key=_rank)) for worker, marks in found.items()}


def _rank(mark: AgreementMark) -> int:
    return MAIN_KINDS.index(mark.kind) if mark.kind in MAIN_KINDS else len(MAIN_KINDS)


def _state(mark: AgreementMark, today: date) -> str:
    if not mark.signed_worker or not mark.signed_supervisor:
        return "one" if mark.signed_worker or mark.signed_supervisor else "unsigned"
    if mark.review_on is None:
        return "signed"
    days = (mark.review_on - today).days
    return "review" if days < 0 else "soon" if days <= _SOON else "signed"
