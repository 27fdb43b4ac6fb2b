"""The phantom caseload: open cases that look allocated and are not, or are held by somebody who may not hold them."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.eligibility import Asked, Candidate, CaseNeeds, Finding, Rule, about, findings
from storage.reading import HELD_BY, HOLDS, Packs, day
from storage.takers import needs, rules, standing_of, unregistered

LEFT, MANAGER, NOBODY, TWO, FORBIDDEN = "left", "manager", "nobody", "two", "forbidden"
TITLES = {
    LEFT: "Held by a worker who has left",
    MANAGER: "Held by a grade that holds no cases",
    NOBODY: "No allocated worker, though others work on it",
    TWO: "Two allocated workers",
    FORBIDDEN: "Held against policy",
}
# What a worker is, not how much they carry: these a policy may forbid for good.
_ABOUT_GRADE = frozenset({"grades", "registered_only", "only_jointly"})


class Phantom(NamedTuple):
    """An open case to put right: why, and who is named on it (None: nobody). ``words`` say more than the title."""

    case: str
    name: str
    kind: str
    worker: str | None
    worker_name: str
    team: str
    pathways: tuple[str, ...]
    since: date | None
    words: str


_HELD = f"""
SELECT c.reference, c.name, c.team, c.pathways, c.factors, c.nation, a.worker, w.name, w.grade, w.leaves, a.starts,
  a.overruled
FROM cases c JOIN allocation a ON a."case" = c.reference AND a.role = 'allocated_worker' AND {HOLDS}
JOIN worker w ON w.staff_id = a.worker
WHERE c.closed IS NULL {{team}} ORDER BY a.starts, c.reference, a.id
"""  # noqa: S608
_BESIDE_ONLY = f"""
SELECT c.reference, c.name, c.team, c.pathways, a.worker, w.name, a.starts, a.role
FROM cases c JOIN allocation a ON a."case" = c.reference AND {HOLDS}
JOIN worker w ON w.staff_id = a.worker
WHERE c.closed IS NULL {{team}} AND {HELD_BY} IS NULL ORDER BY a.starts, c.reference, a.id
"""  # noqa: S608
_OF_TEAM = "AND c.team = :team"  # left out for every team, so that one team is read through its index


def phantoms(conn: sqlite3.Connection, team: str | None, today: date) -> list[Phantom]:
    """Return the cases to put right, by what is wrong, the longest standing first; a case may be there twice."""
    given = {"team": team, "today": today.isoformat()}
    narrowed = "" if team is None else _OF_TEAM
    held = conn.execute(_HELD.format(team=narrowed), given).fetchall()
    found = [*_wrong_holder(conn, held, today), *_two(held)]
    found += _beside_only(conn.execute(_BESIDE_ONLY.format(team=narrowed), given))
    order = list(TITLES)
    return sorted(found, key=lambda one: (order.index(one.kind), one.since or today, one.case))


def count(conn: sqlite3.Connection, team: str | None, today: date) -> dict[str, int]:
    """Return how many cases there are to put right, by what is wrong; only what there is."""
    return dict(Counter(one.kind for one in phantoms(conn, team, today)))


def _beside_only(rows: Iterable[Sequence[Any]]) -> Iterator[Phantom]:
    """Yield the cases that only others than an allocated worker stand on, each once, with whoever began first."""
    seen: set[str] = set()
    for case, name, team, pathways, worker, worker_name, since, role in rows:
        if case not in seen:
            seen.add(case)
            words = f"{worker}, {role.replace('_', ' ')}"
            yield Phantom(case, name, NOBODY, worker, worker_name, team, tuple(json.loads(pathways)), day(since), words)


def _phantom(row: Sequence[Any], kind: str, words: str = "") -> Phantom:
    case, name, team, pathways, _, _, worker, worker_name, _, _, starts, _ = row
    return Phantom(
        case, name, kind, worker, worker_name, team, tuple(json.loads(pathways)), date.fromisoformat(starts), words
    )


def _two(held: Sequence[Sequence[Any]]) -> Iterator[Phantom]:
    by_case: dict[str, list[Sequence[Any]]] = defaultdict(list)
    for row in held:
        by_case[row[0]].append(row)
    for rows in by_case.values():
        staff = sorted({row[6] for row in rows})
        if len(staff) > 1:
            yield _phantom(rows[0], TWO, " and ".join(staff))


def _wrong_holder(conn: sqlite3.Connection, held: Sequence[Sequence[Any]], today: date) -> Iterator[Phantom]:
    packs = Packs(conn)
    barred = _barred(conn, packs, held, today)
    for row in held:
        worker, grade, leaves = row[6], row[8], row[9]
        if leaves is not None and leaves < today.isoformat():
            yield _phantom(row, LEFT, f"left {leaves}")
        elif packs.get("grade", grade).get("capacity_percent") == 0:
            yield _phantom(row, MANAGER, packs.title("grade", grade))
        elif against := barred.get((row[0], worker)):
            overruled = json.loads(row[11])
            if standing := [finding for finding in against if finding.rule not in overruled]:
                yield _phantom(row, FORBIDDEN, standing[0].words)


def _barred(
    conn: sqlite3.Connection, packs: Packs, held: Sequence[Sequence[Any]], today: date
) -> dict[tuple[str, str], tuple[Finding, ...]]:
    """Return, by case and staff id, the hard rules about what a worker is that stand against those who hold cases.

    Holders alike are looked at once; only those whom a rule stands against have their whole case read.
    """
    hard = [rule for rule in rules(packs) if rule.get("hard") and rule["kind"] in _ABOUT_GRADE]
    lapsed = unregistered(conn, today)
    seen: dict[tuple[Any, ...], bool] = {}
    suspects: dict[str, Candidate] = {}
    pairs: list[tuple[str, str]] = []
    for row in held:
        worker, grade = row[6], row[8]
        person = _person(packs, worker, grade, worker in lapsed)
        alike = (row[3], row[4], row[5], grade, worker in lapsed)
        if alike not in seen:
            seen[alike] = bool(_against(hard, _bare(row), person, today))
        if seen[alike]:
            suspects[worker] = person
            pairs.append((row[0], worker))
    cases = needs(conn, {case for case, _ in pairs}, today) if pairs else {}
    return {(case, worker): _against(hard, cases[case], suspects[worker], today) for case, worker in pairs}


def _against(hard: Sequence[Rule], case: CaseNeeds, person: Candidate, today: date) -> tuple[Finding, ...]:
    return findings(about(hard, case), case._replace(holder=None), person, Asked(today))


def _bare(row: Sequence[Any]) -> CaseNeeds:
    return CaseNeeds(row[0], row[2], tuple(json.loads(row[3])), 0, tuple(json.loads(row[4])), row[5])


def _person(packs: Packs, worker: str, grade: str, lapsed: bool) -> Candidate:
    registered, new = standing_of(packs, grade, lapsed)
    title = packs.title("grade", grade)
    return Candidate(worker, "", "", grade, title, registered, new)
