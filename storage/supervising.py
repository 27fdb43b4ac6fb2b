"""The month of supervision as a narrow read: a row a supervisee, a cell a week, agreement and records at the right."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

from storage.agreed import MAIN_KINDS, ONE_TO_ONE, SERIES
from storage.reading import Packs, day

_WEEK = timedelta(days=7)
_SOON = 30  # days before its review in which an agreement is about to be looked at
_LOOKED_BACK = 92  # days of records that are looked at
_RECORD_LATE = 10  # days without a complete record before it counts as missing; local: no source gives a time


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
    moved_from: date | None
    rebook_by: date | None
    cover_for: str
    recorded: bool
    agreed: int  # how many of the two have agreed its record
    others: tuple[str, ...]
    version: int

    def overdue(self, today: date) -> bool:
        """Whether it is booked for a day that has passed."""
        return self.state == "planned" and self.on < today


class AgreementMark(NamedTuple):
    """An agreement that stands, or none (``id`` 0): its state is none, unsigned, one, review, soon or signed."""

    id: int
    supervisor: str
    kind: str
    standard: str
    title: str
    review_on: date | None
    state: str
    version: int = 1


NO_AGREEMENT = AgreementMark(0, "", "", "", "", None, "none")


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
    weeks: tuple[tuple[SessionMark, ...], ...]
    agreements: tuple[AgreementMark, ...]
    unrecorded: int
    unagreed: int
    leads: bool

    @property
    def agreement(self) -> AgreementMark:
        """The main agreement: line management where there is one."""
        return self.agreements[0] if self.agreements else NO_AGREEMENT

    @property
    def sessions(self) -> tuple[SessionMark, ...]:
        """Every session of the month, soonest first."""
        return tuple(mark for week in self.weeks for mark in week)

    @property
    def over_number(self) -> bool:
        """Whether more people are supervised than was agreed."""
        return self.supervises_most is not None and self.supervises > self.supervises_most


class Board(NamedTuple):
    """The supervisees of a team in a month; ``weeks`` are the Mondays of its cells."""

    month: date
    weeks: tuple[date, ...]
    rows: tuple[BoardRow, ...]


_WORKERS = """
SELECT w.staff_id, w.name, w.team, coalesce(w.supervisor, ''), coalesce(s.name, ''), w.supervises_most,
  (SELECT min(o.legal_due) FROM obligation o
    WHERE o.subject_kind = 'worker' AND o.subject = w.staff_id AND o.series = :series),
  (SELECT count(*) FROM worker x WHERE x.supervisor = w.staff_id AND (x.leaves IS NULL OR x.leaves >= :today))
FROM worker w LEFT JOIN worker s ON s.staff_id = w.supervisor
WHERE (:team IS NULL OR w.team = :team) AND (w.leaves IS NULL OR w.leaves >= :first)
  AND (w.started IS NULL OR w.started <= :last)
ORDER BY w.sort_key, w.staff_id
"""
_MINE = "(SELECT staff_id FROM worker WHERE :team IS NULL OR team = :team)"
_SESSIONS = f"""
WITH own (id) AS (SELECT id FROM session WHERE worker IN {_MINE}
  UNION SELECT session FROM attendance WHERE worker IN {_MINE})
SELECT s.id, s.worker, s.supervisor, coalesce(s.held_on, s."on"), s.start, s.state, s.kind, s.reason,
  s.reason_code, s.moved_from, s.rebook_by, coalesce(s.cover_for, ''), s.recorded_on IS NOT NULL,
  (s.agreed_worker IS NOT NULL) + (s.agreed_supervisor IS NOT NULL), s.version
FROM own JOIN session s ON s.id = own.id
WHERE coalesce(s.held_on, s."on") BETWEEN :first AND :last ORDER BY 4, s.start, s.id
"""  # noqa: S608
_OTHERS = """
SELECT a.session, a.worker FROM attendance a JOIN session s ON s.id = a.session
WHERE coalesce(s.held_on, s."on") BETWEEN :first AND :last AND NOT a.absent ORDER BY a.id
"""
_AGREEMENTS = f"""
SELECT id, worker, supervisor, kind, standard, review_on, signed_worker, signed_supervisor, version FROM agreement
WHERE worker IN {_MINE} AND starts <= :today AND (ends IS NULL OR ends >= :today) ORDER BY starts, id
"""  # noqa: S608
_RECORDS = f"""
SELECT worker, sum(recorded_on IS NULL), sum(recorded_on IS NOT NULL AND (agreed_worker IS NULL
  OR agreed_supervisor IS NULL)) FROM session
