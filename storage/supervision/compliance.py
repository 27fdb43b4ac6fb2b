"""Supervision held by its due date: counted over the workers in chunks, in one pass over indexed rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from domain.due.timeliness import Period
from domain.supervision.compliance import Filed, Spell, Tally, expected, gaps
from storage.database.connection import Connection
from storage.database.fragments import IN_TEAM
from storage.due.subjects import CHUNK
from storage.people.in_use import counted_from
from storage.records.derivation import Subjects
from storage.rules.kept_packs import Packs
from storage.supervision.diary import spells_away
from storage.supervision.rule_facts import Agreed, agreements

if TYPE_CHECKING:
    from domain.cases.subject import Subject
    from domain.core.intervals import Interval
    from domain.core.workdays import Workdays
    from storage.rules.pack_set import PackSet

BY = ("worker", "supervisor", "team", "month")
RECORD_RULES = ("sup_record_case", "sup_record_personal")
ONE_TO_ONE = frozenset(("line", "reflective", "on_site", "off_site"))
Progress = Callable[[int, int], None]
_DAY, _MONTH = timedelta(days=1), timedelta(days=31)


class GroupTally(NamedTuple):
    """What one group comes to: a worker, a supervisor, a team or a month ("2026-03"), or all ("").

    ``managers``: the supervision that managers themselves receive, which stands on lines of its own. ``counted_from``:
    the first day counted, where all of the group came into use within the period.
    """

    group: str
    managers: bool
    tally: Tally
    worker: str | None = None
    supervisor: str | None = None
    team: str | None = None
    counted_from: date | None = None


class Scope(NamedTuple):
    """Whose supervision: of a team, of one worker, or of everybody whom one supervisor was to supervise."""

    team: str | None = None
    worker: str | None = None
    supervisor: str | None = None


class _Worker(NamedTuple):
    """A worker as they were in a month; ``manager``: one whose grade carries no cases."""

    staff_id: str
    team: str
    supervisor: str | None
    grade: str
    started: date | None
    leaves: date | None
    manager: bool = False


class _Stay(NamedTuple):
    """A worker as last seen in scope, and by month ("2026-03") where months differ; None where out of scope."""

    last: _Worker
    months: Mapping[str, _Worker | None]

    def on(self, day: date) -> _Worker | None:
        """Return the worker of a day's month."""
        return self.months.get(_month(day), self.last)


class _Session(NamedTuple):
    """A session as far as figures need it; ``supervisor`` is who was to hold it, covered for or not."""

    worker: str
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
    elsewhere: bool


def compliance(
    conn: Connection,
    subjects: Subjects,
    packs: PackSet,
    period: Period,
    scope: Scope = Scope(),  # noqa: B008  a value that never changes
    *,
    by: str | None = None,
    progress: Progress | None = None,
) -> list[GroupTally]:
    """Return what fell due in the period and how it went, a line a group; managers' own supervision apart.

    A worker counts in each month for the team and grade of its last day, and for the supervisor whose agreement stood
    on the day it was due, otherwise for the one of that month. What was due before a worker's team was in use is not
    counted.
    """
    return compliance_by(conn, subjects, packs, period, scope, by=(by,), progress=progress)[by]


