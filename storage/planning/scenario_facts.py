"""A scenario put to the database: who is there on that day with how much room, which cases move, who may hold them.

What a plan may move are the cases whose allocated worker belongs to the team, and those nobody holds. Everything else
a worker carries (other roles, extra responsibilities, what is stable in every post) stays where it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.core.dates import show_day
from domain.core.enums import Role
from domain.core.errors import BadInput
from domain.load import capacity
from domain.load.reductions import dated
from domain.load.weighting import default_answers, score
from domain.planning.rebalance import Carrier, Problem, problems
from domain.planning.scenarios import Arrival, Known, Scenario, Starter, check
from storage.load.day_loads import Ahead, ahead
from storage.load.posts import Post, bands, capacity_of, stable_points
from storage.load.worker_load import WorkerLine, team_board
from storage.planning.items import Pool, items_of
from storage.planning.load import OpenCase, named_cases, open_cases, other_roles
from storage.planning.people import Person
from storage.planning.policy import Policies
from storage.rules.kept_packs import Packs

if TYPE_CHECKING:
    from storage.database.connection import Connection
    from storage.records.database import Database

WHOLE = 100


class Ground(NamedTuple):
    """Everything a plan stands on, worked out once and solved as often as wanted.

    ``full_time`` is the load of a full-time worker, ``edges`` the scheme's bands, ``share`` what an allocated worker
    carries of a case, in percent.
    """

    scenario: Scenario
    today: date
    day: date
    people: Mapping[str, Person]
    cases: Mapping[str, OpenCase]
    pool: Pool
    notes: tuple[str, ...]
    scheme: str
    scheme_version: str
    full_time: int | None
    edges: capacity.Bands
    share: int

    def problem(self, most_moves: int | None, *, more_forbids: frozenset[tuple[str, str]] = frozenset()) -> Problem:
        """Return the engine's problem, with at most so many further moves."""
        pins, forbids = self.scenario.pins, self.scenario.forbids
        return Problem(
            tuple(Carrier(one.id, one.room, one.fixed) for one in self.people.values() if takes_part(one)),
            self.pool.items,
            most_moves=most_moves,
            pins={pair.case: pair.worker for pair in pins},
            forbids=frozenset((pair.case, pair.worker) for pair in forbids if self._there(pair.worker)) | more_forbids,
        )

    def _there(self, worker: str) -> bool:
        return worker in self.people and takes_part(self.people[worker])


def takes_part(person: Person) -> bool:
    """Whether somebody may give or take cases in the plan and is still there afterwards."""
    return not person.gone and not person.stays_out


def known(database: Database) -> Known:
    """Return what there is to plan with."""
    conn = database.reader()
    packs = Packs(conn)

    def keys(query: str) -> frozenset[str]:
        return frozenset(conn.values(query))

    return Known(
        keys("SELECT name FROM team"),
        keys("SELECT staff_id FROM worker"),
        keys("SELECT reference FROM cases WHERE closed IS NULL"),
        frozenset(packs.all("grade")),
        frozenset(packs.all("ramp")),
    )


def ground(database: Database, scenario: Scenario, today: date) -> Ground:
    """Put a scenario to the database; raises BadInput, naming what cannot be meant, before anything is solved."""
    check(scenario, known(database), today)
    return _Builder(database, scenario, today).ground()


_STAY = "the cases held stay. To have them covered, plan the absence."


def _no_more(day: date) -> str:
    return f"can carry nothing from {show_day(day)}"


class _Team(NamedTuple):
    name: str
    scheme: str
    full_time_points: int | None


