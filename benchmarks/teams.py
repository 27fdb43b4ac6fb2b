"""Seeded teams to plan for: grades, part-time work, languages, conflicts and siblings, about 95 % full."""

from __future__ import annotations

from random import Random

from domain.planning.rebalance import Carrier, Item, Problem

# Share of the team, share of a full load carried, types of case that may be held.
GRADES = (
    ("senior", 15, 100, frozenset({"protection", "court", "looked after", "in need", "review"})),
    ("social worker", 50, 100, frozenset({"protection", "court", "looked after", "in need", "review"})),
    ("first year", 15, 70, frozenset({"looked after", "in need", "review"})),
    ("family support", 20, 100, frozenset({"in need", "review"})),
)
HOURS = ((100, 65), (80, 15), (60, 15), (50, 5))
# Type, share of cases, lowest and highest points in tenths.
TYPES = (
    ("protection", 22, 50, 100),
    ("court", 8, 70, 110),
    ("looked after", 25, 30, 80),
    ("in need", 35, 20, 60),
    ("review", 10, 10, 30),
)
FULL = 10_000
LANGUAGES = ("Polish", "Urdu", "Somali", "Romanian")


class Worker:
    """One made-up worker."""

    def __init__(self, number: int, rng: Random) -> None:
        self.id = f"W{number:03}"
        grade = rng.choices(GRADES, [grade[1] for grade in GRADES])[0]
        hours = rng.choices([share for share, _ in HOURS], [often for _, often in HOURS])[0]
        self.capacity = FULL * hours * grade[2] // 10_000
        self.types = grade[3]
        self.speaks = {language for language in LANGUAGES if rng.random() < 0.1}
        self.load = 0


def _eligible(kind: str, workers: list[Worker], rng: Random) -> frozenset[str]:
    speaking = rng.choice(LANGUAGES) if rng.random() < 0.03 else None
    may = [worker for worker in workers if kind in worker.types and (speaking is None or speaking in worker.speaks)]
    return frozenset(worker.id for worker in may if rng.random() >= 0.01)


def _cases(count: int, workers: list[Worker], rng: Random) -> list[tuple[int, int, frozenset[str]]]:
    """Return (cases, points, eligible) of items with ``count`` cases in all; some are sibling groups."""
    made = []
    while count:
        kind, _, low, high = rng.choices(TYPES, [entry[1] for entry in TYPES])[0]
        siblings = min(count, rng.choices((1, 2, 3), (80, 14, 6))[0])
        points = sum(rng.randint(low, high) * 10 // (1 if child == 0 else 2) for child in range(siblings))
        eligible = _eligible(kind, workers, rng)
        if eligible:
            made.append((siblings, points, eligible))
            count -= siblings
    return made


def team(workers: int, cases: int, place: int, seed: int, *, movable: bool = False, full: float = 0.95) -> Problem:
    """Return a team with ``cases`` in all, of which ``place`` have nobody; held ones are fixed unless ``movable``."""
    rng = Random(seed)
    people = [Worker(number, rng) for number in range(workers)]
    pool = _cases(place, people, rng)
    held = _cases(cases - place, people, rng)
    wanted = full * sum(worker.capacity for worker in people)
    share = wanted / sum(points for _, points, _ in pool + held)
    leaning = {worker.id: rng.uniform(0.75, 1.25) * worker.capacity for worker in people}
    loads = dict.fromkeys(leaning, 0)
    items = []
    for number, (siblings, points, eligible) in enumerate(pool + held):
        points = max(10, round(points * share / 10) * 10)
        holder = (
            None if number < len(pool) else min(eligible, key=lambda who: ((loads[who] + points) / leaning[who], who))
        )
        names = tuple(f"C{number:04}{'abc'[child]}" for child in range(siblings))
        if holder is not None:
            loads[holder] += points
        if holder is None or movable:
            items.append(Item(f"I{number:04}", names, points, holder, eligible))
    fixed = dict.fromkeys(loads, 0) if movable else loads
    carriers = tuple(Carrier(worker.id, worker.capacity, fixed[worker.id]) for worker in people)
    return Problem(carriers, tuple(items))
