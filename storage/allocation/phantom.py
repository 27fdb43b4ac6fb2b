"""The phantom caseload: cases that look allocated and are not, held by somebody who may not, or held after closing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from domain.allocation.eligibility import Asked, Candidate, CaseNeeds, Finding, Rule, about, findings
from storage.allocation.candidates import needs, rules, standing_of, unregistered
from storage.allocation.in_force import standing
from storage.cases import likely_duplicates
from storage.database.connection import Connection
from storage.database.fragments import HELD_BY, HOLDS, NOT_LEFT, OPEN
from storage.rules.kept_packs import Packs

LEFT, MANAGER, NOBODY, TWO, FORBIDDEN, CLOSED = "left", "manager", "nobody", "two", "forbidden", "closed"
SAME_REFERENCE, SAME_CHILD, SAME_WORKER = "same_reference", "same_child", "same_worker"
TITLES = {
    LEFT: "Held by a worker who has left",
    MANAGER: "Held by a grade that holds no cases",
    NOBODY: "No allocated worker, though others work on it",
    TWO: "Two allocated workers",
    FORBIDDEN: "Held against policy",
    CLOSED: "Closed, and still held",
    SAME_REFERENCE: "Probably one child: references alike",
    SAME_CHILD: "Probably one child: name and birth date",
    SAME_WORKER: "Probably one worker",
}
_NAMED = 1000  # of so many cases the events are asked for by name; of more, those of every case are read
# What a worker is, not how much they carry: these a policy may forbid for good.
_ABOUT_GRADE = frozenset({"grades", "registered_only", "only_jointly"})


class Phantom(NamedTuple):
    """A case to put right: why, and who is named on it (None: nobody). ``words`` say more than the title.

    ``other`` is what it is probably one with. Of a worker recorded twice, ``case`` is empty.
    """

    case: str
    name: str
    kind: str
    worker: str | None
    worker_name: str
    team: str
    pathways: tuple[str, ...]
    since: date | None
    words: str
    other: str = ""

    @property
    def of(self) -> str:
        """What is to be put right: "case" or "worker"."""
        return "case" if self.case else "worker"

    @property
    def key(self) -> str:
        """The case's reference, or the worker's staff id."""
        return self.case or self.worker or ""


class _Held(NamedTuple):
    """A case and somebody who stands on it; ``closed`` where it closed and they still do."""

    reference: str
    name: str
    team: str
    pathways: tuple[str, ...]
    factors: tuple[str, ...]
    nation: str
    worker: str
    worker_name: str
    grade: str
    leaves: date | None
    role: str
    starts: date
    overruled: tuple[str, ...]
    closed: date | None


_HELD = f"""
SELECT c.reference, c.name, c.team, c.pathways, c.factors, c.nation, a.worker, w.name AS worker_name, w.grade, w.leaves,
  a.role, a.starts, a.overruled, c.closed
