"""Grades: what a worker of one carries, may hold and may supervise. Data, so that a council can bring its own."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from domain.core.errors import Problem
from domain.core.fields import Code, Line, Name, Percent
from domain.rules.pack_parts import AtLeastOne, Citation, PackPart, read_pack, twice


class SuperviseeKind(StrEnum):
    """The kinds of worker that a grade may or may not supervise."""

    STUDENT = "student"
    NON_REGISTERED = "non_registered"
    NEWLY_QUALIFIED = "newly_qualified"
    SOCIAL_WORKER = "social_worker"
    SENIOR = "senior"


class Grade(PackPart):
    """One grade. ``capacity_percent`` is what it carries of a full-time load; ``basis`` says whose figure that is.

    ``published`` stands in a source, ``derived`` is our arithmetic on published figures, ``local`` is only a
    starting point for the council. 0 means that the grade holds no cases and has no utilisation.
    """

    id: Code
    title: Name
    family: Literal["adults", "children", "any"]
    order: int = Field(ge=0, le=1000)
    capacity_percent: Percent = 100
    basis: Literal["published", "derived", "local"]
    note: Line = ""
    newly_qualified: bool = False
    registered: bool
    learner: bool = False
    supervises: tuple[SuperviseeKind, ...] = ()
    citations: tuple[Citation, ...] = ()

    @model_validator(mode="after")
    def _honest(self) -> Grade:
        if self.basis != "local" and not self.citations:
            raise ValueError("capacity_percent: a figure that is not local needs a citation")
        if self.newly_qualified and not self.registered:
            raise ValueError("newly_qualified: a newly qualified social worker is registered")
        return self

    @property
    def kind(self) -> SuperviseeKind:
        """What a worker of this grade is to whoever supervises them."""
        if self.newly_qualified:
            return SuperviseeKind.NEWLY_QUALIFIED
        if not self.registered:
            return SuperviseeKind.STUDENT if self.learner else SuperviseeKind.NON_REGISTERED
        leads = SuperviseeKind.SOCIAL_WORKER in self.supervises
        return SuperviseeKind.SENIOR if leads else SuperviseeKind.SOCIAL_WORKER

    def may_supervise(self, other: Grade) -> bool:
        """Whether this grade may supervise ``other``, as far as grades alone decide it."""
        return other.kind in self.supervises


class GradePack(PackPart):
    """A file of grades."""

    kind: Literal["grades"]
    id: Code
    title: Name
    version: Line = Field(min_length=1)
    grades: Annotated[tuple[Grade, ...], AtLeastOne]

    @model_validator(mode="after")
    def _once_each(self) -> GradePack:
        if again := sorted(twice(grade.id for grade in self.grades)):
            raise ValueError(f"grades: {', '.join(again)} is there twice")
        return self


def read_grades(data: Mapping[str, Any], file: str) -> tuple[GradePack | None, tuple[Problem, ...]]:
    """Return the pack in ``data`` (TOML as read), or None and everything that is wrong with it."""
    return read_pack(GradePack, data, file)
