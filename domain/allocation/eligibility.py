"""Who may hold a case: each rule of the policies put to a worker.

Rules come as the plain values that packs leave in the database, so nothing here needs pydantic: the list opens with
it. A finding that is ``hard`` rules a worker out unless its ``approver`` agrees; any other is a caution.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.allocation.changes import Change
from domain.allocation.known_words import fold
from domain.allocation.reading import because, binds, families_of, fits
from domain.cases.in_force import InForce
from domain.core.dates import show_day
from domain.core.enums import CONFLICT_REASON_TITLES, ConflictReason, Nation, Role
from domain.core.workdays import add_months
from domain.load import capacity
from domain.load.capacity import DEFAULT_BANDS, Bands

Rule = Mapping[str, Any]

MONTH = timedelta(days=28)  # what "in a month" is when new cases are counted
HOLDS, NOT_YET, AWAY_AHEAD = "holds-it", "not-here-yet", "away-ahead"
_HOLDING, _STARTS, _AWAY = "Holds this case already", "Has not started yet", "Will be away"
_JOINT: Mapping[str, frozenset[str]] = {Role.ALLOCATED: frozenset({Role.CO_WORKER})}
_EITHER = frozenset({Role.CO_WORKER, Role.ALLOCATED})


class Beside(NamedTuple):
    """Somebody who stands on the case already."""

    worker: str
    role: str
    registered: bool
    newly_qualified: bool


class Sibling(NamedTuple):
    """An open case of the same sibling group, and who holds it (None: nobody). Points in hundredths."""

    reference: str
    holder: str | None
    points: int


class CaseNeeds(NamedTuple):
    """What the policies ask about a case. ``conflicts`` and ``held_before`` are by staff id; points in hundredths.

    ``factors`` are as they were typed; ``in_force`` is what stands on the day by events (`domain/cases/in_force.py`).
    """

    reference: str
    team: str
    pathways: tuple[str, ...]
    points: int
    factors: tuple[str, ...] = ()
    nation: str = Nation.ENGLAND
    area: str = ""
    must_have: tuple[str, ...] = ()
    prefers: tuple[str, ...] = ()
    scheme: str = ""
    in_force: tuple[InForce, ...] = ()
    holder: str | None = None
    beside: tuple[Beside, ...] = ()
    siblings: tuple[Sibling, ...] = ()
    conflicts: Mapping[str, tuple[str, ...]] = {}
    held_before: Mapping[str, date] = {}

    @property
    def families(self) -> frozenset[str]:
        """Whether it is a child's or an adult's case; one in transition is both."""
        return families_of(self.pathways)


class Candidate(NamedTuple):
    """A worker, and what the policies ask about one. ``approvals`` are the last standing ones by the rule's id.

    ``warrants_end`` is the last day of those approvals that have an end of their own.

    ``points`` and ``capacity`` in hundredths (capacity None: not set) are those of the worst day that is booked in the
    weeks ahead, ``fullest_on``: None while it is the day asked about, whose own are ``points_now`` and
    ``capacity_now``. ``cases`` are the most held at once. ``away_from`` is the first day on which they will be away
    altogether, ``changes`` what will be otherwise with them. ``span`` is how many people the supervisor supervises, and
    what was agreed with them.
    """

    staff_id: str
    name: str
    team: str
    grade: str
    grade_title: str = ""
    registered: bool = True
    newly_qualified: bool = False
    holds_cases: bool = True
    points: int = 0
    capacity: int | None = None
    cases: int = 0
    new_cases: int = 0
    away: bool = False
    back: date | None = None
    leaves: date | None = None
    specialisms: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    approvals: Mapping[str, date] = {}
    warrants_end: Mapping[str, date] = {}
    span: tuple[int, int | None] = (0, None)
    scheme: str = ""
    scheme_most: int | None = None
    bands: Bands = DEFAULT_BANDS
    shares: Mapping[str, int] = {}
    started: date | None = None
    fullest_on: date | None = None
    points_now: int = 0
    capacity_now: int | None = None
    away_from: date | None = None
    changes: tuple[Change, ...] = ()

    @property
    def nothing_from(self) -> date | None:
        """The day ahead from which they can carry nothing; None where there is none, or they never could."""
        return self.fullest_on if self.capacity == 0 and self.capacity_now != 0 else None


class Asked(NamedTuple):
    """What is asked: from which day, in which role, and whether the siblings' cases go to the same worker."""

    on: date
    role: str = Role.ALLOCATED
    together: bool = False


