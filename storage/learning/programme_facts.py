"""What programmes mean to the rules: what happened in them, and how long their stages take for this one learner.

A newly qualified year and a placement give the worker the events that are recorded by hand for somebody without a
programme, so that the same rules ask for reviews and meetings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from domain.cases.subject import Decided, Happening
from domain.core.intervals import Interval
from domain.learning.asye import FULL
from storage.database.connection import Connection
from storage.database.derived_days import settled_day
from storage.due.subjects import WorkerDraft
from storage.learning.programme_record import Kept, dated_stages
from storage.learning.programmes import kept_programmes
from storage.rules.kept_packs import Packs

BEGAN = {"asye": "asye_started", "placement": "practice_placement_started"}
OVER = {"asye": "asye_ended", "placement": "practice_placement_ended"}


def of_programmes(conn: Connection, drafts: Mapping[str, WorkerDraft], packs: Packs) -> None:
    """Add to each learner what happened in their programmes, and the lengths of their stages."""
    for kept in kept_programmes(conn, packs, settled_day(conn), workers=list(drafts)):
        if kept.sort in BEGAN:
            drafts[kept.worker].happenings += _happenings(kept)
            drafts[kept.worker].overrides += _intervals(kept)


def learners_of(conn: Connection, programmes: Sequence[int]) -> list[str]:
    """Return the staff ids of those whose programmes these are."""
    query = "SELECT DISTINCT worker FROM programme WHERE id IN :programmes ORDER BY worker"
    return conn.values(query, programmes=programmes)


def _happenings(kept: Kept) -> Iterator[Happening]:
    yield Happening(BEGAN[kept.sort], kept.starts, _dates(kept), kept.id)
    for stage in kept.stages:
        if stage.get("event"):
            for on in kept.reached.get(stage["id"], ()):
                yield Happening(stage["event"], on, stage.get("details", {}), kept.id)
            # To the rules a stage that was closed asks for nothing more, as one that was reached does.
            if (closed := kept.closed.get(stage["id"])) and stage["id"] not in kept.reached:
                yield Happening(stage["event"], closed.on, stage.get("details", {}), kept.id)
    if kept.ended is not None:
        yield Happening(OVER[kept.sort], kept.ended, {}, kept.id)


def _dates(kept: Kept) -> Mapping[str, Any]:
    """Return when half of a placement and all of it are to be done, by its plan: an empty register puts nothing off."""
    if (placement := kept.placement) is None:
        return {}
    known = {"midway": placement.midway, "ends": placement.plan_ends}
    return {name: day.isoformat() for name, day in known.items() if day is not None}


def _intervals(kept: Kept) -> Iterator[Decided]:
    for stage, day in dated_stages(kept):
        if stage.get("rule") and day is not None and day > kept.starts:
            length = Interval("days", (day - kept.starts).days)
            yield Decided(stage["rule"], length, kept.starts, _whose(kept), None, stands=True)


def _whose(kept: Kept) -> str:
    """Return what decided these dates, in words for somebody who asks how a date came about."""
    return f"the programme ({kept.year.fte} % of full time)" if kept.year and kept.year.fte < FULL else "the programme"
