"""Supervision held by its due date, over the workers kept: streamed in chunks, in one pass over indexed rows."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from domain.compliance import Filed, Spell, Tally, expected, gaps
from domain.timeliness import Period
from storage.agreed import Agreed, agreements
from storage.projections import CHUNK, worker_subjects
from storage.reading import Packs, day

if TYPE_CHECKING:
    from domain.intervals import Interval
    from domain.obligations import Subject
    from domain.workdays import Workdays
    from storage.packs import PackSet

BY = ("worker", "supervisor", "team", "month")
RECORD_RULES = ("sup_record_case", "sup_record_personal")
ONE_TO_ONE = frozenset(("line", "reflective", "on_site", "off_site"))
Progress = Callable[[int, int], None]


class Line(NamedTuple):
    """What one group comes to: a worker, a supervisor, a team or a month ("2026-03"), or all ("").

    ``managers``: the supervision that managers themselves receive, which stands on lines of its own.
    """

    group: str
    managers: bool
    tally: Tally
    worker: str | None = None
    supervisor: str | None = None
    team: str | None = None


class Scope(NamedTuple):
    """Whose supervision: of a team, one worker, or everybody one supervisor was to see."""

    team: str | None = None
    worker: str | None = None
    supervisor: str | None = None


class _Worker(NamedTuple):
    """A worker; ``manager``: one whose grade carries no cases."""

    staff_id: str
    team: str
    supervisor: str | None
    manager: bool
    started: date | None
    leaves: date | None


class _Session(NamedTuple):
    """A session as far as figures need it; ``supervisor`` is whose it was to hold."""

    id: int
    supervisor: str
    kind: str
    state: str
    on: date
    held_on: date | None
    reason: str | None
    moved: bool
    covered: bool
    recorded_on: date | None
    agreed_on: date | None


def compliance(
    conn: sqlite3.Connection,
    packs: PackSet,
    period: Period,
    scope: Scope = Scope(),  # noqa: B008  a value that never changes
    *,
    by: str | None = None,
    progress: Progress | None = None,
) -> list[Line]:
    """Return what fell due in the period and how it went, a line a group; managers' own supervision apart.

    A team is the one a worker is in now; a supervisor whoever had agreed to it on the day it was due.
    """
    return compliance_by(conn, packs, period, scope, by=(by,), progress=progress)[by]


def compliance_by(
    conn: sqlite3.Connection,
    packs: PackSet,
    period: Period,
    scope: Scope,
    *,
    by: Sequence[str | None],
    progress: Progress | None = None,
) -> dict[str | None, list[Line]]:
    """Return the same for several groupings, having gone through the workers once."""
    counting = _Counting(period, packs, [_Groups(period, scope, one) for one in by])
    workers = _workers(conn, scope, period)
    staff = list(workers)
    for done in range(0, len(staff), CHUNK):
        some = staff[done : done + CHUNK]
        beside = _Beside(_sessions(conn, some), _away(conn, some), agreements(conn, some))
        for subject in worker_subjects(conn, some):
            counting.take(workers[subject.reference], subject, beside)
        if progress:
            progress(min(done + CHUNK, len(staff)), len(staff))
    return {one.by: one.lines() for one in counting.groupings}


class _Beside(NamedTuple):
    """What is known of some workers, by staff id."""

    sessions: Mapping[str, list[_Session]]
    away: Mapping[str, list[Spell]]
    agreed: Mapping[str, list[Agreed]]


class _Counting:
    """Goes through the workers, and fills the tallies of every grouping."""

    def __init__(self, period: Period, packs: PackSet, groupings: Sequence[_Groups]) -> None:
        self.groupings = groupings
        self._period = period
        self._packs = packs
        self._limits = record_limits(packs)

    def take(self, worker: _Worker, subject: Subject, beside: _Beside) -> None:
        """Count one worker's supervision in."""
        who, last = worker.staff_id, self._period.end
        calendar = self._packs.calendar(subject.nation)
        for groups in self.groupings:
            groups.note(worker)
        agreed = beside.agreed.get(who, ())
        for one in expected(subject, self._packs.rulebook, calendar, last, beside.away.get(who, ())):
            if self._period.holds(one.due):
                for tally in self._tallies(worker, _whose(worker, agreed, one.due), one.due):
                    tally.count(one)
        sessions = beside.sessions.get(who, [])
        self._take_gaps(worker, agreed, sessions)
        for session in sessions:
            self._take_session(worker, session, calendar)

    def _tallies(self, worker: _Worker, supervisor: str | None, on: date) -> Iterator[Tally]:
        for groups in self.groupings:
            if tally := groups.tally(worker, supervisor, on):
                yield tally

    def _take_gaps(self, worker: _Worker, agreed: Sequence[Agreed], sessions: Sequence[_Session]) -> None:
        held = sorted(s.held_on for s in sessions if s.held_on is not None and s.kind in ONE_TO_ONE)
        until = min(self._period.end, worker.leaves or self._period.end)
        for ended, days, running in gaps(held, self._period, until):
            for tally in self._tallies(worker, _whose(worker, agreed, ended), ended):
                tally.lasted(days, running=running)

    def _take_session(self, worker: _Worker, one: _Session, calendar: Workdays) -> None:
        on = one.held_on or one.on
        if not self._period.holds(on):
            return
        record = one.held_on and filed(one.held_on, one.recorded_on, one.agreed_on, self._limits, calendar)
        for tally in self._tallies(worker, one.supervisor, on):
            if one.reason is not None and (one.state != "held" or one.moved):
                tally.reasons[one.reason] += 1
            if record:
                tally.sessions += 1
                tally.covered += one.covered
                tally.file(record, self._period.end)