def compliance_by(
    conn: Connection,
    subjects: Subjects,
    packs: PackSet,
    period: Period,
    scope: Scope,
    *,
    by: Sequence[str | None],
    progress: Progress | None = None,
) -> dict[str | None, list[GroupTally]]:
    """Return the same for several groupings, going through the workers only once."""
    since = counted_from(conn)
    counting = _Counting(period, packs, [_Groups(period, scope, one, since) for one in by], since)
    workers = _workers(conn, scope, period)
    staff = list(workers)
    for done in range(0, len(staff), CHUNK):
        some = staff[done : done + CHUNK]
        beside = _Beside(_sessions(conn, some), _away(conn, some), agreements(conn, some))
        for subject in subjects.workers(conn, some):
            counting.take(subject, workers[subject.reference], beside)
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

    def __init__(self, period: Period, packs: PackSet, groupings: Sequence[_Groups], since: Mapping[str, date]) -> None:
        self.groupings = groupings
        self._since = since
        self._period = period
        self._packs = packs
        self._limits = record_limits(packs)

    def take(self, subject: Subject, stay: _Stay, beside: _Beside) -> None:
        """Count one worker's supervision."""
        who, last = subject.reference, self._period.end
        since = self._since.get(who, date.min)
        calendar = self._packs.calendar(subject.nation)
        for groups in self.groupings:
            groups.note(stay.last)
        agreed = beside.agreed.get(who, ())
        for one in expected(subject, self._packs.rulebook, calendar, last, beside.away.get(who, ())):
            if self._period.holds(one.due) and one.due >= since:
                for tally in self._due_tallies(stay, agreed, one.due):
                    tally.count(one)
        sessions = beside.sessions.get(who, [])
        held = sorted(s.held_on for s in sessions if s.held_on is not None and s.kind in ONE_TO_ONE)
        for ended, days, running in gaps(_counted(held, since), self._period, min(last, subject.closed or last)):
            for tally in self._due_tallies(stay, agreed, ended):
                tally.lasted(days, running=running)
        for session in sessions:
            if (session.held_on or session.on) >= since:
                self._take_session(stay, session, calendar)

    def _due_tallies(self, stay: _Stay, agreed: Sequence[Agreed], on: date) -> Iterator[Tally]:
        """Yield the tallies of whoever was to hold supervision on a day."""
        if worker := stay.on(on):
            yield from self._tallies(worker, _whose(worker, agreed, on), on)

    def _tallies(self, worker: _Worker, supervisor: str | None, on: date) -> Iterator[Tally]:
        for groups in self.groupings:
            if tally := groups.tally(worker, supervisor, on):
                yield tally

    def _take_session(self, stay: _Stay, one: _Session, calendar: Workdays) -> None:
        on = one.held_on or one.on
        worker = stay.on(on)
        if worker is None or not self._period.holds(on):
            return
        record = one.held_on and filed(one.held_on, one.recorded_on, one.agreed_on, self._limits, calendar)
        for tally in self._tallies(worker, one.supervisor, on):
            if one.reason is not None and (one.state != "held" or one.moved):
                tally.reasons[one.reason] += 1
            if record:
                tally.sessions += 1
                tally.covered += one.covered
                if not one.elsewhere:
                    tally.file(record, self._period.end)


def _counted(held: Sequence[date], since: date) -> Sequence[date]:
    """Return the days of sessions from which gaps are counted: since a day, and the last one before it."""
    before = sum(day < since for day in held)
    return held[max(before - 1, 0) :]


class _Groups:
    """The tallies of one grouping being filled."""

    def __init__(self, period: Period, scope: Scope, by: str | None, since: Mapping[str, date]) -> None:
        self.by = by
        self._since = since
        self._period = period
        self._scope = scope
        self._tallies: dict[tuple[str, bool], Tally] = defaultdict(Tally)
        self._about: dict[tuple[str, bool], _Worker] = {}

    def note(self, worker: _Worker) -> None:
        """Make sure that a worker with nothing due has a line, too."""
        if self.by == "worker" and self._scope.supervisor is None:
            self.tally(worker, worker.supervisor, self._period.end)

    def tally(self, worker: _Worker, supervisor: str | None, on: date) -> Tally | None:
        """Return the tally that something on a day counts towards; None where it is out of scope."""
        if self._scope.supervisor is not None and supervisor != self._scope.supervisor:
            return None
        groups = {"worker": worker.staff_id, "supervisor": supervisor or "", "team": worker.team}
        key = (_month(on) if self.by == "month" else groups.get(self.by or "", ""), worker.manager)
        self._about.setdefault(key, worker)
        tally = self._tallies[key]
        tally.workers.add(worker.staff_id)
        return tally

    def lines(self) -> list[GroupTally]:
        """Return the lines by group, managers' own last."""
        return [self._line(key) for key in sorted(self._tallies, key=lambda key: (key[1], key[0]))]

    def _line(self, key: tuple[str, bool]) -> GroupTally:
        about, (group, managers) = self._about[key], key
        match self.by:
            case "worker":
                who: tuple[str | None, str | None, str | None] = (about.staff_id, about.supervisor, about.team)
            case "supervisor":
                who = (None, group or None, self._scope.team)
            case "team":
                who = (None, self._scope.supervisor, group)
            case _:
                who = (self._scope.worker, self._scope.supervisor, self._scope.team)
        return GroupTally(group, managers, self._tallies[key], *who, self._counted_from(key))

    def _counted_from(self, key: tuple[str, bool]) -> date | None:
        days = [self._since.get(worker, date.min) for worker in self._tallies[key].workers]
        first = min(days, default=date.min)
        return first if first > self._period.start else None