class _Builder:
    """A ground being put together."""

    def __init__(self, database: Database, scenario: Scenario, today: date) -> None:
        self.database, self.scenario, self.today = database, scenario, today
        self.conn: Connection = database.reader()
        self.packs = Packs(self.conn)
        self.day = scenario.day(today)
        self.notes: list[str] = []
        rows = self.conn.all(_Team, "SELECT name, scheme, full_time_points FROM team_on(:day) t", day=self.day)
        self.teams = {one.name: (one.scheme, one.full_time_points) for one in rows}

    def ground(self) -> Ground:
        """Read, and put it together."""
        scenario = self.scenario
        scheme_id = self._one_scheme()
        scheme = self.packs.get("scheme", scheme_id)
        cases = self._cases(scheme_id)
        people = self._people(cases)
        pool = self._pool(people, cases)
        found = Ground(
            scenario,
            self.today,
            self.day,
            people,
            cases,
            pool,
            tuple(self.notes),
            scheme_id,
            str(scheme.get("version", "")),
            self._full_time(scenario.team),
            bands(scheme),
            self._share(scenario.team),
        )
        self._refuse_what_cannot_be(found)
        return found

    def _one_scheme(self) -> str:
        schemes = {team: self.teams[team][0] for team in self.scenario.teams}
        if len(set(schemes.values())) > 1:
            listed = ", ".join(f"{team}: {scheme}" for team, scheme in schemes.items())
            raise BadInput(
                f"The teams weigh by different schemes ({listed}), so their points cannot be compared.",
                field="merges",
                hint="Let them weigh by one scheme first.",
            )
        return schemes[self.scenario.team]

    def _full_time(self, team: str) -> int | None:
        scheme, own = self.teams[team]
        found = own if own is not None else self.packs.get("scheme", scheme).get("full_time_points")
        return None if found is None else int(found)

    # cases -------------------------------------------------------------------------------------------------------

    def _cases(self, scheme: str) -> dict[str, OpenCase]:
        """Return the cases of the plan: the teams', those handed over to them, and those to come."""
        scenario = self.scenario
        found = {one.case: one for one in open_cases(self.conn, scenario.teams, self.today, self.day)}
        for case in scenario.outgoing:
            if case not in found:
                raise BadInput(f"{case} is not with {scenario.team}, so it cannot be handed over.", field="outgoing")
        for one in named_cases(self.conn, scenario.incoming, self.today, self.day):
            if one.case in found:
                raise BadInput(f"{one.case} is with {scenario.team} already.", field="incoming")
            found[one.case] = one
        for arrival in scenario.arrivals:
            found[arrival.id] = self._arrival(arrival, scheme)
        return found

    def _arrival(self, arrival: Arrival, scheme: str) -> OpenCase:
        points = arrival.points if arrival.points is not None else self._weighed(arrival, scheme)
        pathways = (arrival.pathway.value,)
        team = self.scenario.team
        return OpenCase(arrival.id, team, None, points, 0, pathways, arrival.siblings, arrival.area, False)

    def _weighed(self, arrival: Arrival, scheme_id: str) -> int:
        """Return the points of a case to come: the answers given, the scheme's usual ones for the rest."""
        scheme = self.database.packs().scheme(scheme_id)
        answers: dict[str, Any] = {**default_answers(scheme, [arrival.pathway]), **arrival.answers}
        try:
            return score(scheme, answers).points
        except BadInput as fault:
            raise BadInput(f"{arrival.id}: {fault.message}", field="arrivals", hint=fault.hint) from None

    # people ------------------------------------------------------------------------------------------------------

    def _people(self, cases: Mapping[str, OpenCase]) -> dict[str, Person]:
        found = {}
        for team in self.scenario.teams:
            board = team_board(self.conn, team, self.day, packs=self.packs, today=self.today)
            booked = ahead(self.conn, [line.staff_id for line in board], self.day, self.today, self.packs)
            for line in board:
                found[line.staff_id] = self._person(line, booked[line.staff_id], cases)
        for field, workers in (
            ("leavers", [one.worker for one in self.scenario.leavers]),
            ("absences", [one.worker for one in self.scenario.absences]),
        ):
            for worker in workers:
                if worker not in found:
                    raise BadInput(f"{worker} does not work in {self.scenario.team} on that day.", field=field)
        found |= {starter.id: self._starter(starter) for starter in self.scenario.starters}
        return found

    def _person(self, line: WorkerLine, booked: Ahead, cases: Mapping[str, OpenCase]) -> Person:
        held = [one for one in cases.values() if one.holder == line.staff_id]
        share = self._share(line.team)
        mine = sum(capacity.share(one.points, share) for one in held)
        fixed = max(booked.fullest.points - sum(capacity.share(one.counted, share) for one in held), 0)
        room = booked.fullest.capacity  # on the fullest day that is booked from then on
        gone = self._gone(line)
        out = "" if gone else self._why_out(line, booked, bool(held))
        if gone and (others := other_roles(self.conn, line.staff_id, self.day)):
            listed = ", ".join(f"{case} ({role.replace('_', ' ')})" for case, role in others.items())
            self.notes.append(f"{line.staff_id} also stands on {listed}: name somebody else for those.")
        return Person(
            line.staff_id,
            line.name,
            line.grade_title,
            line.team,
            line.cases,
            fixed + mine,
            room,
            0 if gone else room or 0,
            0 if gone else fixed,
            gone,
            begins=line.started,
            stays_out=out,
        )

    def _gone(self, line: WorkerLine) -> date | None:
        said = self.scenario.gone(line.staff_id)
        leaves = line.leaves if line.leaves is not None and line.leaves <= self.day else None
        days = [max(day, self.today) for day in (said, leaves) if day is not None]
        return min(days, default=None)

    def _why_out(self, line: WorkerLine, booked: Ahead, holds: bool) -> str:
        """Return why somebody takes no part in the plan; what they hold then stays with them, and that is said."""
        if line.capacity is None:
            return "no full-time load is set"
        if line.capacity > 0 and booked.nothing_from is None:
            return ""
        if booked.nothing_from is not None:
            if holds:
                self.notes.append(f"{line.staff_id} {_no_more(booked.nothing_from)}; {_STAY}")
            return _no_more(booked.nothing_from)
        if not line.here:
            return f"starts on {show_day(line.started)}" if line.started else "does not work here on that day"
        why = "is away on that day" if line.away else "carries no cases by grade or reductions on that day"
        if holds:
            self.notes.append(f"{line.staff_id} {why}; {_STAY}")
        return why

    def _share(self, team: str) -> int:
        shares = self.packs.get("scheme", self.teams[team][0]).get("shares", {})
        return int(shares.get(Role.ALLOCATED.value, WHOLE))

    def _starter(self, starter: Starter) -> Person:
        """Return somebody who joins, with what they can carry on the day of the plan."""
        losses = self._ramped(starter)
        team = self.scenario.team
        post = Post(team, starter.grade, starter.fte, None, self.teams[team][0], self._full_time(team), None)
        can, fixed = capacity_of(self.packs, post, losses).today, stable_points(self.packs, post)
        out = "" if can else "carries no cases by grade or ramp on that day"
        title = self.packs.title("grade", starter.grade)
        return Person(
            starter.id,
            f"New: {title}",
            title,
            self.scenario.team,
            0,
            0,
            None,
            can or 0,
            fixed,
            starts=starter.on,
            stays_out=out,
        )

    def _ramped(self, starter: Starter) -> list[capacity.Loss]:
        if starter.ramp is None:
            return []

        ramp = self.database.packs().ramp(starter.ramp)
        return [
            capacity.Loss(step.percent, ramp.title, ramp.reason, ramp=True)
            for step in dated(ramp, starter.on)
            if step.starts <= self.day and (step.ends is None or self.day <= step.ends)
        ]

    # what moves --------------------------------------------------------------------------------------------------

    def _pool(self, people: Mapping[str, Person], cases: Mapping[str, OpenCase]) -> Pool:
        days = (self.today, self.day)
        policies = Policies(self.conn, self.packs, self.scenario, cases, days)
        share = self._share(self.scenario.team)
        return items_of(self.conn, self.scenario, people, cases, policies, share, days)

    def _refuse_what_cannot_be(self, found: Ground) -> None:
        """Refuse, naming it, what nobody could carry out; contradictions among pins are the engine's to find."""
        if any(one.capacity is None and not one.starts for one in found.people.values()):
            raise BadInput(
                f"Nobody has said what a full-time worker of {self.scenario.team} can carry.",
                field="team",
                hint="Nothing can be shared out without: set full_time_points on the team, or in its scheme.",
            )
        if found.pool.items and not any(takes_part(one) for one in found.people.values()):
            raise BadInput(
                f"Nobody would be left in {self.scenario.team} who can take a case: every capacity is 0 on that day.",
                field="team",
                hint="Add a starter, merge with a team, or plan for another day.",
            )
        for pair in found.scenario.pins:
            self._refuse_pin(found, pair.case, pair.worker)
        for fault in problems(found.problem(None)):
            if fault.stops:
                raise BadInput(fault.words, field="pins", hint="Nothing was planned.")

    def _refuse_pin(self, found: Ground, case: str, worker: str) -> None:
        item = found.pool.item_of(case)
        if item is None:
            raise BadInput(f"{case} is not part of this plan: {found.scenario.team} does not move it.", field="pins")
        person = found.people.get(worker)
        if person is None or not takes_part(person):
            why = person.stays_out if person is not None and person.stays_out else "is not in the plan"
            raise BadInput(f"{case} is pinned to {worker}, who {why}.", field="pins")
        if worker not in item.eligible:
            reasons = "; ".join(found.pool.ruled_out.get((item.id, worker), ("no rule lets them",)))
            raise BadInput(f"{case} is pinned to {worker}, who may not hold it: {reasons}.", field="pins")