class _Groups:
    """The tallies of one grouping being filled."""

    def __init__(self, period: Period, scope: Scope, by: str | None) -> None:
        self.by = by
        self._period = period
        self._scope = scope
        self._tallies: dict[tuple[str, bool], Tally] = defaultdict(Tally)
        self._about: dict[tuple[str, bool], _Worker] = {}

    def note(self, worker: _Worker) -> None:
        """Give a worker with nothing due a line, too."""
        if self.by == "worker" and self._scope.supervisor is None:
            self.tally(worker, worker.supervisor, self._period.end)

    def tally(self, worker: _Worker, supervisor: str | None, on: date) -> Tally | None:
        """Return the tally that something on a day counts towards; None where it is out of scope."""
        if self._scope.supervisor is not None and supervisor != self._scope.supervisor:
            return None
        groups = {"worker": worker.staff_id, "supervisor": supervisor or "", "team": worker.team}
        key = (f"{on:%Y-%m}" if self.by == "month" else groups.get(self.by or "", ""), worker.manager)
        self._about.setdefault(key, worker)
        tally = self._tallies[key]
        tally.workers.add(worker.staff_id)
        return tally

    def lines(self) -> list[Line]:
        """Return the lines by group, managers' own last."""
        return [self._line(key) for key in sorted(self._tallies, key=lambda key: (key[1], key[0]))]

    def _line(self, key: tuple[str, bool]) -> Line:
        about, (group, managers) = self._about[key], key
        match self.by:
            case "worker":
                who: tuple[str | None, ...] = (about.staff_id, about.supervisor, about.team)
            case "supervisor":
                who = (None, group or None, self._scope.team)
            case "team":
                who = (None, self._scope.supervisor, group)
            case _:
                who = (self._scope.worker, self._scope.supervisor, self._scope.team)
        return Line(group, managers, self._tallies[key], *who)


def _whose(worker: _Worker, agreed: Sequence[Agreed], on: date) -> str | None:
    """Return who was to hold a session on a day: whoever had agreed to, otherwise the supervisor of now."""
    stood = [a for a in agreed if a.starts <= on and (a.ends is None or on <= a.ends)]
    return stood[-1].supervisor if stood else worker.supervisor


# records -----------------------------------------------------------------------------------------------------------


def record_limits(packs: PackSet) -> list[Interval]:
    """Return within which times a record is made, as far as the council has set any."""
    rules = (packs.rulebook.rule(name) for name in RECORD_RULES)
    return [r.first for r in rules if r is not None and r.active and r.first is not None and not r.first.unset]


def filed(
    held_on: date, recorded: date | None, agreed: date | None, limits: Sequence[Interval], calendar: Workdays
) -> Filed:
    """Return a held session's record beside the limits there are, of which the strictest counts."""
    return Filed(held_on, recorded, agreed, min((one.after(held_on, calendar) for one in limits), default=None))