class Finding(NamedTuple):
    """What one rule says against a worker; ``title`` is the rule's own, without what it found.

    ``because`` is what is recorded on the case and makes the rule be about it, in words.
    """

    rule: str
    words: str
    hard: bool = False
    approver: str = ""
    title: str = ""
    because: tuple[str, ...] = ()


# which rules are about a case, and which bind a worker --------------------------------------------------------------


def about(rules: Iterable[Rule], case: CaseNeeds, role: str = Role.ALLOCATED) -> list[Rule]:
    """Return the rules that are about a case and somebody in that role."""
    return [rule for rule in rules if fits(rule, case) and role in rule["roles"]]


def can_speak(rule: Rule, case: CaseNeeds) -> bool:
    """Whether a rule could say anything of anybody: false where the case has nothing that it looks at."""
    if rule["kind"] == "needs":
        return bool(case.must_have if rule["asks"] == "must_have" else case.prefers)
    looked_at = {"conflict": case.conflicts, "siblings_together": case.siblings, "travel": case.area}
    return bool(looked_at.get(rule["kind"], True))


def _plain(words: Iterable[str]) -> set[str]:
    return {fold(word) for word in words}


# what each kind of rule looks at: the words of what stands against it, "" for the rule's title alone, None for nothing


def _grades(rule: Rule, _case: CaseNeeds, worker: Candidate, _asked: Asked) -> str | None:
    allowed, barred = rule.get("allowed"), rule.get("not_allowed", ())
    may = worker.grade in allowed if allowed else worker.grade not in barred
    return None if may else worker.grade_title or worker.grade


def _registered_only(_rule: Rule, _case: CaseNeeds, worker: Candidate, _asked: Asked) -> str | None:
    return None if worker.registered else worker.grade_title or worker.grade


def _only_jointly(_rule: Rule, case: CaseNeeds, worker: Candidate, asked: Asked) -> str | None:
    counting = _JOINT.get(asked.role, _EITHER)
    for one in case.beside:
        if one.worker != worker.staff_id and one.role in counting and one.registered and not one.newly_qualified:
            return None
    return "nobody holds it with them"


def _warrant(rule: Rule, _case: CaseNeeds, worker: Candidate, asked: Asked) -> str | None:
    given = worker.approvals.get(rule["id"])
    if given is None:
        return "no approval recorded"
    ended = min(lapses(rule["warrant"], given), worker.warrants_end.get(rule["id"], date.max))
    return None if asked.on <= ended else f"lapsed on {show_day(ended)}"


def lapses(warrant: Mapping[str, Any], given: date) -> date:
    """Return the last day an approval given on a day counts."""
    return add_months(given, warrant.get("months") or 12 * warrant["years"])


def _most_cases(rule: Rule, _case: CaseNeeds, worker: Candidate, asked: Asked) -> str | None:
    most = rule.get("most") or worker.scheme_most
    if most is None or asked.role != Role.ALLOCATED or worker.cases < most:
        return None
    return f"holds {worker.cases} of {most}"


def new_in_month(begun: Iterable[tuple[str, date]], on: date) -> int:
    """Return the most cases that begin in one stretch of four weeks with a day in it: what is booked counts, too.

    ``begun`` gives cases and the days from which somebody holds them.
    """
    begun = list(begun)
    lasts = {on, *(day for _, day in begun if on < day < on + MONTH)}
    return max(len({case for case, day in begun if last - MONTH < day <= last}) for last in lasts)