def _whose(worker: _Worker, agreed: Sequence[Agreed], on: date) -> str | None:
    """Return who was to hold a session on a day: the supervisor agreed then, otherwise the supervisor of that month."""
    stood = [a for a in agreed if a.starts <= on and (a.ends is None or on <= a.ends)]
    return stood[-1].supervisor if stood else worker.supervisor


# records -----------------------------------------------------------------------------------------------------------


def record_limits(packs: PackSet) -> list[Interval]:
    """Return the times within which a record is to be made, as far as the council has set any."""
    rules = (packs.rulebook.rule(name) for name in RECORD_RULES)
    return [r.first for r in rules if r is not None and r.active and r.first is not None and not r.first.unset]


def filed(
    held_on: date, recorded: date | None, agreed: date | None, limits: Sequence[Interval], calendar: Workdays
) -> Filed:
    """Return a held session's record with the strictest of the limits."""
    return Filed(held_on, recorded, agreed, min((one.after(held_on, calendar) for one in limits), default=None))


class RecordLine(NamedTuple):
    """A held session whose record is missing or not agreed by both; ``days`` since it was held, or recorded."""

    session: int
    worker: str
    supervisor: str
    held_on: date
    recorded_on: date | None
    nation: str
    days: int = 0
    late: bool = False


def open_records(
    conn: Connection, packs: PackSet, today: date, since: date, team: str | None = None
) -> list[RecordLine]:
    """Return the sessions held from ``since`` on whose record is not made or not agreed by both, the oldest first."""
    limits = record_limits(packs)
    query = f"""SELECT s.id AS session, s.worker, s.supervisor, s.held_on, s.recorded_on, t.nation
        FROM worker_on(:today) w JOIN session s ON s.worker = w.staff_id AND s.state = 'held' AND s."on" >= :since
        JOIN team t ON t.name = w.team
        WHERE {IN_TEAM} AND s.held_on <= :today AND NOT s.elsewhere
          AND (s.recorded_on IS NULL OR s.agreed_worker IS NULL OR s.agreed_supervisor IS NULL)
        ORDER BY s.held_on, s.id"""  # noqa: S608
    found = []
    counted = counted_from(conn)
    for one in conn.all(RecordLine, query, team=team, since=since, today=today):
        if one.held_on < counted.get(one.worker, date.min):
            continue
        record = filed(one.held_on, one.recorded_on, None, limits, packs.calendar(one.nation))
        days = (today - (one.recorded_on or one.held_on)).days
        found.append(one._replace(days=days, late=record.is_late(today)))
    return found


# reading -----------------------------------------------------------------------------------------------------------


_COLUMNS = "staff_id, team, supervisor, grade, started, leaves"
_THERE = f"""SELECT {_COLUMNS} FROM worker_on(:end) w WHERE (:worker IS NULL OR w.staff_id = :worker)
    AND (w.started IS NULL OR w.started <= :end) AND (w.leaves IS NULL OR w.leaves >= :start)
    AND (:team IS NULL OR w.staff_id IN (
      SELECT staff_id FROM worker WHERE team = :team UNION SELECT worker FROM worker_period WHERE team = :team))
    ORDER BY w.id"""  # noqa: S608
