"""The policies as a plan needs them: for every case and worker at once, with cases and people that are only to come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

from domain.allocation.eligibility import OF_LOAD, Asked, Candidate, CaseNeeds, about, findings
from domain.allocation.whole_team import eligible
from domain.core.dates import show_day
from domain.planning.scenarios import Scenario
from storage.allocation.candidates import needs, rules, workers
from storage.database.connection import Connection
from storage.planning.load import OpenCase
from storage.rules.kept_packs import Packs

TOGETHER, HEADS, NEW = "siblings_together", "most_cases", "new_cases"
PRICE = "change_of_worker"
MANY = 10**6
# Soft rules that a plan keeps to while anybody else may take the case; the others only break ties.
KEPT_TO = frozenset({"leaving", "conflict", "grades", "registered_only", "only_jointly", "warrant", "manager_holds"})


class Limit(NamedTuple):
    """A limit on the cases somebody holds (or, ``new``, newly takes), and the rule that sets it, in words."""

    words: str
    most: int
    new: bool
    hard: bool


class Policies:
    """What the policies in force say about the cases and people of a plan on its day."""

    def __init__(
        self, conn: Connection, packs: Packs, scenario: Scenario, cases: Mapping[str, OpenCase], days: tuple[date, date]
    ) -> None:
        day = days[1]
        self._rules, self._day = rules(packs), day
        self._needs = {**needs(conn, cases, day), **_to_come(scenario, cases)}
        self._people = {one.staff_id: one for one in _people(conn, packs, scenario, days)}
        self.limits_heads = any(rule["kind"] in (HEADS, NEW) for rule in self._rules)
        people = list(self._people.values())
        soft = [{**rule, "hard": True} for rule in self._rules if not rule.get("hard") and rule["kind"] in KEPT_TO]
        self._against = eligible(self._rules, self._needs.values(), people, day)
        self._avoided = eligible(soft, self._needs.values(), people, day)

    def hard(self, case: str, worker: str) -> tuple[str, ...]:
        """Return the words of the hard rules against a worker holding a case."""
        return tuple(finding.words for finding in self._against[case].get(worker, ()))

    def avoided(self, case: str, worker: str) -> tuple[str, ...]:
        """Return the words of the soft rules for which a plan rather gives a case to somebody else."""
        found = tuple(finding.words for finding in self._avoided[case].get(worker, ()))
        day = self._people[worker].nothing_from
        return (f"Can carry nothing from {show_day(day)}",) if day and not found else found

    def cautions(self, case: str, worker: str) -> tuple[str, ...]:
        """Return the words of the soft rules against it; those about load are what the plan itself is about."""
        found = self._needs[case]._replace(holder=None)
        soft = [rule for rule in about(self._rules, found) if not rule.get("hard") and rule["kind"] not in OF_LOAD]
        return tuple(finding.words for finding in findings(soft, found, self._people[worker], Asked(self._day)))

    def wished(self, case: str, worker: str) -> bool:
        """Whether somebody brings everything that a case would rather have."""
        prefers = {wish.casefold() for wish in self._needs[case].prefers}
        return bool(prefers) and prefers <= {has.casefold() for has in self._people[worker].specialisms}

    def together(self, cases: Iterable[str]) -> str:
        """Return the title of the hard rule that keeps these siblings with one worker; empty when there is none."""
        for case in cases:
            for rule in about(self._rules, self._needs[case]):
                if rule["kind"] == TOGETHER and rule.get("hard"):
                    return str(rule["title"])
        return ""

    @property
    def price(self) -> int:
        """What a change of worker for balance alone must save of a plan's cost, in points weighed by their band."""
        return max((int(rule["saves"]) for rule in self._rules if rule["kind"] == PRICE), default=0)

    def limits(self, case: str, worker: str) -> list[Limit]:
        """Return the limits that rules set on how many cases somebody holds, or newly takes, who takes this one."""
        person, needs = self._people[worker], self._needs[case]._replace(holder=None)
        full = person._replace(cases=MANY, new_cases=MANY)
        found: list[Limit] = []
        for rule in about(self._rules, self._needs[case]):
            if rule["kind"] in (HEADS, NEW) and findings([rule], needs, full, Asked(self._day)):
                found += _limit(rule, person)
        return found


def _limit(rule: Mapping[str, Any], person: Candidate) -> Iterable[Limit]:
    hard = bool(rule.get("hard"))
    if rule["kind"] == HEADS:
        most = int(rule.get("most") or person.scheme_most or MANY)
        yield Limit(f"{rule['title']} (at most {most})", most, new=False, hard=hard)
    elif allowed := person.cases // int(rule["one_per"]):  # nothing is said while a caseload is only being built up
        yield Limit(f"{rule['title']} (at most {allowed} now)", max(allowed - person.new_cases, 0), new=True, hard=hard)


def _to_come(scenario: Scenario, cases: Mapping[str, OpenCase]) -> dict[str, CaseNeeds]:
    """Return the cases to come as the policies see them."""
    return {
        new.id: CaseNeeds(
            reference=new.id,
            team=scenario.team,
            pathways=(new.pathway.value,),
            points=cases[new.id].points,
            area=new.area,
            must_have=new.must_have,
        )
        for new in scenario.arrivals
    }


def _people(conn: Connection, packs: Packs, scenario: Scenario, days: tuple[date, date]) -> Iterable[Candidate]:
    """Yield the workers of the teams, taken as one team, and those who are to join."""
    for team in scenario.teams:
        today, day = days
        found = workers(conn, packs, day, team, today=today, within=scenario.teams)
        yield from (one._replace(team=scenario.team) for one in found)
    for starter in scenario.starters:
        said = packs.get("grade", starter.grade)
        yield Candidate(
            staff_id=starter.id,
            name=starter.id,
            team=scenario.team,
            grade=starter.grade,
            grade_title=packs.title("grade", starter.grade),
            registered=bool(said.get("registered")),
            newly_qualified=bool(said.get("newly_qualified")),
            holds_cases=said.get("capacity_percent", 100) > 0,
        )
