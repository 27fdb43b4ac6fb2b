"""On-time measures over all cases, a few hundred at a time, so that memory does not grow with the council."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from domain.due.engine import derive
from domain.due.timeliness import Judged, Measures, Period, Tally
from storage.database.connection import Connection
from storage.due.subjects import case_subjects, chunks

if TYPE_CHECKING:
    from storage.rules.pack_set import PackSet

Progress = Callable[[int, int], None]


class MeasureTally(NamedTuple):
    """A measure of one group: a team, a worker ("" for nobody), a month ("2026-03"), or all ("")."""

    group: str
    measure: str
    tally: Tally


def timeliness(
    conn: Connection,
    packs: PackSet,
    period: Period,
    *,
    team: str | None = None,
    worker: str | None = None,
    by: str | None = None,
    progress: Progress | None = None,
) -> list[MeasureTally]:
    """Return a line a measure, by group: what fell due in the period on the cases of a team, or of every team.

    A team is the one that has the case now; a worker is the one who held it on the day it was due.
    """
    return timeliness_by(conn, packs, period, (by,), team=team, worker=worker, progress=progress)[by]


def timeliness_by(
    conn: Connection,
    packs: PackSet,
    period: Period,
    ways: Sequence[str | None],
    *,
    team: str | None = None,
    worker: str | None = None,
    progress: Progress | None = None,
) -> Mapping[str | None, list[MeasureTally]]:
    """Return what ``timeliness`` does for each of several ways to group, reading the cases once."""
    measures = Measures(packs.rulebook)
    countings = {by: _Counting(measures, worker, by) for by in ways}
    # Closed cases too: what was held early on them may have been due much later.
    references = conn.values("SELECT reference FROM cases WHERE :team IS NULL OR team = :team ORDER BY id", team=team)
    done = 0
    for some in chunks(references):
        teams = _teams(conn, some) if "team" in ways else {}
        holders = _holders(conn, some) if worker is not None or "worker" in ways else {}
        for subject in case_subjects(conn, some):
            found = derive(subject, packs.rulebook, packs.calendar(subject.nation))
            judged, who = list(measures.judged(found, period)), subject.reference
            for counting in countings.values():
                counting.take(judged, team=teams.get(who, ""), held=holders.get(who, ()))
        done += len(some)
        if progress:
            progress(done, len(references))
    return {by: counting.lines() for by, counting in countings.items()}


class _Held(NamedTuple):
    """Who held a case from when to when."""

    case: str
    starts: date
    ends: date | None
    worker: str


def _holder(held: Sequence[_Held], day: date) -> str:
    """Return who held a case on ``day``: whoever took it last by then and had not yet left it; "" for nobody.

    ``held`` is in order of start.
    """
    held_then = (one.worker for one in reversed(held) if one.starts <= day and (one.ends is None or one.ends > day))
    return next(held_then, "")


class _Counting:
    """The tallies being filled, person by person."""

    def __init__(self, measures: Measures, worker: str | None, by: str | None) -> None:
        self._measures = measures
        self._worker = worker
        self._by = by
        self._tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)

    def take(self, judged: Sequence[Judged], *, team: str, held: Sequence[_Held]) -> None:
        """Count one person's cycles in."""
        mine: dict[tuple[str, str], list[Judged]] = defaultdict(list)
        for one in judged:
            assert one.cycle.legal_due is not None
            holder = _holder(held, one.cycle.legal_due)
            if self._worker is None or holder == self._worker:
                mine[self._group(one, team, holder), one.measure].append(one)
        for key, cycles in mine.items():
            self._tallies[key].count(cycles)

    def _group(self, one: Judged, team: str, holder: str) -> str:
        match self._by:
            case "team":
                return team
            case "worker":
                return holder
            case "month":
                return f"{one.cycle.legal_due:%Y-%m}"
            case _:
                return ""

    def lines(self) -> list[MeasureTally]:
        """Return the lines in order of group, then of the packs."""
        order = self._measures.order
        keys = sorted(self._tallies, key=lambda key: (key[0], order.get(key[1], len(order))))
        return [MeasureTally(*key, self._tallies[key]) for key in keys]


def _teams(conn: Connection, references: Sequence[str]) -> Mapping[str, str]:
    return conn.lookup("SELECT reference, team FROM cases WHERE reference IN :references", references=references)


def _holders(conn: Connection, references: Sequence[str]) -> Mapping[str, list[_Held]]:
    query = """SELECT "case", starts, ends, worker FROM allocation
               WHERE role = 'allocated_worker' AND "case" IN :references ORDER BY starts, id"""
    found: dict[str, list[_Held]] = defaultdict(list)
    for held in conn.each(_Held, query, references=references):
        found[held.case].append(held)
    return found