_ON_DAY = f"SELECT {_COLUMNS} FROM worker_on(:day) w WHERE w.staff_id IN :staff"  # noqa: S608


def _workers(conn: Connection, scope: Scope, period: Period) -> dict[str, _Stay]:
    """Return those who worked in the period, by month as they were at its end, or on their last day."""
    given = {"team": scope.team, "worker": scope.worker, "start": period.start, "end": period.end}
    there = [_ranked(one, _managing(conn)) for one in conn.all(_Worker, _THERE, **given)]
    changing = _changing(conn, there, period)
    found = {one.staff_id: _in_scope(one, changing.get(one.staff_id, {}), scope) for one in there}
    return {staff_id: stay for staff_id, stay in found.items() if stay is not None}


def _in_scope(one: _Worker, months: Mapping[str, _Worker], scope: Scope) -> _Stay | None:
    """Return somebody in the months in which they were in the team that is asked for; None where in none of them."""
    if not months:
        return _Stay(one, months) if scope.team in (None, one.team) else None
    kept = {month: was if scope.team in (None, was.team) else None for month, was in months.items()}
    last = next((was for _, was in sorted(kept.items(), reverse=True) if was), None)
    return last and _Stay(last, kept)


def _changing(conn: Connection, there: Sequence[_Worker], period: Period) -> dict[str, dict[str, _Worker]]:
    """Return by month those of whom anything is dated; of everybody else one month is like the next."""
    dated, managing = set(conn.values("SELECT DISTINCT worker FROM worker_period")), _managing(conn)
    found: dict[str, dict[str, _Worker]] = defaultdict(dict)
    for end in _month_ends(period) if dated else ():
        days: dict[date, list[str]] = defaultdict(list)
        for one in there:
            if one.staff_id in dated:
                days[min(end, one.leaves or end)].append(one.staff_id)
        for day, staff in days.items():
            for was in conn.all(_Worker, _ON_DAY, day=day, staff=staff):
                found[was.staff_id][_month(end)] = _ranked(was, managing)
    return found


def _managing(conn: Connection) -> frozenset[str]:
    grades = Packs(conn).all("grade").items()
    return frozenset(grade for grade, says in grades if says.get("capacity_percent") == 0)


def _ranked(one: _Worker, managing: Collection[str]) -> _Worker:
    return one._replace(manager=one.grade in managing)


def _month_ends(period: Period) -> Iterator[date]:
    """Yield the last day of each month of the period, as far as the period goes."""
    first = period.start.replace(day=1)
    while first <= period.end:
        following = (first + _MONTH).replace(day=1)
        yield min(following - _DAY, period.end)
        first = following


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _sessions(conn: Connection, staff: Sequence[str]) -> dict[str, list[_Session]]:
    query = """SELECT worker, coalesce(cover_for, supervisor) AS supervisor, kind, state, "on", held_on,
          reason_code AS reason, moved_from IS NOT NULL AS moved, cover_for IS NOT NULL AS covered, recorded_on,
          CASE WHEN agreed_worker >= agreed_supervisor THEN agreed_worker
            WHEN agreed_worker < agreed_supervisor THEN agreed_supervisor END AS agreed_on, elsewhere
        FROM session WHERE worker IN :staff"""
    found: dict[str, list[_Session]] = defaultdict(list)
    for one in conn.each(_Session, query, staff=staff):
        found[one.worker].append(one)
    return found


def _away(conn: Connection, staff: Sequence[str]) -> dict[str, list[Spell]]:
    """Return the spells in which each worker is wholly away."""
    found = defaultdict(list)
    for one in spells_away(conn, Packs(conn), staff):
        found[one.worker].append(Spell(one.starts, one.ends))
    return found