FROM cases c JOIN allocation a ON a."case" = c.reference AND {HOLDS} JOIN worker_on(:today) w ON w.staff_id = a.worker
WHERE"""  # noqa: S608
_CLOSED = "c.closed <= :today"
_ALLOCATED = "AND a.role = 'allocated_worker'"
_ONLY_OTHERS = f"AND {HELD_BY} IS NULL"
_OF_TEAM = "AND c.team = :team"  # left out for every team, so that one team is read through its index
_IN_ORDER = "ORDER BY a.starts, c.reference, a.id"


def phantoms(conn: Connection, team: str | None, today: date) -> list[Phantom]:
    """Return the cases to put right, by what is wrong, the longest standing first; a case may be there twice."""
    narrowed = "" if team is None else _OF_TEAM
    held = conn.all(_Held, f"{_HELD} {OPEN} {_ALLOCATED} {narrowed} {_IN_ORDER}", team=team, today=today)
    others = conn.all(_Held, f"{_HELD} {OPEN} {_ONLY_OTHERS} {narrowed} {_IN_ORDER}", team=team, today=today)
    closed = conn.all(_Held, f"{_HELD} {_CLOSED} {narrowed} {_IN_ORDER}", team=team, today=today)
    found = [*_wrong_holder(conn, held, today), *_two(held), *_only_others(others), *_after_closing(closed)]
    found += _recorded_twice(conn, team, today)
    order = list(TITLES)
    return sorted(found, key=lambda one: (order.index(one.kind), one.since or today, one.case))


def count(conn: Connection, team: str | None, today: date) -> dict[str, int]:
    """Return how many cases there are to put right, by what is wrong; only what there is."""
    return dict(Counter(one.kind for one in phantoms(conn, team, today)))


def _phantom(held: _Held, kind: str, words: str) -> Phantom:
    return Phantom(
        case=held.reference,
        name=held.name,
        kind=kind,
        worker=held.worker,
        worker_name=held.worker_name,
        team=held.team,
        pathways=held.pathways,
        since=held.starts,
        words=words,
    )


def _only_others(rows: Iterable[_Held]) -> Iterator[Phantom]:
    """Yield the cases that only others than an allocated worker stand on, each once, with whoever began first."""
    first: dict[str, _Held] = {}
    for held in rows:
        first.setdefault(held.reference, held)
    for held in first.values():
        yield _phantom(held, NOBODY, f"{held.worker}, {held.role.replace('_', ' ')}")


def _two(rows: Iterable[_Held]) -> Iterator[Phantom]:
    by_case: dict[str, list[_Held]] = defaultdict(list)
    for held in rows:
        by_case[held.reference].append(held)
    for those in by_case.values():
        staff = sorted({held.worker for held in those})
        if len(staff) > 1:
            yield _phantom(those[0], TWO, " and ".join(staff))


def _after_closing(rows: Iterable[_Held]) -> Iterator[Phantom]:
    """Yield whoever still stands on a case that closed, each on a line of their own: each of them lets go."""
    for held in rows:
        yield _phantom(held, CLOSED, f"{held.worker}, {held.role.replace('_', ' ')}; closed {held.closed}")


class _Twice(NamedTuple):
    """One of two cases that are probably one, and who holds it."""

    reference: str
    name: str
    team: str
    pathways: tuple[str, ...]
    opened: date
    worker: str | None
    worker_name: str


_TWICE = f"""
SELECT c.reference, c.name, c.team, c.pathways, c.opened, c.worker, coalesce(w.name, '') AS worker_name
FROM (SELECT c.*, {HELD_BY} AS worker FROM cases c WHERE c.reference IN :references) c
LEFT JOIN worker w ON w.staff_id = c.worker
"""  # noqa: S608


def _recorded_twice(conn: Connection, team: str | None, today: date) -> Iterator[Phantom]:
    """Yield cases that are probably one child's, each with the one it goes with; of a team where either is its own."""
    pairs = likely_duplicates.cases(conn, today)
    named = sorted({key for pair in pairs for key in pair[:2]})
    known = {one.reference: one for one in conn.all(_Twice, _TWICE, references=named, today=today)} if pairs else {}
    for pair in pairs:
        one, other = known[pair.one], known[pair.other]
        if team is None or team in (one.team, other.team):
            yield Phantom(
                case=other.reference,
                name=other.name,
                kind=SAME_REFERENCE if pair.by == likely_duplicates.REFERENCE else SAME_CHILD,
                worker=other.worker,
                worker_name=other.worker_name,
                team=other.team,
                pathways=other.pathways,
                since=other.opened,
                words=f"with {one.reference}: almoner case merge {other.reference} --into {one.reference}",
                other=one.reference,
            )


class _Alike(NamedTuple):
    """One of two workers who are probably one."""

    staff_id: str
    name: str
    team: str
    started: date | None
    here: bool


