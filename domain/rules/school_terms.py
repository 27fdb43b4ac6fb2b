"""A council's school terms and closure days, as a pack gives them; nothing is ever guessed about either."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from domain.core.enums import Nation
from domain.core.fields import Code, Day, Line, Name
from domain.rules.pack_parts import AtLeastOne, PackPart


class TermSpec(PackPart):
    """One school term, from its first day to its last."""

    name: Name
    first: Day
    last: Day

    @model_validator(mode="after")
    def _in_order(self) -> TermSpec:
        if self.last < self.first:
            raise ValueError("last: lies before first")
        return self


class TermPack(PackPart):
    """A file of school terms. ``closures`` are days the council does not work: they only bring plans forward."""

    kind: Literal["terms"]
    id: Code
    title: Name
    nation: Nation = Nation.ENGLAND
    version: Line = Field(min_length=1)
    terms: Annotated[tuple[TermSpec, ...], AtLeastOne]
    closures: tuple[Day, ...] = ()

    @field_validator("terms")
    @classmethod
    def _apart(cls, terms: tuple[TermSpec, ...]) -> tuple[TermSpec, ...]:
        ordered = sorted(terms, key=lambda term: term.first)
        for one, other in pairwise(ordered):
            if other.first <= one.last:
                raise ValueError(f"terms: {one.name} and {other.name} overlap")
        return tuple(ordered)