WHERE worker IN {_MINE} AND state = 'held' AND held_on BETWEEN :since AND :till AND kind IN {ONE_TO_ONE}
GROUP BY worker
"""  # noqa: S608


def weeks_of(month: date) -> tuple[date, ...]:
    """Return the Mondays of the weeks that the month lies in."""
    first = month.replace(day=1)
    monday, found = first - timedelta(days=first.weekday()), []
    while monday < first or monday.month == first.month:
        found.append(monday)
        monday += _WEEK
    return tuple(found)


def month_board(conn: sqlite3.Connection, team: str | None, month: date, today: date) -> Board:
    """Return the supervisees of a team (of every team without one) in a month, by name."""
    weeks = weeks_of(month)
    first, last = weeks[0], weeks[-1] + _WEEK - timedelta(days=1)
    given = {
        "team": team,
        "today": today.isoformat(),
        "first": first.isoformat(),
        "last": last.isoformat(),
        "since": (today - timedelta(days=_LOOKED_BACK)).isoformat(),
        "till": (today - timedelta(days=_RECORD_LATE)).isoformat(),
        "series": SERIES,
    }
    marks, agreements = _sessions(conn, given), _agreements(conn, given, today)
    records = {worker: (without, open_) for worker, without, open_ in conn.execute(_RECORDS, given)}
    rows = []
    for worker, name, of, supervisor, supervisor_name, most, due, supervises in conn.execute(_WORKERS, given):
        own = marks.get(worker, [])
        rows.append(
            BoardRow(
                worker, name, of, supervisor, supervisor_name, supervises, most, day(due),
                tuple(tuple(m for m in own if monday <= m.on < monday + _WEEK) for monday in weeks),
                agreements.get(worker, ()), *records.get(worker, (0, 0)), supervises > 0,
            )
        )  # fmt: skip
    return Board(month.replace(day=1), weeks, tuple(rows))


def _sessions(conn: sqlite3.Connection, given: Mapping[str, str | None]) -> Mapping[str, list[SessionMark]]:
    """Return the sessions of some days by everybody who is a supervisee in them."""
    packs = Packs(conn)
    others: dict[int, list[str]] = defaultdict(list)
    for number, worker in conn.execute(_OTHERS, given):
        others[number].append(worker)
    found: dict[str, list[SessionMark]] = defaultdict(list)
    for number, worker, supervisor, on, start, state, kind, reason, code, moved, rebook, *rest in conn.execute(
        _SESSIONS, given
    ):
        cover, recorded, agreed, version = rest
        why = packs.title("missed_reason", code) if code else reason
        joined = tuple(others.get(number, ()))
        mark = SessionMark(
            number, worker, supervisor, date.fromisoformat(on), start, state, kind, why, day(moved), day(rebook),
            cover, bool(recorded), agreed, joined, version,
        )  # fmt: skip
        for one in (worker, *joined):
            found[one].append(mark)
    return found


def _agreements(
    conn: sqlite3.Connection, given: Mapping[str, str | None], today: date
) -> Mapping[str, tuple[AgreementMark, ...]]:
    """Return the agreements that stand, by worker, the main one first."""
    packs = Packs(conn)
    found: dict[str, list[AgreementMark]] = defaultdict(list)
    for number, worker, supervisor, kind, standard, review, mine, theirs, version in conn.execute(_AGREEMENTS, given):
        state = _state(mine, theirs, day(review), today)
        title = packs.title("standard", standard)
        found[worker].append(AgreementMark(number, supervisor, kind, standard, title, day(review), state, version))
    return {worker: tuple(sorted(kept, key=_rank)) for worker, kept in found.items()}


def _rank(mark: AgreementMark) -> int:
    return MAIN_KINDS.index(mark.kind) if mark.kind in MAIN_KINDS else len(MAIN_KINDS)


def _state(worker: str | None, supervisor: str | None, review: date | None, today: date) -> str:
    if not worker or not supervisor:
        return "one" if worker or supervisor else "unsigned"
    if review is not None and review < today:
        return "review"
    return "soon" if review is not None and (review - today).days <= _SOON else "signed"