_ALIKE = f"""SELECT w.staff_id, w.name, w.team, w.started, {NOT_LEFT} AS here
FROM worker_on(:today) w WHERE w.staff_id IN :named"""  # noqa: S608


def workers_twice(conn: Connection, team: str | None, today: date) -> list[Phantom]:
    """Return the workers who are probably one with another; of a team where either is in it, while one is here."""
    pairs = likely_duplicates.workers(conn, today)
    named = sorted({key for pair in pairs for key in pair[:2]})
    known = {one.staff_id: one for one in conn.all(_Alike, _ALIKE, named=named, today=today)} if pairs else {}
    found = []
    for pair in pairs:
        one, other = known[pair.one], known[pair.other]
        if (one.here or other.here) and (team is None or team in (one.team, other.team)):
            words = (
                f"with {one.staff_id}, {likely_duplicates.WORDS[pair.by]}: "
                f"almoner worker merge {other.staff_id} --into {one.staff_id}"
            )
            found.append(
                Phantom(
                    case="", name="", kind=SAME_WORKER, worker=other.staff_id, worker_name=other.name, team=other.team,
                    pathways=(), since=other.started, words=words, other=one.staff_id,
                )
            )  # fmt: skip
    return found


def _wrong_holder(conn: Connection, rows: Sequence[_Held], today: date) -> Iterator[Phantom]:
    packs = Packs(conn)
    barred = _barred(conn, packs, rows, today)
    for held in rows:
        if held.leaves is not None and held.leaves < today:
            yield _phantom(held, LEFT, f"left {held.leaves}")
        elif packs.get("grade", held.grade).get("capacity_percent") == 0:
            yield _phantom(held, MANAGER, packs.title("grade", held.grade))
        else:
            against = barred.get((held.reference, held.worker), ())
            if left := [finding for finding in against if finding.rule not in held.overruled]:
                yield _phantom(held, FORBIDDEN, left[0].words)


def _barred(
    conn: Connection, packs: Packs, rows: Sequence[_Held], today: date
) -> dict[tuple[str, str], tuple[Finding, ...]]:
    """Return, by case and staff id, the hard rules about what a worker is that stand against those who hold cases.

    Holders alike are looked at once; only those whom a rule stands against have their whole case read.
    """
    hard = [rule for rule in rules(packs) if rule.get("hard") and rule["kind"] in _ABOUT_GRADE]
    lapsed = unregistered(conn, today)
    references = {held.reference for held in rows}
    in_force = standing(conn, packs, today, references if len(references) <= _NAMED else None)
    seen: dict[tuple[object, ...], bool] = {}
    suspects: dict[tuple[str, str], Candidate] = {}
    for held in rows:
        person = _person(packs, held.worker, held.grade, held.worker in lapsed)
        stands = in_force.get(held.reference, ())
        names = tuple(one.id for one in stands)
        alike = (held.pathways, held.factors, held.nation, names, held.grade, held.worker in lapsed)
        if alike not in seen:
            case = CaseNeeds(held.reference, held.team, held.pathways, 0, held.factors, held.nation, in_force=stands)
            seen[alike] = bool(_against(hard, case, person, today))
        if seen[alike]:
            suspects[held.reference, held.worker] = person
    cases = needs(conn, {case for case, _ in suspects}, today) if suspects else {}
    return {(case, who): _against(hard, cases[case], person, today) for (case, who), person in suspects.items()}


def _against(hard: Sequence[Rule], case: CaseNeeds, person: Candidate, today: date) -> tuple[Finding, ...]:
    return findings(about(hard, case), case._replace(holder=None), person, Asked(today))


def _person(packs: Packs, worker: str, grade: str, lapsed: bool) -> Candidate:
    registered, new = standing_of(packs, grade, lapsed)
    title = packs.title("grade", grade)
    return Candidate(
        staff_id=worker, name="", team="", grade=grade, grade_title=title, registered=registered, newly_qualified=new
    )
