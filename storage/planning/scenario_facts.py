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
from storage.load.day_loads import DayLoad, day_loads
from storage.load.history.weeks_ahead import Ahead, ahead
from storage.load.posts import Post, Posts, bands, capacity_of, joining, stable_points, staff_ids
from storage.load.worker_load import WorkerLine, team_board
from storage.planning.items import Pool, items_of
from storage.planning.load import OpenCase, held_by, named_cases, open_cases, other_roles
from storage.planning.people import DayLine, Person
from storage.planning.policy import Policies
from storage.rules.kept_packs import Packs

if TYPE_CHECKING:
    from storage.database.connection import Connection
    from storage.records.database import Database

WHOLE = 100


class Ground(NamedTuple):
    """Everything a plan stands on, worked out once and solved as often as wanted.

    ``full_time`` is the load of a full-time worker, ``edges`` the scheme's bands, ``shares`` what a role carries of a
    case, in percent. ``boards`` hold everybody as recorded for each day on which something changes.
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
    shares: Mapping[str, int]
    boards: Mapping[date, Mapping[str, DayLine]]

    @property
    def takers(self) -> frozenset[str]:
        """Who may give or take cases, and is still there afterwards."""
        return frozenset(one.id for one in self.people.values() if takes_part(one))

    @property
    def pinned(self) -> frozenset[tuple[str, str]]:
        """The cases that are pinned, each with whom to."""
        return frozenset((pair.case, pair.worker) for pair in self.scenario.pins)

    def carrying(self, case: str, role: Role) -> int:
        """Return the points that a role on a case adds to a load, in hundredths."""
        return capacity.share(self.cases[case].counted, self.shares.get(role.value, WHOLE))

    def covering(self, case: str) -> int:
        """Return the points that covering a case adds to a load, in hundredths."""
        return self.carrying(case, Role.COVER)

    def problem(self, most_moves: int | None, *, more_forbids: frozenset[tuple[str, str]] = frozenset()) -> Problem:
        """Return the engine's problem, with at most so many further moves."""
        pins, forbids = self.scenario.pins, self.scenario.forbids
        return Problem(
            tuple(Carrier(one.id, one.room, one.fixed) for one in self.people.values() if takes_part(one)),
            self.pool.items,
            most_moves=most_moves,
            pins={pair.case: pair.worker for pair in pins if not self._comes_back(pair.case)},
            forbids=frozenset((pair.case, pair.worker) for pair in forbids if self._there(pair.worker)) | more_forbids,
        )

    def _comes_back(self, case: str) -> bool:
        """Whether a case's worker is only away for a time: a wish about it then says who covers it."""
        item = self.pool.item_of(case)
        absence = self.scenario.absence(item.holder or "") if item else None
        return absence is not None and absence.back is not None and absence.back <= self.day

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
            self._shares(scenario.team),
            self._boards(people, cases),
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
        self._note_who_moves()
        for team in self.scenario.teams:
            board = team_board(self.conn, team, self.day, packs=self.packs, today=self.today)
            who, teams = [line.staff_id for line in board], self.scenario.teams
            booked = ahead(self.conn, who, self.day, self.today, self.packs, teams)
            joined = joining(self.conn, who, teams, self.today, self.day)
            for line in board:
                person = self._person(line, booked[line.staff_id], cases)
                found[line.staff_id] = person.there_from(joined.get(line.staff_id))
        for field, workers in (
            ("leavers", [one.worker for one in self.scenario.leavers]),
            ("absences", [one.worker for one in self.scenario.absences]),
        ):
            for worker in workers:
                if worker not in found:
                    raise BadInput(f"{worker} does not work in {self.scenario.team} on that day.", field=field)
        found |= {starter.id: self._starter(starter) for starter in self.scenario.starters}
        return found

    def _note_who_moves(self) -> None:
        """Say who is in another team by the day of the plan, and takes the cases held along."""
        teams = self.scenario.teams
        who = [one for team in teams for one in staff_ids(self.conn, team, self.today)]
        posts = Posts(self.conn, who)
        moved = {one: post.team for one in who if (post := posts.of(one)(self.day)).team not in teams}
        for worker, cases in held_by(self.conn, moved, self.day).items():
            there = f"{worker} is in {moved[worker]} by then"
            self.notes.append(f"{there}; the cases held ({cases}) are not in this plan.")

    def _person(self, line: WorkerLine, booked: Ahead, cases: Mapping[str, OpenCase]) -> Person:
        held = [one for one in cases.values() if one.holder == line.staff_id]
        share = self._shares(line.team)[Role.ALLOCATED]
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
            left=line.leaves if line.leaves is not None and line.leaves < self.today else None,
        )

    def _gone(self, line: WorkerLine) -> date | None:
        said = self.scenario.gone(line.staff_id, self.today)
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

    def _shares(self, team: str) -> dict[str, int]:
        """Return what each role carries of a case, in percent."""
        shares = self.packs.get("scheme", self.teams[team][0]).get("shares", {})
        return {role.value: int(shares.get(role.value, WHOLE)) for role in Role}

    def _starter(self, starter: Starter) -> Person:
        """Return somebody who joins, with what they can carry on the day of the plan."""
        can, fixed = self._starts_with(starter, self.day)
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

    def _starts_with(self, starter: Starter, day: date) -> tuple[int | None, int]:
        """Return what a starter can carry on a day, and the part of the post that is always carried."""
        team = self.scenario.team
        post = Post(team, starter.grade, starter.fte, None, self.teams[team][0], self._full_time(team), None)
        return capacity_of(self.packs, post, self._ramped(starter, day)).today, stable_points(self.packs, post)

    def _ramped(self, starter: Starter, day: date) -> list[capacity.Loss]:
        if starter.ramp is None:
            return []

        ramp = self.database.packs().ramp(starter.ramp)
        return [
            capacity.Loss(step.percent, ramp.title, ramp.reason, ramp=True)
            for step in dated(ramp, starter.on)
            if step.starts <= day and (step.ends is None or day <= step.ends)
        ]

    # from change to change ---------------------------------------------------------------------------------------

    def _boards(self, people: Mapping[str, Person], cases: Mapping[str, OpenCase]) -> dict[date, dict[str, DayLine]]:
        """Return everybody as recorded for today and for each day on which something changes."""
        scenario = self.scenario
        days = {self.today, self.day, *scenario.days, *(one.back for one in scenario.absences if one.back)}
        days |= {day for one in people.values() for day in (one.begins, one.gone) if day}
        days |= {one.free_from for one in cases.values() if one.free_from}
        wanted = [day for day in sorted(days) if self.today <= day <= self.day]
        loads = day_loads(self.conn, list(people), wanted, self.today, self.packs)
        found: dict[date, dict[str, DayLine]] = {day: {} for day in wanted}
        for worker, lines in loads.items():
            for line in lines:
                if line.team in scenario.teams:
                    found[line.day][worker] = self._day_line(line, people[worker])
        for starter in scenario.starters:
            for day in (day for day in wanted if starter.on <= day):
                can, fixed = self._starts_with(starter, day)
                found[day][starter.id] = DayLine(0, fixed, can, True)
        return found

    def _day_line(self, line: DayLoad, person: Person) -> DayLine:
        gone = (person.gone is not None and person.gone <= line.day) or self.scenario.away(person.id, line.day)
        begun = person.begins is None or person.begins <= line.day
        there = line.here and begun and not gone and not line.off
        return DayLine(line.cases, line.points, line.capacity, there)

    # what moves --------------------------------------------------------------------------------------------------

    def _pool(self, people: Mapping[str, Person], cases: Mapping[str, OpenCase]) -> Pool:
        days = (self.today, self.day)
        policies = Policies(self.conn, self.packs, self.scenario, cases, days)
        return items_of(self.conn, self.scenario, people, cases, policies, self._shares(self.scenario.team), days)

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
