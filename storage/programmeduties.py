"""What programmes mean to the rules: what happened in them, and how long their stages take for this one learner.

A newly qualified year and a placement give the worker the same happenings that are recorded by hand for those without
a programme of their own, so one set of rules asks for reviews and meetings.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.asye import FULL
from domain.intervals import Interval
from domain.obligations import Happening
from domain.varying import Decided
from storage.programmes import Kept, dated_stages, kept_programmes
from storage.reading import Packs

if TYPE_CHECKING:
    from storage.packs import PackSet

BEGAN = {"asye": "asye_started", "placement": "practice_placement_started"}
OVER = {"asye": "asye_ended", "placement": "practice_placement_ended"}


class Duties(NamedTuple):
    """What one programme gives: happenings for its learner's rules, and intervals that are the programme's own."""

    worker: str
    happenings: tuple[Happening, ...]
    overrides: tuple[Decided, ...]


def duties(raw: sqlite3.Connection, workers: Sequence[str], packs: Packs) -> Iterator[Duties]:
    """Yield what each programme of those workers comes to."""
    for kept in kept_programmes(raw, packs, workers=workers):
        if kept.sort in BEGAN:
            yield Duties(kept.worker, tuple(_happenings(kept)), tuple(_intervals(kept)))


def learners_of(raw: sqlite3.Connection, programmes: Sequence[int]) -> list[str]:
    """Return the staff ids of those whose programmes these are."""
    marks = ",".join("?" * len(programmes))
    query = f"SELECT DISTINCT worker FROM programme WHERE id IN ({marks}) ORDER BY worker"  # noqa: S608
    return [worker for (worker,) in raw.execute(query, list(programmes))]


def keep_holidays(raw: sqlite3.Connection, packs: PackSet) -> None:
    """Write down the bank holidays of every nation with a team, so that readers need not work them out."""
    query = """SELECT DISTINCT nation FROM team
               WHERE nation NOT IN (SELECT id FROM pack_item WHERE kind = 'bank_holidays')"""
    for (nation,) in raw.execute(query).fetchall():
        days = sorted(day.isoformat() for day in packs.calendar(nation).holidays)
        insert = "INSERT INTO pack_item (kind, id, place, data) VALUES ('bank_holidays', ?, -1, ?)"
        raw.execute(insert, (nation, json.dumps({"days": days})))


def _happenings(kept: Kept) -> Iterator[Happening]:
    yield Happening(BEGAN[kept.sort], kept.starts, _dates(kept), kept.id)
    for stage in kept.stages:
        if stage.get("event"):
            for on in kept.reached.get(stage["id"], ()):
                yield Happening(stage["event"], on, stage.get("details", {}), kept.id)
    if kept.ended is not None:
        yield Happening(OVER[kept.sort], kept.ended, {}, kept.id)


def _dates(kept: Kept) -> Mapping[str, Any]:
    """What the start of a placement says: when half of it and all of it are done, as it looks now."""
    if (placement := kept.placement) is None:
        return {}
    known = {"midway": placement.midway, "ends": placement.ends}
    return {name: day.isoformat() for name, day in known.items() if day is not None}


def _intervals(kept: Kept) -> Iterator[Decided]:
    for stage, day in dated_stages(kept):
        if stage.get("rule") and day is not None and day > kept.starts:
            length = Interval("days", (day - kept.starts).days)
            yield Decided(stage["rule"], length, kept.starts, _whose(kept), None, stands=True)


def _whose(kept: Kept) -> str:
    """Whose dates they are, where somebody asks how a date came about."""
    return f"the programme ({kept.year.fte} % of full time)" if kept.year and kept.year.fte < FULL else "the programme"
