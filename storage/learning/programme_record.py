"""A programme as the database holds it, with what the packs say of its kind: how far it is, when its stages fall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from domain.core.enums import Nation
from domain.core.workdays import Workdays
from domain.learning.asye import Year
from domain.learning.placements import WEEKDAYS, WHOLE_DAY, DayLine, Placement
from domain.load.capacity import FULL_TIME_HOURS, Contract


class ClosureLine(NamedTuple):
    """The first and the last day of a break in a placement, and the reason for it."""

    id: int
    programme: int
    starts: date
    ends: date
    why: str


class ExtensionLine(NamedTuple):
    """When it was agreed to make a placement longer, and to how many days in all, in hundredths."""

    id: int
    programme: int
    on: date
    days: int
    ends: date | None
    by: str
    why: str


class StageClosed(NamedTuple):
    """A stage that is not to be reached any more: since when, who closed it and why."""

    programme: int
    stage: str
    on: date
    by: str
    why: str


@dataclass(frozen=True)
class Kept:
    """A programme as the database holds it, with what the packs say of its kind and what was recorded in it.

    ``ended`` is the day on which it was ended, ``target`` the number of placement days in hundredths and ``ends`` the
    last day agreed, both as last extended (``first_target`` and ``first_ends`` as agreed at first). ``item`` is its
    kind in the packs and ``title`` the title of that kind; ``item`` is empty for a progression to a higher grade, and
    for a kind that is not ``known`` to any pack. ``reached`` are the days of its milestones by their kind. Only
    placements have ``days``, ``closures`` and ``extensions``; ``closed`` are stages closed with a reason, by their id.
    """

    id: int
    worker: str
    name: str
    team: str
    nation: str
    grade: str
    fte: int
    hours: int | None
    full_time_hours: int | None
    kind: str
    starts: date
    ends: date | None
    ended: date | None
    outcome: str
    level: str | None
    university: str
    educator: str | None
    educator_name: str | None
    on_site: str | None
    on_site_name: str | None
    target: int | None
    pattern: tuple[int, ...]
    settings: Mapping[str, Any]
    item: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    known: bool = True
    holidays: frozenset[date] = frozenset()
    reached: dict[str, list[date]] = field(default_factory=dict)
    days: list[DayLine] = field(default_factory=list)
    closures: list[ClosureLine] = field(default_factory=list)
    absences: list[tuple[date, date]] = field(default_factory=list)
    extensions: tuple[ExtensionLine, ...] = ()
    first_target: int | None = None
    first_ends: date | None = None
    closed: dict[str, StageClosed] = field(default_factory=dict)
    today: date | None = None

    @property
    def sort(self) -> str:
        """Whether it is a newly qualified year, a placement or an early-career programme."""
        return str(self.item.get("sort", ""))

    @property
    def contract_hours(self) -> int:
        """The learner's hours a week, in hundredths."""
        return Contract.of(self.fte, self.hours, self.full_time_hours or FULL_TIME_HOURS).hours

    @cached_property
    def calendar(self) -> Workdays:
        """The working days of the learner's nation."""
        return Workdays(Nation(self.nation), self.holidays)

    @cached_property
    def placement(self) -> Placement | None:
        """The placement as the arithmetic sees it; None for other programmes, and where no days are set."""
        return self._of_days(self.target)

    def placement_on(self, day: date) -> Placement | None:
        """The placement with as many days as were agreed on a day."""
        longest = [one.days for one in self.extensions if one.on <= day]
        return self._of_days(longest[-1] if longest else self.first_target)

    def _of_days(self, target: int | None) -> Placement | None:
        if self.sort != "placement" or not target:
            return None
        recorded = {line.on: line for line in self.days}
        closures = [(one.starts, one.ends) for one in self.closures]
        today = None if self.ended else self.today
        return Placement(self.starts, target, self.pattern or WEEKDAYS, recorded, closures, self.holidays, today)

    @cached_property
    def year(self) -> Year | None:
        """The newly qualified year as the arithmetic sees it."""
        months = self.item.get("months")
        if self.sort != "asye" or not months:
            return None
        return Year(self.starts, int(months), self._fte, self.absences)

    @property
    def _fte(self) -> int:
        scales = self.settings.get("pro_rata", self.item.get("pro_rata", False))
        return int(self.settings.get("fte", self.fte)) if scales else WHOLE_DAY

    @property
    def planned_end(self) -> date | None:
        """When it ends, as it looks now: by the days still to be done, by the months, or as it was given."""
        if self.placement is not None:
            return self.placement.ends
        return self.year.ends if self.year is not None else self.ends

    @cached_property
    def stages(self) -> tuple[Mapping[str, Any], ...]:
        """The stages asked for: the optional ones only where the settings say so."""
        return tuple(stage for stage in self.item.get("stages", ()) if self._asked(stage))

    def _asked(self, stage: Mapping[str, Any]) -> bool:
        wanted = bool(stage.get("setting") and self.settings.get(stage["setting"]))
        return wanted or not stage.get("optional") or stage["id"] in self.reached


def dated_stages(kept: Kept) -> list[tuple[Mapping[str, Any], date | None]]:
    """Return the programme's stages, each with the day it is due; None where that cannot be told.

    A stage that was reached before an extension keeps the day that it had.
    """
    return [(stage, _stage_day(kept, _when(kept, stage), kept.reached.get(stage["id"]))) for stage in kept.stages]


def _stage_day(kept: Kept, when: Mapping[str, Any], reached: Sequence[date] | None) -> date | None:
    placement = kept.placement_on(reached[0]) if reached and kept.extensions else kept.placement
    reckoned = placement or kept.year
    if reckoned is None:
        return None
    return reckoned.stage_day(when, kept.calendar if when.get("working_days_after") else None)


def _when(kept: Kept, stage: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return when a stage is due: a number among the settings moves it, in months or to a placement day."""
    when: Mapping[str, Any] = stage["when"]
    given = kept.settings.get(stage.get("setting") or "")
    if isinstance(given, bool) or not isinstance(given, int):
        return when
    return {"placement_day": given} if kept.sort == "placement" else {"months": given}