def _new_cases(rule: Rule, _case: CaseNeeds, worker: Candidate, asked: Asked) -> str | None:
    allowed = worker.cases // int(rule["one_per"])  # nothing is said while a caseload is only being built up
    if asked.role != Role.ALLOCATED or not allowed or worker.new_cases < allowed:
        return None
    return f"{worker.new_cases} new in four weeks"


def _over_percent(rule: Rule, case: CaseNeeds, worker: Candidate, asked: Asked) -> str | None:
    line = rule["percent"] * 10 if rule.get("percent") else red_line(worker.bands)
    found = after(case, worker, asked)
    return None if found is None or line is None or found <= line else f"{_percent(found)}, red above {_percent(line)}"


def _conflict(rule: Rule, case: CaseNeeds, worker: Candidate, _asked: Asked) -> str | None:
    found = [why for why in case.conflicts.get(worker.staff_id, ()) if why in rule["why"]]
    return ", ".join(CONFLICT_REASON_TITLES[ConflictReason(why)].lower() for why in found) or None


def _needs(rule: Rule, case: CaseNeeds, worker: Candidate, _asked: Asked) -> str | None:
    wanted = case.must_have if rule["asks"] == "must_have" else case.prefers
    same: Mapping[str, str] = rule.get("same", {})
    has = {same.get(word, word) for word in _plain(worker.specialisms)} if wanted else set()
    return ", ".join(need for need in wanted if same.get(fold(need), fold(need)) not in has) or None


def _siblings_together(_rule: Rule, case: CaseNeeds, worker: Candidate, asked: Asked) -> str | None:
    held = [one for one in case.siblings if one.holder]
    if asked.together or not held or any(one.holder == worker.staff_id for one in held):
        return None
    return ", ".join(f"{one.reference} is with {one.holder}" for one in held)


def _leaving(rule: Rule, _case: CaseNeeds, worker: Candidate, asked: Asked) -> str | None:
    leaves, weeks = worker.leaves, rule.get("within_weeks")
    if leaves is None or (leaves >= asked.on) != (weeks is not None):
        return None
    if weeks is None:
        return show_day(leaves)
    return f"on {show_day(leaves)}" if leaves <= asked.on + timedelta(weeks=weeks) else None


def _away(_rule: Rule, _case: CaseNeeds, worker: Candidate, _asked: Asked) -> str | None:
    if not worker.away:
        return None
    return f"until {show_day(worker.back)}" if worker.back else "until further notice"


def _manager_holds(_rule: Rule, _case: CaseNeeds, worker: Candidate, _asked: Asked) -> str | None:
    return None if worker.holds_cases else worker.grade_title or worker.grade


def _other_team(_rule: Rule, case: CaseNeeds, worker: Candidate, _asked: Asked) -> str | None:
    return None if worker.team == case.team else worker.team


def _travel(_rule: Rule, case: CaseNeeds, worker: Candidate, _asked: Asked) -> str | None:
    known = bool(case.area and worker.areas)
    return case.area if known and not near(case, worker) else None


def _span(rule: Rule, _case: CaseNeeds, worker: Candidate, _asked: Asked) -> str | None:
    supervises, agreed = worker.span
    most = agreed if agreed is not None else rule.get("most")
    return None if most is None or supervises <= most else f"{supervises}, agreed {most}"


