"""Teams and the people in them: one team told in detail, the rest in proportion."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate, pairwise
from random import Random
from typing import Any, NamedTuple

from storage.demo import case_lives as lives
from storage.demo import names
from storage.demo.case_lives import Life
from storage.demo.supervision import TOLD_IN_FULL

Mix = tuple[tuple[Life, int], ...]
WAITED = 15  # days that a case waits at most until somebody takes it


class Lateness(NamedTuple):
    """A series that somebody has fallen behind with, and by how many days."""

    kind: str
    days: int


@dataclass(frozen=True, slots=True)
class Person:
    """A worker to be made: what they carry, when they were last supervised, when they came and go.

    Days are counted back from today; ``leaves`` forward. ``hours`` a week stand in place of ``fte``; ``later`` is a
    change that is booked (days forward, hours a week). ``load`` is in whole points, None for whatever comes out.
    ``reductions`` are (percent, kind, words), ``extras`` (points, title), ``unplanned`` (days back, hours, what), and
    ``brings`` what a case may ask for.
    """

    name: str
    grade: str
    role: str
    fte: int = 100
    hours: int | None = None
    later: tuple[int, int] | None = None
    cases: int = 0
    load: int | None = None
    started: int | None = 900
    leaves: int | None = None
    supervised: int | None = 12
    supervision_late: int | None = None
    next_session: int | None = 16
    behind: tuple[Lateness, ...] = ()
    reductions: tuple[tuple[int, str, str], ...] = ()
    mix: Mix | None = None
    agency: bool = False
    extras: tuple[tuple[int, str], ...] = ()
    unplanned: tuple[tuple[int, float, str], ...] = ()
    brings: tuple[str, ...] = ()

    @property
    def contract(self) -> dict[str, int | None]:
        """What is written down of their week: hours, or a part of full time."""
        return {"fte": self.fte, "hours": None} if self.hours is None else {"fte": None, "hours": self.hours * 100}

    def booked(self, staff_id: str, today: date) -> dict[str, Any]:
        """Return the change that is booked, as a change from a day is kept: from a Monday on."""
        days, hours = self.later or (0, 0)
        day = today + timedelta(days=days)
        starts = day + timedelta(days=-day.weekday() % 7)
        return {"worker": staff_id, "starts": starts, "ends": None, "without": (), "hours": hours * 100}


@dataclass(frozen=True, slots=True)
class Plan:
    """A team to be made. ``ended`` cases are closed ones on top of those the people carry.

    ``mix`` gives shares of the open cases; where cases come ``steady``, as many in any week, shares of those that come.
    ``waiting`` are the days that unallocated cases have waited, ``asks`` what the worker of each must bring; of the
    newest ``told`` sessions of supervision it is told what was said.
    """

    name: str
    service: str
    mix: Mix
    manager: Person
    people: tuple[Person, ...]
    waiting: tuple[int, ...] = ()
    asks: tuple[str, ...] = ()
    ended: int = 0
    slack: float = 0.03
    full_time_points: int = 100
    told: int = 3
    steady: bool = False

    @property
    def came(self) -> int:
        """How many cases came in the time that is told."""
        return sum(person.cases for person in self.people) + len(self.waiting) + self.ended


_PERMANENCE: Mix = ((lives.looked_after, 78), (lives.adoption, 12), (lives.care_leaver, 10))
_AT_RISK: Mix = ((lives.child_protection, 5), (lives.child_in_need, 4))
_WORKING_AGE: Mix = ((lives.younger_adult, 8), (lives.carer, 1), (lives.safeguarding, 1))
_AFTER_CARE: Mix = ((lives.care_leaver, 1),)
_MIXES: tuple[tuple[str, str, str, Mix], ...] = (
    ("Assessment", "children", "children-sw", ((lives.assessment, 5), (lives.child_in_need, 4))),
    ("Older people", "adults", "adults-sw", ((lives.care_act, 8), (lives.carer, 2), (lives.safeguarding, 1))),
    ("Safeguarding children and court", "children", "children-sw", _AT_RISK),
    ("Physical disability", "adults", "adults-sw", _WORKING_AGE),
    ("Looked after children", "children", "children-sw", _PERMANENCE),
    ("Hospital and reablement", "adults", "adults-sw", ((lives.care_act, 7), (lives.safeguarding, 2))),
    ("Children with disabilities", "children", "children-sw", ((lives.child_in_need, 5), (lives.looked_after, 1))),
    ("Learning disability and autism", "adults", "adults-sw", ((lives.younger_adult, 9), (lives.safeguarding, 1))),
    ("Leaving care", "children", "personal-adviser", _AFTER_CARE),
    ("Safeguarding adults", "adults", "adults-senior-sw", ((lives.safeguarding, 3), (lives.care_act, 4))),
)  # fmt: skip
_AREAS = (
    "South", "East", "West", "Central", "Harbour", "Riverside", "Castle", "Moorside", "Valley", "Abbey",
    "Canal", "Hillfoot", "Market", "Northgate", "Priory", "Quayside", "Ridgeway", "Southgate", "Weir", "Westgate",
)  # fmt: skip

LEADER = Person("Whitfield, Dawn", "team-manager", "Service manager", started=None, supervised=None, next_session=None)


def north() -> Plan:
    """Return the team of the screens: eight people, among them one over, one part-time, one newly qualified."""
    return Plan(
        name="North: looked after and permanence",
        service="Children's services",
        mix=_PERMANENCE,
        manager=Person("Hughes, Anwen", "team-manager", "Team manager", supervised=20, next_session=11),
        people=(
            Person(
                "Okafor, Chidi", "children-advanced-sw", "Advanced social worker", cases=19, load=114,
                supervised=12, next_session=17, behind=(Lateness("lac_visit", 23), Lateness("lac_review_held", 6)),
                unplanned=((3, 4.5, "Emergency placement move"), (10, 3, "Out-of-hours call to the police station")),
            ),
            Person(
                "Begum, Nasreen", "children-sw", "Social worker", fte=60, cases=11, load=55,
                supervision_late=9, next_session=5, behind=(Lateness("lac_visit", 4),), brings=("Urdu", "woman worker"),
            ),
            Person(
                "Patel, Asha", "asye", "Newly qualified social worker", cases=10, load=64, started=86,
                supervised=6, next_session=8,
            ),
            Person(
                "Żak, Krzysztof", "children-sw", "Social worker", cases=16, load=93,
                supervision_late=3, next_session=None, behind=(Lateness("lac_visit", 11),), brings=("Polish",),
            ),
            Person(
                "Al-Khatib, Layla", "children-sw", "Social worker", cases=15, load=88,
                leaves=28, supervised=15, next_session=13, agency=True,
            ),
            Person(
                "Mensah, Abena", "senior-practitioner", "Senior practitioner and practice educator", cases=11, load=66,
                supervised=9, next_session=20, later=(38, 32),
                reductions=((20, "practice_educator", "Practice educator"),),
                extras=((3, "Lead for life-story work"),),
            ),
            Person(
                "Campbell, Marcia", "personal-adviser", "Personal adviser", fte=81, hours=30, cases=17, load=62,
                supervised=24, next_session=4, mix=_AFTER_CARE,
            ),
            Person(
                "Doyle, Ciarán", "children-sw", "Social worker", leaves=-70, supervised=82, next_session=None,
            ),
        ),
        waiting=(12, 6, 2),
        asks=("", "Polish"),
        ended=48,
        slack=0.0,
        told=TOLD_IN_FULL,
    )  # fmt: skip


def others(rng: Random, workers: int, cases: int) -> list[Plan]:
    """Return as many teams of about ten as hold ``workers`` and ``cases`` between them."""
    teams = max(1, round(workers / 10))
    needs = [1 / _open_share(_MIXES[number % len(_MIXES)][3]) for number in range(teams)]
    upto = [round(cases * part / sum(needs)) for part in accumulate(needs)]
    held = [after - before for before, after in pairwise((0, *upto))]
    return [_plan(rng, number, _share(workers, teams, number), held[number]) for number in range(teams)]


def _share(total: int, parts: int, number: int) -> int:
    return total * (number + 1) // parts - total * number // parts


def _plan(rng: Random, number: int, workers: int, cases: int) -> Plan:
    """Return a team whose ``cases`` came evenly: as many of them are open as such cases stay open."""
    area, (work, service, grade, mix) = _AREAS[number // len(_MIXES) % len(_AREAS)], _MIXES[number % len(_MIXES)]
    waiting = tuple(rng.randint(1, WAITED) for _ in range(rng.choice((0, 1, 1, 2, 3))))
    carrying = max(round(cases * _open_share(mix)) - len(waiting), 0)
    staff = workers - 1
    people = _spread(rng, carrying, [_person(rng, grade, n) for n in range(staff)])
    return Plan(
        name=f"{area}: {work.lower()}",
        service="Children's services" if service == "children" else "Adult social care",
        mix=mix,
        manager=Person(names.person(rng), "team-manager", "Team manager", supervised=rng.randint(2, 27)),
        people=people,
        waiting=waiting,
        ended=cases - carrying - len(waiting),
        full_time_points=round(carrying / (0.87 * staff) * _usual_points(mix)),
        steady=True,
    )


_FULLNESS = {"asye": 0.75, "senior-practitioner": 0.8}


def _spread(rng: Random, cases: int, people: list[Person]) -> tuple[Person, ...]:
    """Hand out ``cases`` by hours and grade, as unevenly as happens."""
    wants = [p.fte * _FULLNESS.get(p.grade, 1.0) * rng.uniform(0.8, 1.2) for p in people]
    upto, spread = 0.0, []
    for person, want in zip(people, wants, strict=True):
        before, upto = upto, upto + want
        carried = round(cases * upto / sum(wants)) - round(cases * before / sum(wants))
        spread.append(replace(person, cases=carried))
    return tuple(spread)


# Of the cases that came in the time that is told: which share is still open, and what such a one weighs on average.
STILL_OPEN: dict[Life, tuple[float, float]] = {
    lives.assessment: (0.05, 5.0),
    lives.child_in_need: (0.47, 4.2),
    lives.child_protection: (0.89, 5.5),
    lives.looked_after: (0.88, 6.0),
    lives.adoption: (0.88, 7.2),
    lives.care_leaver: (0.97, 3.3),
    lives.care_act: (0.89, 4.0),
    lives.younger_adult: (0.89, 5.5),
    lives.carer: (0.91, 3.0),
    lives.safeguarding: (0.055, 6.0),
}


def _open_share(mix: Mix) -> float:
    return sum(STILL_OPEN[life][0] * share for life, share in mix) / sum(share for _, share in mix)


def _usual_points(mix: Mix) -> float:
    """Return what an open case of the team weighs on average."""
    still = [(STILL_OPEN[life][0] * share, STILL_OPEN[life][1]) for life, share in mix]
    return sum(share * points for share, points in still) / sum(share for share, _ in still)


def _person(rng: Random, grade: str, number: int) -> Person:
    senior, new = number == 0, number == 1 and grade.endswith("-sw")
    fte = rng.choice((100, 100, 100, 100, 100, 80, 80, 60, 50))
    late = rng.randint(1, 20) if rng.random() < 0.08 else None
    own = "senior-practitioner" if senior else "asye" if new else grade
    return Person(
        names.person(rng),
        own,
        {"senior-practitioner": "Senior practitioner", "asye": "Newly qualified social worker"}.get(
            own, "Practitioner"
        ),
        fte=100 if new else fte,
        started=rng.randint(1500, 4000) if senior else rng.randint(30, 300) if new else rng.randint(150, 2500),
        leaves=rng.randint(10, 60) if rng.random() < 0.05 else None,
        supervised=rng.randint(1, 26),
        supervision_late=late,
        next_session=rng.randint(1, 24) if rng.random() < 0.85 else None,
        reductions=((rng.choice((10, 20, 50)), "phased_return", "Phased return after illness"),)
        if rng.random() < 0.06
        else (),
        agency=rng.random() < 0.12,
    )
