"""Packs of the kind ``progressions``: what a council asks for before a worker moves to the next grade."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from domain.core.errors import Problem
from domain.core.fields import Code, Line, Name, Note
from domain.rules.pack_parts import AtLeastOne, Citation, PackPart, read_pack, sound, twice


class Criterion(PackPart):
    """One criterion: how many pieces it ``needs``, of which ``kinds``, showing one of which capabilities.

    With ``each``, every one of the capabilities needs a piece of its own.
    """

    id: Code
    title: Name
    needs: int = Field(default=1, ge=1, le=50)
    kinds: tuple[Code, ...] = ()
    domains: tuple[Code, ...] = ()
    each: bool = False
    note: Line = ""

    @model_validator(mode="after")
    def _of_some(self) -> Criterion:
        if self.each and not self.domains:
            raise ValueError("each: name the capabilities in domains")
        return self


class Progression(PackPart):
    """From some grades to a higher one; ``basis`` says whether a source has it as a whole or it is an example."""

    id: Code
    title: Name
    family: Literal["adults", "children", "any"]
    from_grades: tuple[Code, ...] = ()
    to_grade: Code | None = None
    basis: Literal["published", "local"]
    panel: Line = ""
    note: Line = ""
    active: bool = True
    criteria: Annotated[tuple[Criterion, ...], AtLeastOne]
    citations: tuple[Citation, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Progression:
        return sound(self, self._faults())

    def _faults(self) -> Iterator[str]:
        if self.basis != "local" and not self.citations:
            yield "citations: a progression that is not local needs a citation"
        if again := twice(one.id for one in self.criteria):
            yield f"criteria: {', '.join(again)} is there twice"


class ProgressionPack(PackPart):
    """A file of progressions."""

    kind: Literal["progressions"]
    id: Code
    title: Name
    version: Line = Field(min_length=1)
    summary: Note = ""
    progressions: Annotated[tuple[Progression, ...], AtLeastOne]

    @model_validator(mode="after")
    def _once_each(self) -> ProgressionPack:
        if names := twice(one.id for one in self.progressions):
            raise ValueError(f"progressions: {', '.join(names)} is there twice")
        return self


def read_progressions(data: Mapping[str, Any], file: str) -> tuple[ProgressionPack | None, tuple[Problem, ...]]:
    """Return the pack in ``data`` (TOML as read), or None and everything that is wrong with it."""
    return read_pack(ProgressionPack, data, file)
