"""Workers as the policies see them: what they are, what they bring, and what they carry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from domain.allocation.changes import Change, moves, other_hours, regraded
from domain.allocation.eligibility import MONTH, Candidate, Rule, new_in_month
from domain.load.capacity import Loss, nothing_left
from storage.database.connection import Connection
from storage.database.fragments import HAS_DAYS, NOT_LEFT
from storage.load.history.weeks_ahead import Ahead, ahead
from storage.load.posts import bands, staff_ids
from storage.load.worker_load import reductions_on
from storage.people.standing import Approvals, approvals, unregistered
from storage.rules.kept_packs import Packs


def rules(packs: Packs) -> list[Rule]:
    """Return the policies in force."""
    return list(packs.all("policy").values())


_WORKERS = """
SELECT w.staff_id, w.specialisms, w.areas, t.scheme, w.supervisor, w.name, w.team, w.grade, w.started, w.leaves
FROM worker_on(:today) w JOIN team_on(:today) t ON t.name = w.team WHERE w.staff_id IN :workers ORDER BY w.sort_key
"""
_NEW = f"""
SELECT a.worker, a."case", a.starts FROM allocation a
WHERE a.role = 'allocated_worker' AND a.starts > :since AND a.starts < :until AND {HAS_DAYS} AND a.worker IN :workers
"""  # noqa: S608
_SPANS = f"""
SELECT s.staff_id, count(w.id) AS supervises, s.supervises_most AS agreed FROM worker s
JOIN worker_on(:today) w ON w.supervisor = s.staff_id AND {NOT_LEFT} GROUP BY s.staff_id, s.supervises_most
"""  # noqa: S608
_BACK = """
SELECT worker, CASE WHEN count(*) = count(ends) THEN max(ends) END AS until FROM reduction
WHERE percent = 100 AND starts <= :today AND (ends IS NULL OR ends >= :today) GROUP BY worker
"""


class _Worker(NamedTuple):
    staff_id: str
    specialisms: tuple[str, ...]
    areas: tuple[str, ...]
    scheme: str
    supervisor: str | None
    name: str
    team: str
    grade: str
    started: date | None
    leaves: date | None


class _Span(NamedTuple):
    staff_id: str
    supervises: int
    agreed: int | None


class _Back(NamedTuple):
    """Until when somebody is away altogether; None where no end is known."""

    worker: str
    until: date | None


class _New(NamedTuple):
    """A case that somebody holds from a day near the one asked about."""

    worker: str
    case: str
    starts: date


class _Known(NamedTuple):
    """What is known of workers, by staff id."""

    ahead: dict[str, Ahead]
    losses: dict[str, list[Loss]]
    lapsed: set[str]
    new: dict[str, int]
    spans: dict[str, tuple[int, int | None]]
    back: dict[str, date | None]
    approvals: Approvals


def workers(
    conn: Connection,
    packs: Packs,
    on: date,
    team: str | None = None,
    worker: str | None = None,
    today: date | None = None,
    within: Collection[str] = (),
) -> list[Candidate]:
    """Return the workers of a team, of every team, or one worker, as the policies see them on a day.

    Loads and capacities are those of the team board, and of the worst day ahead. Somebody who has left is among them
    while they still hold cases, or when asked for by name. ``today`` is the day on which that is asked: it is the same
    where it is left out. Somebody who moves between the teams ``within`` is not lost by it.
    """
    who = staff_ids(conn, team, on, worker)
    known = _Known(
        ahead=ahead(conn, who, on, today or on, packs, within),
        losses=reductions_on(conn, team, on, worker, packs),
        lapsed=unregistered(conn, on),
        new=_new_cases(conn, who, on),
        spans={one.staff_id: (one.supervises, one.agreed) for one in conn.all(_Span, _SPANS, today=on)},
        back={one.worker: one.until for one in conn.all(_Back, _BACK, today=on)},
        approvals=approvals(conn, packs, rules(packs), on),
    )
    found = conn.all(_Worker, _WORKERS, workers=who, today=on)
    teams = frozenset(within)
    there = [
        one for one in found if worker or one.leaves is None or one.leaves >= on or known.ahead[one.staff_id].now.points
    ]
    return [_candidate(one, packs, known, teams) for one in there]


def _new_cases(conn: Connection, workers: Collection[str], on: date) -> dict[str, int]:
    """Return how many cases are new to each worker in the month around a day, by staff id."""
    begun: dict[str, list[tuple[str, date]]] = defaultdict(list)
    for one in conn.all(_New, _NEW, workers=workers, since=on - MONTH, until=on + MONTH):
        begun[one.worker].append((one.case, one.starts))
    return {worker: new_in_month(cases, on) for worker, cases in begun.items()}


def _candidate(who: _Worker, packs: Packs, known: _Known, within: Collection[str]) -> Candidate:
    scheme = packs.get("scheme", who.scheme)
    registered, new = standing_of(packs, who.grade, who.staff_id in known.lapsed)
    losses, held = known.losses.get(who.staff_id, []), known.approvals.get(who.staff_id, {})
    booked = known.ahead[who.staff_id]
    now, worst = booked.now, booked.worst
    return Candidate(
        staff_id=who.staff_id,
        name=who.name,
        team=who.team,
        grade=who.grade,
        grade_title=packs.title("grade", who.grade),
        registered=registered,
        newly_qualified=new,
        holds_cases=packs.get("grade", who.grade).get("capacity_percent", 100) > 0,
        points=worst.points,
        capacity=worst.capacity,
        cases=booked.most_cases,
        new_cases=known.new.get(who.staff_id, 0),
        away=nothing_left(losses, now.contract_hours),
        back=known.back.get(who.staff_id),
        leaves=who.leaves,
        specialisms=who.specialisms,
        areas=who.areas,
        approvals={policy: one.given for policy, one in held.items()},
        warrants_end={policy: one.until for policy, one in held.items() if one.until},
        span=known.spans.get(who.supervisor, (0, None)) if who.supervisor else (0, None),
        scheme=who.scheme,
        scheme_most=scheme.get("most_cases"),
        bands=bands(scheme),
        shares=scheme.get("shares", {}),
        started=who.started,
        fullest_on=None if worst.day == now.day else worst.day,
        points_now=now.points,
        capacity_now=now.capacity,
        away_from=booked.away_from,
        changes=tuple(_changes(booked, packs, within)),
    )


def _changes(booked: Ahead, packs: Packs, within: Collection[str]) -> Iterator[Change]:
    """Yield what will be otherwise with somebody in the weeks ahead."""
    if turn := booked.team:
        yield moves(turn.after.team, turn.day, turn.until, here=turn.after.team in within)
    if turn := booked.grade:
        was, becomes = (packs.title("grade", post.grade) for post in (turn.before, turn.after))
        yield regraded(was, becomes, turn.day, turn.day - timedelta(days=1))
    if turn := booked.hours:
        before, after = turn.before.contract.hours, turn.after.contract.hours
        if before != after:
            yield other_hours(before, after, turn.day, turn.until)


def standing_of(packs: Packs, grade: str, lapsed: bool) -> tuple[bool, bool]:
    """Return whether somebody of a grade is registered, and newly qualified. A grade nobody knows is neither."""
    said = packs.get("grade", grade)
    return bool(said.get("registered")) and not lapsed, bool(said.get("newly_qualified"))
