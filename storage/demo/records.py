"""One team's records, as plain sets of fields in the order they must be kept in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count, zip_longest
from random import Random

from storage.demo import learners as growth
from storage.demo import rows
from storage.demo.case_lives import Life, looked_after
from storage.demo.case_story import Every, Story, office_day
from storage.demo.names import Family
from storage.demo.people import LEADER, WAITED, Mix, Person, Plan
from storage.demo.rows import AREAS, MISSED, Row
from storage.demo.supervision import KINDS as SUPERVISION
from storage.demo.supervision import TOLD_IN_FULL, Numbers, Pair, Talks

MONTH = Every(months=1)
YEARS_TOLD = 720
_TIMES = ("10:00", "14:00", "08:00", "12:00", "16:00")  # of a planned session, the usual one first
_SIX_WEEKS, _HALF_A_YEAR = 42, 182  # days: the phases of a newly qualified worker's supervision
_AGREED = 0.8  # how many weighings worker and supervisor have agreed
_ASKED = ("complexity", "risk", "travel")


@dataclass(slots=True)
class Batch:
    """What one team adds, kind by kind."""

    rows: dict[str, list[Row]] = field(
        default_factory=lambda: {
            kind: []
            for kind in (
                "team",
                "worker",
                "worker-period",
                "reduction",
                "extra",
                "case",
                "unplanned",
                "conflict",
                "event",
                "allocation",
                "weighting",
                "session",
                *SUPERVISION,
                *growth.KINDS,
            )
        }
    )

    def add(self, kind: str, row: Row) -> None:
        """Add one record."""
        self.rows[kind].append(row)

    def __iter__(self) -> Iterator[tuple[str, list[Row]]]:
        return iter(self.rows.items())


class Maker:
    """Turns plans into records; references and staff ids run on from team to team."""

    def __init__(self, seed: int, today: date) -> None:
        self.seed = seed
        self.today = today
        self._staff = count(101)
        self._cases = count(1001)
        self._groups = count(1)
        self._numbers = Numbers()
        self._booked: set[tuple[str, date, str]] = set()
        self.leader = ""

    def leadership(self) -> Batch:
        """Return the senior managers' team, in which the managers' own supervisor works."""
        batch = Batch()
        batch.add("team", rows.team("Senior managers", "Management", None))
        self.leader = self._worker(batch, LEADER, "Senior managers", None, None)
        return batch

    def team(self, plan: Plan) -> Batch:
        """Return one team with all that happened in it."""
        batch, rng = Batch(), Random(f"{self.seed}/{plan.name}")  # noqa: S311
        batch.add("team", rows.team(plan.name, plan.service, plan.full_time_points * 100))
        manager = self._worker(batch, plan.manager, plan.name, self.leader, self.leader)
        self._supervise(batch, rng, plan.manager, manager, self.leader)
        ids = [self._worker(batch, person, plan.name, manager, manager) for person in plan.people]
        staff = list(zip(ids, plan.people, strict=True))
        before = next(((staff_id, "LEFTRL") for staff_id, p in staff if (p.leaves or 1) < 0), (ids[0], "MANAGE"))
        for staff_id, person in staff:
            self._supervise(batch, rng, person, staff_id, manager)
            self._caseload(batch, rng, plan, person, staff_id, before)
        self._ended(batch, rng, plan, staff)
        self._waiting(batch, rng, plan, ids[0])
        self._talks(batch, plan, manager, ids)
        return batch

    def learners(self, first: Batch) -> Batch:
        """Return who learns in the first team and how far they are; last of all, so that no number of others moves."""
        batch, workers = Batch(), first.rows["worker"]
        manager = workers[0]["staff_id"]
        staff = {row["name"].split(",")[0]: row["staff_id"] for row in workers}
        for person in growth.LEARNERS:
            staff[person.name.split(",")[0]] = self._worker(batch, person, workers[0]["team"], manager, manager)
        growth.tell(batch.rows, first.rows["allocation"], staff, self.today)
        return batch

    def _talks(self, batch: Batch, plan: Plan, manager: str, ids: list[str]) -> None:
        """Tell what was said in supervision; in the first team also what should not be left to wait."""
        rng = Random(f"{self.seed}/{plan.name}/supervision")  # noqa: S311
        pairs = [
            self._pair(person, staff_id, plan.manager.name, manager)
            for staff_id, person in zip(ids, plan.people, strict=True)
            if person.supervised is not None
        ]
        talks = Talks(batch.rows, rng, self._numbers, self.today, plan.told)
        talks.tell([self._pair(plan.manager, manager, LEADER.name, self.leader), *pairs])
        if plan.told >= TOLD_IN_FULL:
            talks.stale(pairs[0])
            talks.park(pairs[1])

    def _pair(self, person: Person, worker: str, supervisor_name: str, supervisor: str) -> Pair:
        since = _back(self.today, person.started)
        leaves = None if person.leaves is None else self.today + timedelta(days=person.leaves)
        return Pair(worker, person.name, supervisor, supervisor_name, person.grade, person.fte, since, leaves)

    # people

    def _worker(self, batch: Batch, person: Person, team: str, manager: str | None, supervisor: str | None) -> str:
        staff_id = f"W{next(self._staff)}"
        ends = None if person.leaves is None else self.today + timedelta(days=person.leaves)
        batch.add(
            "worker",
            {
                "staff_id": staff_id, "name": person.name, "team": team, "grade": person.grade, "role": person.role,
                **person.contract, "started": _back(self.today, person.started), "leaves": ends,
                "line_manager": manager, "supervisor": supervisor, "registration": rows.registration(person, staff_id),
                "specialisms": person.brings, "areas": rows.areas_covered(staff_id),
                "supervises_most": rows.most_supervised(person.grade), "agency": person.agency,
                "email": f"{staff_id.lower()}@example.org",
            },
        )  # fmt: skip
        if person.later is not None:
            batch.add("worker-period", person.booked(staff_id, self.today))
        since = self.today - timedelta(days=60)
        for percent, kind, reason in person.reductions:
            batch.add("reduction", rows.reduction(staff_id, percent, kind, reason, since))
        for points, title in person.extras:
            batch.add("extra", rows.lasting({"worker": staff_id, "title": title, "points": points * 100}, since))
        for days, hours, what in person.unplanned:
            on = office_day(self.today - timedelta(days=days))
            row = {"worker": staff_id, "on": on, "hours": round(hours * 100), "what": what, "case": None}
            batch.add("unplanned", row)
        return staff_id

    def _supervise(self, batch: Batch, rng: Random, person: Person, worker: str, supervisor: str) -> None:
        if person.supervised is None:
            return
        last = _near_workday(self.today - timedelta(days=person.supervised), self.today)
        if person.supervision_late is not None:
            last = MONTH.after(self.today - timedelta(days=person.supervision_late), -1)
        told = min(person.started or YEARS_TOLD, YEARS_TOLD)
        begun = max(self.today - timedelta(days=told), last - timedelta(days=YEARS_TOLD))
        new_since = begun if person.grade == "asye" else None
        for on in reversed(list(_sessions_back(rng, last, begun, new_since))):
            if rng.random() < 0.05 and on != last:
                batch.add("session", rows.session(worker, supervisor, on, "missed", rng.choice(list(MISSED))))
                on = office_day(on + timedelta(days=4))
            if on <= last:
                batch.add("session", rows.session(worker, supervisor, on, "held"))
        if person.next_session is not None:
            self._book(batch, worker, supervisor, self.today + timedelta(days=person.next_session))

    def _book(self, batch: Batch, worker: str, supervisor: str, day: date) -> None:
        """Plan a session for the first time from that day on at which neither of them has another."""
        days = (_workday_ahead(day + timedelta(days=n)) for n in count())
        free = ((on, at) for on in days for at in _TIMES if not self._booked & {(worker, on, at), (supervisor, on, at)})
        on, at = next(free)
        self._booked |= {(worker, on, at), (supervisor, on, at)}
        batch.add("session", {**rows.session(worker, supervisor, on, "planned"), "start": at})

    # cases

    def _caseload(
        self, batch: Batch, rng: Random, plan: Plan, person: Person, worker: str, before: tuple[str, str]
    ) -> None:
        wanted = _wanted(person)
        told = [
            self._open_case(batch, rng, plan, person.mix or plan.mix, families, lateness)
            for families, lateness in zip(_families(rng, person.cases, self._groups), wanted, strict=True)
        ]
        _settle(rng, [story for story, _ in told], person.load)
        joined = _back(self.today, person.started) or date.min
        for story, reference in told:
            self._weigh(batch, rng, story, reference, always=person.load is not None)
            _hold(batch, rng, story, reference, worker, joined, before)

    def _open_case(
        self,
        batch: Batch,
        rng: Random,
        plan: Plan,
        mix: Mix,
        family: tuple[Family, str],
        behind: Mapping[str, int],
    ) -> tuple[Story, str]:
        """Tell a case that is still open; one that came to its end is told again from a later start."""
        if plan.steady:
            story = self._steady(rng, plan, mix, ended=False)
            return story, self._case(batch, plan.name, story, *family)
        longest = YEARS_TOLD
        # Only children in care have the visits and reviews that somebody can be behind with.
        life = looked_after if behind else _one_of(rng, mix)
        while True:
            shortest = min(240 if behind else 3, longest)
            opened = self.today - timedelta(days=rng.randint(shortest, longest))
            story = self._tell(rng, life, opened, plan.slack, behind)
            if story.closed is None:
                return story, self._case(batch, plan.name, story, *family)
            longest = max(20, longest * 3 // 4)

    def _steady(self, rng: Random, plan: Plan, mix: Mix, *, ended: bool) -> Story:
        """Tell one of the cases that came evenly over the whole time: one that ended, or one that is still open.

        Some of the newest wait for somebody, and are told as those that wait.
        """
        newest = plan.came * (WAITED + 1) / YEARS_TOLD
        while True:
            life, days = _one_of(rng, mix), rng.randrange(YEARS_TOLD)
            if not ended and days <= WAITED and rng.random() * newest < len(plan.waiting):
                continue
            story = self._tell(rng, life, self.today - timedelta(days=days), 0.0 if ended else plan.slack, {})
            if (story.closed is not None) is ended:
                return story

    def _one_that_ended(self, rng: Random, plan: Plan) -> Story:
        if plan.steady:
            return self._steady(rng, plan, plan.mix, ended=True)
        while True:
            life, opened = _one_of(rng, plan.mix), self.today - timedelta(days=rng.randint(300, YEARS_TOLD))
            story = self._tell(rng, life, opened, 0.0, {})
            if story.closed is not None:
                return story

    def _ended(self, batch: Batch, rng: Random, plan: Plan, staff: list[tuple[str, Person]]) -> None:
        for _ in range(plan.ended):
            story = self._one_that_ended(rng, plan)
            reference = self._case(batch, plan.name, story, Family(rng), "")
            self._weigh(batch, rng, story, reference, always=False)
            days = (self.today - story.opened).days
            there = [i for i, p in staff if (p.started or 0) >= days and (p.leaves or 1) > 0] or [staff[0][0]]
            batch.add("allocation", rows.allocation(reference, rng.choice(there), story.opened, story.closed, None))

    def _waiting(self, batch: Batch, rng: Random, plan: Plan, first: str) -> None:
        for days, asked in zip_longest(plan.waiting, plan.asks, fillvalue=""):
            story = self._tell(rng, plan.mix[0][0], self.today - timedelta(days=int(days)), 1.0, {})
            case = self._case(batch, plan.name, story, Family(rng), "", must_have=(asked,) if asked else ())
            if asked:
                row = {"case": case, "worker": first, "why": "known_to_worker"}
                batch.add("conflict", rows.lasting(row, story.opened))

    def _tell(self, rng: Random, life: Life, opened: date, slack: float, behind: Mapping[str, int]) -> Story:
        story = Story(rng, self.today, slack, behind, opened=office_day(opened))
        life(story)
        return story

    def _case(
        self, batch: Batch, team: str, story: Story, family: Family, group: str, must_have: tuple[str, ...] = ()
    ) -> str:
        reference = f"C-{next(self._cases)}"
        batch.add(
            "case",
            {
                "reference": reference, "team": team, "pathways": story.pathways, "nation": "england",
                "opened": story.opened, "closed": story.closed, "close_reason": story.close_reason,
                "name": family.member(), "born": story.born, "expected_birth": None, "sibling_group": group,
                "factors": story.factors, "area": AREAS[int(reference[2:]) % 3], "must_have": must_have, "prefers": (),
                "threshold_met": story.opened,
            },
        )  # fmt: skip
        for kind, on, details in sorted(story.events, key=lambda event: event[1]):
            batch.add(
                "event", {"case": reference, "kind": kind, "on": on, "details": details, "note": "", "source": ""}
            )
        return reference

    def _weigh(self, batch: Batch, rng: Random, story: Story, reference: str, *, always: bool) -> None:
        if not always and rng.random() < 0.07:
            return
        on = min(story.opened + timedelta(days=rng.randint(1, 40)), story.closed or self.today, self.today)
        answers = dict(zip(_ASKED, (str(answer) for answer in story.weight), strict=True))
        batch.add("weighting", rows.weighing(reference, on, answers, agreed=rng.random() < _AGREED))


def _one_of(rng: Random, mix: Mix) -> Life:
    return rng.choices([life for life, _ in mix], [share for _, share in mix])[0]


def _back(today: date, days: int | None) -> date | None:
    return None if days is None else today - timedelta(days=days)


def _wanted(person: Person) -> list[dict[str, int]]:
    """Return, for each case of the person, what must be behind on it."""
    late = [{lateness.kind: lateness.days} for lateness in person.behind]
    return [*late, *({} for _ in range(person.cases - len(late)))]


def _families(rng: Random, cases: int, groups: Iterator[int]) -> list[tuple[Family, str]]:
    """Return a family for each case; about one in six shares it with the case before, as brothers and sisters."""
    found: list[tuple[Family, str]] = []
    while len(found) < cases:
        size = min(cases - len(found), rng.choices((1, 2, 3), (84, 12, 4))[0])
        family, group = Family(rng), f"S-{next(groups)}" if size > 1 else ""
        found.extend([(family, group)] * size)
    return found


def _settle(rng: Random, stories: list[Story], load: int | None) -> None:
    """Nudge single answers until the whole caseload weighs ``load`` points."""
    if load is None or not stories:
        return
    gap = load - sum(sum(story.weight) for story in stories)
    while gap:
        story, place, step = rng.choice(stories), rng.randrange(3), 1 if gap > 0 else -1
        answers = list(story.weight)
        if 1 <= answers[place] + step <= 3:
            answers[place] += step
            story.weight = (answers[0], answers[1], answers[2])
            gap -= step


def _hold(
    batch: Batch, rng: Random, story: Story, case: str, worker: str, joined: date, before: tuple[str, str]
) -> None:
    """Allocate a case to its worker: from the start, or taken over from the one who held it ``before``, and why."""
    holder, reason = before
    if joined <= story.opened or holder == worker:
        batch.add("allocation", rows.allocation(case, worker, story.opened, None, None))
        return
    taken = min(joined + timedelta(days=rng.randint(0, 14)), story.today)
    batch.add("allocation", rows.allocation(case, holder, story.opened, taken, None))
    batch.add("allocation", rows.allocation(case, worker, taken, None, reason))


def _sessions_back(rng: Random, last: date, begun: date, new_since: date | None) -> Iterator[date]:
    """Yield the days of a worker's supervision, newest first: monthly, and closer together for the newly qualified."""
    day = last
    while day >= begun:
        yield day
        day = office_day(_session_before(day, new_since) + timedelta(days=rng.randint(0, 4)))


def _session_before(day: date, new_since: date | None) -> date:
    age = None if new_since is None else (day - new_since).days
    if age is None or age > _HALF_A_YEAR:
        return MONTH.after(day, -1)
    return day - timedelta(days=10 if age <= _SIX_WEEKS else 17)


def _near_workday(day: date, today: date) -> date:
    """Return ``day``, or the working day of the week nearest to it when it falls on a weekend."""
    return min(day + timedelta(days=1), office_day(today)) if day.weekday() == 6 else office_day(day)


def _workday_ahead(day: date) -> date:
    return day + timedelta(days=(7 - day.weekday()) if day.weekday() > 4 else 0)
