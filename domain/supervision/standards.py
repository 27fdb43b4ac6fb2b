"""Supervision as councils set it: how often, why a session was not held, how often a case is discussed, and the rest.

All of it is data in packs of the kind ``supervision``. ``basis`` says whose figure it is: ``published`` stands in a
source, ``local`` is only a starting point that a council replaces.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from domain.core.enums import Pathway
from domain.core.errors import Problem
from domain.core.fields import Code, Line, Name, Note, Percent
from domain.load.capacity import Contract
from domain.load.grades import SuperviseeKind
from domain.rules.pack_parts import AtLeastOne, Citation, PackPart, read_pack, twice
from domain.supervision.frequency import UNITS

Basis = Literal["published", "local"]
Minutes = Annotated[int, Field(ge=5, le=600)]
Number = Annotated[int, Field(gt=0, le=366)]


class Sourced(PackPart):
    """A part of the pack: what it is called, whose figure it is and where that stands."""

    id: Code
    title: Name
    basis: Basis
    note: Line = ""
    active: bool = True
    citations: tuple[Citation, ...] = ()

    @model_validator(mode="after")
    def _honest(self) -> Sourced:
        if self.basis != "local" and not self.citations:
            raise ValueError("citations: a figure that is not local needs a citation")
        return self

    def as_item(self) -> dict[str, Any]:
        """What the database keeps of this part: plain JSON values, without what is not given."""
        return self.model_dump(mode="json", exclude_none=True)


class Stretch(PackPart):
    """A stretch of time in days, weeks or months: exactly one of them."""

    days: Number | None = None
    weeks: Number | None = None
    months: Number | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Stretch:
        if sum(getattr(self, unit) is not None for unit in UNITS) != 1:
            raise ValueError("give exactly one of days, weeks and months")
        return self


class PhaseSpec(PackPart):
    """How often up to the end of a stretch counted from the start of work or of the programme."""

    every: Stretch
    until: Stretch | None = None


class Standard(Sourced):
    """How often and how long somebody is supervised.

    ``phases`` follow one another from the start of work or of the programme; otherwise it is ``every`` so often.
    ``placement_days`` says that sessions are counted in placement days, ``every`` being how often to book them.
    ``pro_rata`` shortens the session of a part-time worker, never below ``least_minutes``; it never makes them fewer.
    """

    every: Stretch | None = None
    phases: tuple[PhaseSpec, ...] = ()
    placement_days: Number | None = None
    minutes: Minutes = 90
    pro_rata: bool = False
    least_minutes: Minutes = 60
    suits: tuple[SuperviseeKind, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Standard:
        if (self.every is None) == (not self.phases):
            raise ValueError("every: give either every or phases")
        if self.phases and any((phase.until is None) != (phase is self.phases[-1]) for phase in self.phases):
            raise ValueError("phases: every phase but the last says until when")
        if self.least_minutes > self.minutes and self.pro_rata:
            raise ValueError("least_minutes: more than minutes")
        return self

    def minutes_for(self, contract: Contract) -> int:
        """Return how long a session lasts for a worker with such a contract, in full 5 minutes, rounded up."""
        if not self.pro_rata or contract.of_full_time >= contract.parts:
            return self.minutes
        return max(self.least_minutes, -(-self.minutes * contract.of_full_time // (5 * contract.parts)) * 5)


class MissedReason(Sourced):
    """Why a session was moved, cancelled or missed; ``side`` is whose doing it was."""

    side: Literal["supervisee", "supervisor", "work", "other"]


class Tolerance(Sourced):
    """How many days one thing may lie from another and still be taken for it."""

    days: Number


class DiscussionInterval(Sourced):
    """How often a case on one of ``pathways`` is discussed in supervision, in days; without them, every case."""

    pathways: tuple[Pathway, ...] = ()
    days: Number


class Stage(PackPart):
    """One stage of a disagreement: whom it goes to, and within how many working days that stage ends."""

    id: Code
    title: Name
    with_whom: Line = ""
    working_days: Number | None = None


class Ladder(Sourced):
    """The stages that a disagreement goes through, in order."""

    stages: Annotated[tuple[Stage, ...], AtLeastOne]

    @model_validator(mode="after")
    def _once_each(self) -> Ladder:
        if names := twice(stage.id for stage in self.stages):
            raise ValueError(f"stages: {', '.join(names)} is there twice")
        return self


class Nudge(Sourced):
    """Something worth a second look before a record is agreed; it never stands in the way.

    ``words`` is the fewest words that a discussion of a case on one of ``pathways`` has (without them, of any case);
    ``percent`` how alike a text is to last time's before it counts as copied.
    """

    kind: Literal["no_decision", "no_rationale", "no_date", "no_experience", "copied", "too_short"]
    pathways: tuple[Pathway, ...] = ()
    words: Number | None = None
    percent: Percent | None = None

    @model_validator(mode="after")
    def _whole(self) -> Nudge:
        for kind, key in (("too_short", "words"), ("copied", "percent")):
            if (self.kind == kind) != (getattr(self, key) is not None):
                raise ValueError(f"{key}: belongs to {kind}, which needs it")
        return self


PARTS = ("standards", "missed_reasons", "intervals", "ladders", "nudges", "tolerances")


class SupervisionPack(PackPart):
    """A file of what a council says about supervision."""

    kind: Literal["supervision"]
    id: Code
    title: Name
    version: Line = Field(min_length=1)
    summary: Note = ""
    standards: tuple[Standard, ...] = ()
    missed_reasons: tuple[MissedReason, ...] = ()
    tolerances: tuple[Tolerance, ...] = ()
    intervals: tuple[DiscussionInterval, ...] = ()
    ladders: tuple[Ladder, ...] = ()
    nudges: tuple[Nudge, ...] = ()

    @model_validator(mode="after")
    def _once_each(self) -> SupervisionPack:
        for word in PARTS:
            if names := twice(part.id for part in getattr(self, word)):
                raise ValueError(f"{word}: {', '.join(names)} is there twice")
        if not any(getattr(self, word) for word in PARTS):
            raise ValueError("standards: the pack says nothing")
        return self


def interval_for(intervals: Iterable[DiscussionInterval], pathways: Collection[str]) -> DiscussionInterval | None:
    """Return the shortest interval that a case on ``pathways`` falls under; one for every case only where none does."""
    active = sorted((one for one in intervals if one.active), key=lambda one: one.days)
    named = [one for one in active if set(one.pathways) & set(pathways)]
    return next(iter(named or [one for one in active if not one.pathways]), None)


def read_supervision(data: Mapping[str, Any], file: str) -> tuple[SupervisionPack | None, tuple[Problem, ...]]:
    """Return the pack in ``data`` (TOML as read), or None and everything that is wrong with it."""
    return read_pack(SupervisionPack, data, file)