class RecordLine(NamedTuple):
    """A held session whose record is missing or not agreed by both; ``days`` since it was held, or recorded."""

    session: int
    worker: str
    supervisor: str
    held_on: date
    recorded_on: date | None
    days: int
    late: bool


def open_records(
    conn: sqlite3.Connection, packs: PackSet, today: date, since: date, team: str | None = None
) -> list[RecordLine]:
    """Return the sessions held from ``since`` on whose record is not made or not agreed by both, the oldest first."""
    limits = record_limits(packs)
    query = """SELECT s.id, s.worker, s.supervisor, s.held_on, s.recorded_on, t.nation
        FROM worker w JOIN session s ON s.worker = w.staff_id AND s.state = 'held' AND s."on" >= :since
        JOIN team t ON t.name = w.team
        WHERE (:team IS NULL OR w.team = :team) AND s.held_on <= :today
          AND (s.recorded_on IS NULL OR s.agreed_worker IS NULL OR s.agreed_supervisor IS NULL)
        ORDER BY s.held_on, s.id"""
    given = {"team": team, "since": since.isoformat(), "today": today.isoformat()}
    found = []
    for number, worker, supervisor, held, recorded, nation in conn.execute(query, given):
        one = filed(date.fromisoformat(held), day(recorded), None, limits, packs.calendar(nation))
        days = (today - (one.recorded_on or one.held_on)).days
        found.append(RecordLine(number, worker, supervisor, one.held_on, one.recorded_on, days, one.is_late(today)))
    return found


# reading -----------------------------------------------------------------------------------------------------------


def _workers(conn: sqlite3.Connection, scope: Scope, period: Period) -> dict[str, _Worker]:
    """Return those who worked in the period."""
    query = """SELECT staff_id, team, supervisor, grade, started, leaves FROM worker
        WHERE (:team IS NULL OR team = :team) AND (:worker IS NULL OR staff_id = :worker)
          AND (started IS NULL OR started <= :end) AND (leaves IS NULL OR leaves >= :start) ORDER BY id"""
    given = {**scope._asdict(), "start": period.start.isoformat(), "end": period.end.isoformat()}
    packs, found = Packs(conn), {}
    for staff_id, team, supervisor, grade, started, leaves in conn.execute(query, given):
        manager = packs.get("grade", grade).get("capacity_percent") == 0
        found[staff_id] = _Worker(staff_id, team, supervisor, manager, day(started), day(leaves))
    return found


def _sessions(conn: sqlite3.Connection, staff: Sequence[str]) -> dict[str, list[_Session]]:
    query = f"""SELECT worker, id, coalesce(cover_for, supervisor), kind, state, "on", held_on, reason_code,
          moved_from IS NOT NULL, cover_for IS NOT NULL, recorded_on,
          CASE WHEN agreed_worker IS NOT NULL THEN max(agreed_worker, agreed_supervisor) END
        FROM session WHERE worker IN ({_marks(staff)})"""  # noqa: S608
    found: dict[str, list[_Session]] = defaultdict(list)
    for worker, number, who, kind, state, on, held, reason, moved, covered, recorded, agreed in conn.execute(
        query, staff
    ):
        found[worker].append(
            _Session(
                number, who, kind, state, date.fromisoformat(on), day(held), reason, bool(moved), bool(covered),
                day(recorded), day(agreed),
            )
        )  # fmt: skip
    return found


def _away(conn: sqlite3.Connection, staff: Sequence[str]) -> dict[str, list[Spell]]:
    """Return the spells in which each worker is wholly away, as the reasons of the packs say."""
    packs, found = Packs(conn), defaultdict(list)
    for worker, spell in _spells(conn, packs, staff):
        found[worker].append(spell)
    return found


def _spells(conn: sqlite3.Connection, packs: Packs, staff: Sequence[str]) -> Iterator[tuple[str, Spell]]:
    query = f"SELECT worker, kind, starts, ends FROM reduction WHERE percent = 100 AND worker IN ({_marks(staff)})"  # noqa: S608
    for worker, kind, starts, ends in conn.execute(query, staff):
        if packs.get("reduction_reason", kind).get("away"):
            yield worker, Spell(date.fromisoformat(starts), day(ends))


def _marks(items: Sequence[str]) -> str:
    return ",".join("?" * len(items))
