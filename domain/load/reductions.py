"""Why somebody carries less for a while, and the steps back to a full load. Data, so that a council brings its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from domain.core.errors import BadInput, Problem
from domain.core.fields import Code, Line, Name, Note, Percent
from domain.core.workdays import add_months, add_weeks
from domain.rules.pack_parts import AtLeastOne, Citation, PackPart, read_pack, twice

Basis = Literal["published", "local"]


class Reason(PackPart):
    """Why capacity is taken away. ``basis`` says whose figures these are: a source's, or a local starting point.

    ``percent`` is the usual share of contract hours (left out: each time another), ``most_percent`` the highest
    allowed, ``months`` how long it usually lasts. ``counts = false`` takes no capacity away and only marks the week;
    ``away`` says that nobody is there; ``ramp`` that it stands in a grade's place while it counts.
    """

    id: Code
    title: Name
    percent: Percent | None = None
    most_percent: Percent = 100
    months: int | None = Field(default=None, ge=1, le=120)
    counts: bool = True
    away: bool = False
    ramp: bool = False
    basis: Basis
    note: Line = ""
    citations: tuple[Citation, ...] = ()

    @model_validator(mode="after")
    def _honest(self) -> Reason:
        if self.percent is not None and self.percent > self.most_percent:
            raise ValueError("percent: more than most_percent allows")
        _cited(self.basis, self.citations)
        return self

    def refusal(self, percent: float) -> str:
        """Return why ``percent`` cannot be taken away for this reason; empty when it can."""
        if percent <= self.most_percent:
            return ""
        return f"{percent:g} is more than the {self.most_percent} % that {self.title.lower()} may take"


class Step(PackPart):
    """From when on (counted from the first day) which percentage of a full load is carried."""

    after_weeks: int | None = Field(default=None, ge=0, le=520)
    after_months: int | None = Field(default=None, ge=0, le=120)
    percent: Percent

    @model_validator(mode="after")
    def _one_unit(self) -> Step:
        if (self.after_weeks is None) == (self.after_months is None):
            raise ValueError("after_weeks: give either after_weeks or after_months")
        return self

    def begins(self, start: date) -> date:
        """The first day of the step, counted from the first day of the whole."""
        if self.after_months is not None:
            return add_months(start, self.after_months)
        return add_weeks(start, self.after_weeks or 0)


class Ramp(PackPart):
    """Steps towards a full load. A last step of 100 is the day on which the load is full; without one it stays open.

    ``reason`` names the reason under which the reductions are recorded.
    """

    id: Code
    title: Name
    reason: Code
    steps: Annotated[tuple[Step, ...], AtLeastOne]
    basis: Basis
    note: Line = ""
    citations: tuple[Citation, ...] = ()

    @model_validator(mode="after")
    def _sound(self) -> Ramp:
        begins = [step.begins(date(2026, 1, 1)) for step in self.steps]
        if begins[0] != date(2026, 1, 1):
            raise ValueError("steps: the first step begins on the first day (after_weeks = 0)")
        if begins != sorted(set(begins)):
            raise ValueError("steps: each step must begin later than the one before")
        if any(step.percent == 100 for step in self.steps[:-1]):
            raise ValueError("steps: only the last step can be 100, the end of the ramp")
        _cited(self.basis, self.citations)
        return self


class ReductionPack(PackPart):
    """A file of reasons and ramps."""

    kind: Literal["reductions"]
    id: Code
    title: Name
    version: Line = Field(min_length=1)
    summary: Note = ""
    reasons: tuple[Reason, ...] = ()
    ramps: tuple[Ramp, ...] = ()

    @model_validator(mode="after")
    def _once_each(self) -> ReductionPack:
        for word, parts in (("reasons", self.reasons), ("ramps", self.ramps)):
            if again := sorted(twice(part.id for part in parts)):
                raise ValueError(f"{word}: {', '.join(again)} is there twice")
        if not self.reasons and not self.ramps:
            raise ValueError("reasons: at least one reason or ramp is needed")
        return self


@dataclass(frozen=True, slots=True)
class DatedStep:
    """One reduction that a ramp comes to: how many percent less, from when up to and including when."""

    percent: int
    starts: date
    ends: date | None


def dated(ramp: Ramp, start: date, today: date | None = None) -> tuple[DatedStep, ...]:
    """Return the reductions that ``ramp`` comes to when it begins on ``start``; those over before ``today`` left out.

    Raises BadInput when nothing of it is still to come.
    """
    begins: Sequence[date] = [step.begins(start) for step in ramp.steps]
    ends = [day - timedelta(days=1) for day in begins[1:]]
    steps = [
        DatedStep(100 - step.percent, first, last)
        for step, first, last in zip(ramp.steps, begins, [*ends, None], strict=True)
        if step.percent < 100 and (today is None or last is None or last >= today)
    ]
    if not steps:
        raise BadInput(
            f"{ramp.title} would be over by now.",
            field="starts",
            where="starts",
            hint="Give the day on which it began or will.",
        )
    return tuple(steps)


def read_reductions(data: Mapping[str, Any], file: str) -> tuple[ReductionPack | None, tuple[Problem, ...]]:
    """Return the pack in ``data`` (TOML as read), or None and everything that is wrong with it."""
    return read_pack(ReductionPack, data, file)


def _cited(basis: Basis, citations: tuple[Citation, ...]) -> None:
    if basis != "local" and not citations:
        raise ValueError("citations: a figure that is not local needs a citation")
