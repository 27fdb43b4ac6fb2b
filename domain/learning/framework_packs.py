"""Frameworks of capability: their statements and levels, as data that councils can put their own beside.

A statement is known by an id of its own that stays when the framework is numbered anew; ``also`` lists other ids by
which it was or is written ("pcf.6"). A title that was not seen in a source is not ``verified``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from domain.core.errors import Problem
from domain.core.fields import Code, Day, Line, Name, Note
from domain.rules.pack_parts import AtLeastOne, Citation, PackPart, read_pack, sound, twice


class Statement(PackPart):
    """One domain, statement or standard; ``number`` is only how it is shown."""

    id: Code
    number: int | None = Field(default=None, ge=1, le=200)
    title: Name
    also: tuple[Code, ...] = ()
    verified: bool = False
    note: Line = ""


class Level(PackPart):
    """One level of a framework, from the lowest."""

    id: Code
    title: Name
    verified: bool = False


class Framework(PackPart):
    """A framework. ``status`` is ``frame`` while its content is not known, ``draft`` where only a draft was seen.

    ``replaces`` is the framework that it takes the place of on the day it begins.
    """

    id: Code
    title: Name
    family: Literal["adults", "children", "any"] = "any"
    status: Literal["in_force", "draft", "frame"] = "in_force"
    basis: Literal["published", "local"]
    valid_from: Day | None = None
    valid_to: Day | None = None
    replaces: Code | None = None
    levels: tuple[Level, ...] = ()
    statements: tuple[Statement, ...] = ()
    note: Line = ""
    active: bool = True
    citations: tuple[Citation, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Framework:
        return sound(self, self._faults())

    def _faults(self) -> Iterator[str]:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            yield "valid_to: it cannot end before it begins"
        if not self.statements and self.status != "frame":
            yield "statements: at least one is needed, unless only the frame is known"
        if self.basis != "local" and not self.citations:
            yield "citations: a framework that is not local needs a citation"
        for one in self.statements:
            if not one.id.startswith(f"{self.id}."):
                yield f"statements: {one.id} does not begin with {self.id + '.'!r}"
        names = [name for one in self.statements for name in (one.id, *one.also)]
        if again := twice(names) + twice(level.id for level in self.levels):
            yield f"statements: {', '.join(again)} is there twice"

    @property
    def unverified(self) -> int:
        """How many titles of statements and levels were not seen in a source."""
        return sum(not one.verified for one in self.statements) + sum(not one.verified for one in self.levels)

    def as_item(self) -> dict[str, Any]:
        """What the database keeps of it, with what lists say about its titles."""
        titles = len(self.statements) + len(self.levels)
        said = f"{self.unverified} of {titles} titles" if self.unverified else ""
        return {**self.model_dump(mode="json"), "unverified": said}


class FrameworkPack(PackPart):
    """A file of frameworks."""

    kind: Literal["frameworks"]
    id: Code
    title: Name
    version: Line = Field(min_length=1)
    summary: Note = ""
    frameworks: Annotated[tuple[Framework, ...], AtLeastOne]

    @model_validator(mode="after")
    def _once_each(self) -> FrameworkPack:
        if names := twice(one.id for one in self.frameworks):
            raise ValueError(f"frameworks: {', '.join(names)} is there twice")
        return self


def read_frameworks(data: Mapping[str, Any], file: str) -> tuple[FrameworkPack | None, tuple[Problem, ...]]:
    """Return the pack in ``data`` (TOML as read), or None and everything that is wrong with it."""
    return read_pack(FrameworkPack, data, file)
