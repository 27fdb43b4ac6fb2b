"""The stages of a disagreement: which comes next, with whom, and by when; as plain values, without validation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.core.workdays import Workdays

LATE, DUE, OPEN, UNSET, ENDED = "late", "due", "open", "unset", "ended"
SOON = 2  # days before its date that a stage counts as due


class Rung(NamedTuple):
    """One stage of a ladder; ``working_days`` is within how many it ends (None: the council sets none)."""

    id: str
    title: str
    with_whom: str = ""
    working_days: int | None = None

    def due(self, on: date, calendar: Workdays) -> date | None:
        """Return the last day of the stage when it begins on ``on``."""
        return None if self.working_days is None else calendar.add(on, self.working_days)


def rungs(item: Mapping[str, Any]) -> list[Rung]:
    """Return the stages of a ladder as the database keeps it."""
    return [
        Rung(stage["id"], stage["title"], stage.get("with_whom", ""), stage.get("working_days"))
        for stage in item.get("stages", ())
    ]


def following(ladder: Sequence[Rung], stage: str) -> Rung | None:
    """Return the stage after ``stage``; None after the last one, and after one that the ladder does not know."""
    places = [n for n, one in enumerate(ladder) if one.id == stage]
    return ladder[places[0] + 1] if places and places[0] + 1 < len(ladder) else None


def standing(due: date | None, ended_on: date | None, today: date) -> str:
    """Return how a disagreement stands: ended, late, due within days, open, or without a date."""
    if ended_on is not None:
        return ENDED
    if due is None:
        return UNSET
    days = (due - today).days
    return LATE if days < 0 else DUE if days <= SOON else OPEN