_CHECKS: Mapping[str, Callable[[Rule, CaseNeeds, Candidate, Asked], str | None]] = {
    "grades": _grades,
    "registered_only": _registered_only,
    "only_jointly": _only_jointly,
    "warrant": _warrant,
    "most_cases": _most_cases,
    "new_cases": _new_cases,
    "over_percent": _over_percent,
    "conflict": _conflict,
    "needs": _needs,
    "siblings_together": _siblings_together,
    "leaving": _leaving,
    "away": _away,
    "manager_holds": _manager_holds,
    "other_team": _other_team,
    "travel": _travel,
    "span": _span,
}
# Kinds whose answer hangs on how much a worker carries, or on where other cases go: a plan weighs these itself.
OF_LOAD = frozenset({"most_cases", "new_cases", "over_percent", "siblings_together"})


Reasons = Mapping[str, tuple[str, ...]]


def findings(
    rules: Iterable[Rule], case: CaseNeeds, worker: Candidate, asked: Asked, reasons: Reasons | None = None
) -> tuple[Finding, ...]:
    """Return what the rules (those ``about`` the case) say against a worker, what rules them out first.

    ``reasons`` is what makes each rule be about the case, where that was worked out for many workers at once.
    """
    holds = asked.role == Role.ALLOCATED and case.holder == worker.staff_id
    found = [Finding(HOLDS, _HOLDING, True, title=_HOLDING)] if holds else []
    found += _ahead(worker, asked)
    for rule in rules:
        check = _CHECKS.get(rule["kind"])
        if check is None or not binds(rule, worker):
            continue
        detail = check(rule, case, worker, asked)
        if detail is not None:
            found.append(_finding(rule, detail, because(rule, case) if reasons is None else reasons[rule["id"]]))
    return tuple(sorted(found, key=lambda finding: not finding.hard))


def _finding(rule: Rule, detail: str, reasons: tuple[str, ...]) -> Finding:
    title = str(rule["title"])
    words = f"{title} ({detail})" if detail else title
    return Finding(rule["id"], words, bool(rule.get("hard")), rule.get("approver", ""), title, reasons)


def _ahead(worker: Candidate, asked: Asked) -> Iterator[Finding]:
    """Yield what is not so on the day asked about, but soon: what no policy has to say."""
    if worker.started is not None and worker.started > asked.on:
        yield Finding(NOT_YET, f"{_STARTS} ({show_day(worker.started)})", True, title=_STARTS)
    if worker.away_from and not worker.away:
        yield Finding(AWAY_AHEAD, f"{_AWAY} (from {show_day(worker.away_from)})", title=_AWAY)
    for change in worker.changes:
        if change.caution:
            yield Finding(change.rule, change.words, title=change.title)


# what it adds ----------------------------------------------------------------------------------------------------


def adds(case: CaseNeeds, worker: Candidate, asked: Asked) -> int:
    """Return the points that taking the case adds: the role's share of it, less what its co-worker carries already."""
    roles = [one.role for one in case.beside if one.worker == worker.staff_id]
    carried = sum(_share(case.points, worker, role) for role in roles)
    whole = _share(case.points, worker, asked.role)
    if asked.together:
        whole += sum(_share(s.points, worker, asked.role) for s in case.siblings if s.holder != worker.staff_id)
    return whole - carried if asked.role == Role.ALLOCATED else whole


def _share(points: int, worker: Candidate, role: str) -> int:
    return capacity.share(points, worker.shares.get(role, 100))


def after(case: CaseNeeds, worker: Candidate, asked: Asked) -> int | None:
    """Utilisation with the case; None where the worker's team counts in the points of another scheme."""
    if case.scheme != worker.scheme:
        return None
    return capacity.utilisation(worker.points + adds(case, worker, asked), worker.capacity)


def near(case: CaseNeeds, worker: Candidate) -> bool:
    """Whether the worker covers the case's area."""
    return bool(case.area) and _plain([case.area]) <= _plain(worker.areas)


def red_line(bands: Bands) -> int | None:
    """Return where the last band of a scheme begins, in tenths of a percent."""
    return max((upto for upto, _ in bands if upto is not None), default=None)


def _percent(tenths: int) -> str:
    return f"{tenths / 10:g} %"
