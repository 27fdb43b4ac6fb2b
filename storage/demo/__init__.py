"""The demonstration: a fictional service, the same for the same seed and day, told relative to ``today``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import NamedTuple

from storage.demo.people import north, others
from storage.demo.records import Batch, Maker

__all__ = ["SCALES", "Batch", "Scale", "batches"]


class Scale(NamedTuple):
    """How much is made besides the first team of about a dozen people and 150 cases."""

    workers: int
    cases: int


_FIRST_TEAM = Scale(12, 150)
SCALES = {"team": _FIRST_TEAM, "service": Scale(400, 8_000), "council": Scale(2_000, 40_000)}


def batches(scale: str, seed: int, today: date) -> Iterator[Batch]:
    """Yield the records of one team after another, so that nothing larger than a team is ever held."""
    maker, size = Maker(seed, today), SCALES[scale]
    yield maker.leadership()
    first = maker.team(north())
    yield first
    more = Scale(size.workers - _FIRST_TEAM.workers, size.cases - _FIRST_TEAM.cases)
    if more.workers > 0:
        for plan in others(Random(seed), more.workers, more.cases):  # noqa: S311
            yield maker.team(plan)
    yield maker.learners(first)
