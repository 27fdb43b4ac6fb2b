"""Kinds of programme as packs describe them: a newly qualified year, a placement by a university's rule.

A kind has stages (when something is due), pieces (what must be there in the end), and the rules that go with them.
``basis`` says whose figures these are; ``active = false`` keeps a frame ready whose content is not known yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from domain.core.errors import Problem
from domain.core.fields import Code, Line, Name, Note, Percent
from domain.rules.pack_parts import AtLeastOne, PackPart, read_pack, twice
from domain.supervision.standards import PhaseSpec, Sourced

Months = Annotated[int, Field(gt=0, le=60)]
_OWN = frozenset({"like", "citations", "note", "active", "reason"})  # never taken over from another kind


class When(PackPart):
    """When a stage is due: exactly one of these. ``unset`` says why no source gives a day.

    ``months`` and ``weeks`` count from the first day; ``placement_day`` and ``halfway`` in days done; ``start`` is
    before the first day; the others count from the last.
    """

    months: Months | None = None
    weeks: Annotated[int, Field(gt=0, le=260)] | None = None
    placement_day: Annotated[int, Field(gt=0, le=400)] | None = None
    halfway: Literal[True] | None = None
    start: Literal[True] | None = None
    end: Literal[True] | None = None
    weeks_before_end: Annotated[int, Field(gt=0, le=52)] | None = None
    working_days_after: Annotated[int, Field(gt=0, le=60)] | None = None
    unset: Line | None = None

    @model_validator(mode="after")
    def _one(self) -> When:
        if len(self.model_dump(exclude_none=True)) != 1:
            raise ValueError("when: give exactly one time")
        return self


class Stage(PackPart):
    """One stage. ``rule`` is the rule that asks for it, ``event`` what it counts as to that rule.

    An ``optional`` stage is only asked for where the programme's settings say so (``setting``).
    """

    id: Code
    title: Name
    when: When
    optional: bool = False
    setting: Code | None = None
    rule: Code | None = None
    event: Code | None = None
    details: dict[str, str] = Field(default_factory=dict)
    note: Line = ""


class Longer(PackPart):
    """How often a piece must be there, and by which stages, in a placement of so many ``days`` or more."""

    days: Annotated[int, Field(gt=0, le=400)]
    count: Annotated[int, Field(gt=0, le=50)]
    by: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Longer:
        if len(self.by) > self.count:
            raise ValueError("by: more stages than pieces")
        return self


class Piece(PackPart):
    """Something that must be there ``count`` times; the n-th is due with the n-th stage of ``by``.

    ``evidence`` is the kind of evidence that counts as one; ``filled`` says what else fills it by itself; ``longer``
    what a placement of more days asks for instead.
    """

    id: Code
    title: Name
    count: Annotated[int, Field(gt=0, le=50)] = 1
    by: tuple[Code, ...] = ()
    required: bool = True
    evidence: Code | None = None
    filled: Literal["records", "stages", "sessions", "reductions"] = "records"
    stages: tuple[Code, ...] = ()
    longer: Longer | None = None
    note: Line = ""

    @model_validator(mode="after")
    def _whole(self) -> Piece:
        if len(self.by) > self.count:
            raise ValueError("by: more stages than pieces")
        if (self.filled == "stages") != bool(self.stages):
            raise ValueError("stages: belong to what is filled by stages, which needs them")
        return self


class Entitlement(PackPart):
    """How much supervision a student has: ``minutes`` in every so many placement days, or in every week attended."""

    minutes: Annotated[int, Field(ge=5, le=600)]
    placement_days: Annotated[int, Field(gt=0, le=30)] | None = None
    weekly: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_measure(self) -> Entitlement:
        if (self.placement_days is None) == (self.weekly is None):
            raise ValueError("weekly: give either placement_days or weekly")
        return self


class Step(PackPart):
    """One step of the procedure when there are concerns."""

    id: Code
    title: Name


class ProgrammeKind(Sourced):
    """One kind of programme. ``like`` takes over what another kind says and this one does not.

    ``days`` are placement days; ``final`` in settings moves the final stage; ``educator_stage`` is the practice
    educator's stage that the placement's level asks for; without ``entitlement`` it is not set, and never guessed.
    ``outcomes`` are the words it may end with, where the pack names any.
    """

    sort: Literal["asye", "placement", "early_career"]
    like: Code | None = None
    family: Literal["adults", "children", "any"] = "any"
    reason: Line = ""
    university: Line = ""
    months: Months | None = None
    most_months: Months | None = None
    pro_rata: bool = False
    days: Annotated[int, Field(gt=0, le=400)] | None = None
    level: Code | None = None
    educator_stage: Literal[1, 2] | None = None
    stages: tuple[Stage, ...] = ()
    pieces: tuple[Piece, ...] = ()
    phases: tuple[PhaseSpec, ...] = ()
    standard: Code | None = None
    ramp: Code | None = None
    protected_percent: Percent | None = None
    workload_percent: Percent | None = None
    entitlement: Entitlement | None = None
    concerns: tuple[Step, ...] = ()
    outcomes: tuple[Code, ...] = ()
    moderation: Literal["compulsory", "good_practice"] | None = None

    @model_validator(mode="after")
    def _whole(self) -> ProgrammeKind:
        if not self.active and not self.reason:
            raise ValueError("reason: say why it is switched off")
        if self.active and self.sort == "asye" and self.months is None:
            raise ValueError("months: how long does it take?")
        self._once_each()
        known = {stage.id for stage in self.stages}
        for piece in self.pieces:
            later = piece.longer.by if piece.longer else ()
            if unknown := (set(piece.by) | set(piece.stages) | set(later)) - known:
                raise ValueError(f"pieces: {piece.id} names {', '.join(sorted(unknown))}, which is no stage")
        if self.phases and any((phase.until is None) != (phase is self.phases[-1]) for phase in self.phases):
            raise ValueError("phases: every phase but the last says until when")
        return self

    def _once_each(self) -> None:
        parts: tuple[Stage | Piece | Step, ...] = (*self.stages, *self.pieces, *self.concerns)
        names = [part.id for part in parts]
        if again := twice(names):
            raise ValueError(f"stages: {', '.join(again)} is there twice")

    @property
    def milestones(self) -> frozenset[str]:
        """The kinds of milestone that can be recorded."""
        pieces = {piece.id for piece in self.pieces}
        most = {piece.id: max(piece.count, piece.longer.count if piece.longer else 0) for piece in self.pieces}
        numbered = {f"{name}_{n}" for name, count in most.items() for n in range(1, count + 1)}
        return frozenset({stage.id for stage in self.stages} | pieces | numbered | {step.id for step in self.concerns})


class ProgrammePack(PackPart):
    """A file of kinds of programme."""

    kind: Literal["programmes"]
    id: Code
    title: Name
    version: Line = Field(min_length=1)
    summary: Note = ""
    programmes: Annotated[tuple[ProgrammeKind, ...], AtLeastOne]

    @model_validator(mode="after")
    def _once_each(self) -> ProgrammePack:
        if again := twice(kind.id for kind in self.programmes):
            raise ValueError(f"programmes: {', '.join(again)} is there twice")
        return self


def inherit(data: Mapping[str, Any], earlier: Mapping[str, ProgrammeKind]) -> dict[str, Any]:
    """Return a pack's data with what its kinds take over from those before them (``like``), here or in ``earlier``."""
    given = data.get("programmes")
    if not isinstance(given, list):
        return dict(data)
    known = {name: kind.model_dump(exclude_unset=True) for name, kind in earlier.items()}
    kinds = []
    for kind in given:
        if isinstance(kind, dict):
            base = known.get(str(kind.get("like")), {})
            kind = {**{key: value for key, value in base.items() if key not in _OWN}, **kind}
            known[str(kind.get("id"))] = kind
        kinds.append(kind)
    return {**data, "programmes": kinds}


def read_programmes(data: Mapping[str, Any], file: str) -> tuple[ProgrammePack | None, tuple[Problem, ...]]:
    """Return the pack in ``data`` (TOML as read), or None and everything that is wrong with it."""
    return read_pack(ProgrammePack, inherit(data, {}), file)
