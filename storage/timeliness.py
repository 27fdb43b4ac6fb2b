"""On-time measures over the cases kept: streamed in chunks, so that memory does not grow with the council."""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from domain.obligations import derive
from domain.timeliness import Judged, Measures, Period, Tally
from storage.projections import CHUNK, case_subjects

if TYPE_CHECKING:
    from storage.packs import PackSet

BY = ("team", "worker", "month")
Progress = Callable[[int, int], None]
NOBODY = ""


class Line(NamedTuple):
    """A measure of one group: a team, a worker ("" for nobody), a month ("2026-03"), or all ("")."""

    group: str
    measure: str
    tally: Tally


def timeliness(
    conn: sqlite3.Connection,
    packs: PackSet,
    period: Period,
    *,
    team: str | None = None,
    worker: str | None = None,
    by: str | None = None,
    progress: Progress | None = None,
) -> list[Line]:
    """Return a line a measure, by group: what fell due in the period on the cases of a team, or of every team.

    A team is the one that has the case now; a worker is the one who held it on the day it was due.
    """
    return timeliness_by(conn, packs, period, (by,), team=team, worker=worker, progress=progress)[by]


def timeliness_by(
    conn: sqlite3.Connection,
    packs: PackSet,
    period: Period,
    ways: Sequence[str | None],
    *,
    team: str | None = None,
    worker: str | None = None,
    progress: Progress | None = None,
) -> Mapping[str | None, list[Line]]:
    """Return what ``timeliness`` does for each of several ways to group, in one going through the cases."""
    measures = Measures(packs.rulebook)
    countings = {by: _Counting(measures, worker, by) for by in ways}
    references = _references(conn, team)
    for done in range(0, len(references), CHUNK):
        some = references[done : done + CHUNK]
        teams = _teams(conn, some) if "team" in ways else {}
        holders = _holders(conn, some) if worker is not None or "worker" in ways else {}
        for subject in case_subjects(conn, some):
            found = derive(subject, packs.rulebook, packs.calendar(subject.nation))
            judged, who = list(measures.judged(found, period)), subject.reference
            for counting in countings.values():
                counting.take(judged, team=teams.get(who, ""), held=holders.get(who, _NEVER))
        if progress:
            progress(min(done + CHUNK, len(references)), len(references))
    return {by: counting.lines() for by, counting in countings.items()}


class _Held:
    """Who held a case, by day."""

    __slots__ = ("_ends", "_starts", "_workers")

    def __init__(self, rows: Sequence[tuple[str, str | None, str]]) -> None:
        self._starts = [start for start, _, _ in rows]
        self._ends = [end for _, end, _ in rows]
        self._workers = [worker for _, _, worker in rows]

    def on(self, day: date) -> str:
        """Return who held it on ``day``: whoever took it last by then and had not yet left it; "" for nobody."""
        text = day.isoformat()
        for at in range(bisect_right(self._starts, text) - 1, -1, -1):
            end = self._ends[at]
            if end is None or end > text:
                return self._workers[at]
        return NOBODY


_NEVER = _Held(())


class _Counting:
    """The tallies being filled, person by person."""

    def __init__(self, measures: Measures, worker: str | None, by: str | None) -> None:
        self._measures = measures
        self._worker = worker
        self._by = by
        self._tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)

    def take(self, judged: Sequence[Judged], *, team: str, held: _Held) -> None:
        """Count one person's cycles in."""
        mine: dict[tuple[str, str], list[Judged]] = defaultdict(list)
        for one in judged:
            assert one.cycle.legal_due is not None
            holder = held.on(one.cycle.legal_due) if held is not _NEVER else NOBODY
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

    def lines(self) -> list[Line]:
        """Return the lines in order of group, then of the packs."""
        order = self._measures.order
        keys = sorted(self._tallies, key=lambda key: (key[0], order.get(key[1], len(order))))
        return [Line(*key, self._tallies[key]) for key in keys]


def _references(conn: sqlite3.Connection, team: str | None) -> list[str]:
    """Return the cases, closed ones too: what was held early on them may have been due much later."""
    query = "SELECT reference FROM cases WHERE :team IS NULL OR team = :team ORDER BY id"
    return [r for (r,) in conn.execute(query, {"team": team})]


def _teams(conn: sqlite3.Connection, references: Sequence[str]) -> Mapping[str, str]:
    marks = ",".join("?" * len(references))
    return dict(conn.execute(f"SELECT reference, team FROM cases WHERE reference IN ({marks})", references))  # noqa: S608


def _holders(conn: sqlite3.Connection, references: Sequence[str]) -> Mapping[str, _Held]:
    marks = ",".join("?" * len(references))
    query = f"""SELECT "case", starts, ends, worker FROM allocation
                WHERE role = 'allocated_worker' AND "case" IN ({marks}) ORDER BY starts, id"""  # noqa: S608
    rows: dict[str, list[tuple[str, str | None, str]]] = defaultdict(list)
    for case, starts, ends, worker in conn.execute(query, references):
        rows[case].append((starts, ends, worker))
    return {case: _Held(found) for case, found in rows.items()}
