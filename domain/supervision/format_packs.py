"""How a case or a topic is talked through: the fields of a discussion, in columns. Data, so councils bring their own.

A format has a scale where something is rated from 0 to 10. ``about`` names the field whose lines are rated, each on
its own; ``goal`` the field whose lines stand opposite them, so that every danger has its goal and its ratings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from domain.core.enums import Pathway
from domain.core.errors import Problem
from domain.core.fields import Code, Line, Name, Note
from domain.rules.pack_parts import AtLeastOne, Citation, PackPart, read_pack, twice
from domain.supervision.discussions import MOST_PARTS


class FormatField(PackPart):
    """One field. ``prompt`` is the question that stands in it while it is empty.

    ``voice`` marks where the person's own experience is told; ``stands`` a text that holds until it is changed, so
    that it is brought forward from one session to the next.
    """

    id: Code
    title: Name
    prompt: Line = ""
    voice: bool = False
    stands: bool = False


class Column(PackPart):
    """Fields that belong together, beside or below one another as there is room."""

    title: Name
    fields: Annotated[tuple[FormatField, ...], AtLeastOne]


class Scale(PackPart):
    """A rating from 0 to 10 by each of the ``raters``, with what both ends mean."""

    title: Name
    low: Line = Field(min_length=1)
    high: Line = Field(min_length=1)
    about: Code | None = None
    goal: Code | None = None
    raters: Annotated[tuple[Line, ...], AtLeastOne]

    @model_validator(mode="after")
    def _sound(self) -> Scale:
        if self.goal and not self.about:
            raise ValueError("goal: a goal stands opposite what is rated: name that in about")
        if names := twice(self.raters):
            raise ValueError(f"raters: {', '.join(names)} is there twice")
        return self


class Format(PackPart):
    """One way of talking something through.

    ``pathways`` are those whose cases it is offered for first; ``topics`` the topics of the personal record that it
    is. ``prompts`` are questions to reflect on, shown when asked for.
    """

    id: Code
    title: Name
    of: Literal["case", "worker", "both"] = "case"
    basis: Literal["published", "local"]
    pathways: tuple[Pathway, ...] = ()
    topics: tuple[Code, ...] = ()
    columns: Annotated[tuple[Column, ...], AtLeastOne]
    scale: Scale | None = None
    prompts: tuple[Line, ...] = ()
    note: Line = ""
    active: bool = True
    citations: tuple[Citation, ...] = ()

    @property
    def fields(self) -> tuple[FormatField, ...]:
        """Every field, column by column."""
        return tuple(field for column in self.columns for field in column.fields)

    @model_validator(mode="after")
    def _whole(self) -> Format:
        names = [field.id for field in self.fields]
        if again := twice(names):
            raise ValueError(f"columns: {', '.join(again)} is there twice")
        if len(names) > MOST_PARTS:
            raise ValueError(f"columns: at most {MOST_PARTS} fields")
        for key in ("about", "goal"):
            if self.scale and (named := getattr(self.scale, key)) and named not in names:
                raise ValueError(f"scale.{key}: there is no field {named}")
        if self.scale and self.of != "case":
            raise ValueError("scale: only what is said about a case is rated")
        if self.basis != "local" and not self.citations:
            raise ValueError("citations: a format that is not local needs a citation")
        return self


class FormatPack(PackPart):
    """A file of discussion formats."""

    kind: Literal["formats"]
    id: Code
    title: Name
    version: Line = Field(min_length=1)
    summary: Note = ""
    formats: Annotated[tuple[Format, ...], AtLeastOne]

    @model_validator(mode="after")
    def _once_each(self) -> FormatPack:
        if names := twice(one.id for one in self.formats):
            raise ValueError(f"formats: {', '.join(names)} is there twice")
        return self


def read_formats(data: Mapping[str, Any], file: str) -> tuple[FormatPack | None, tuple[Problem, ...]]:
    """Return the pack in ``data`` (TOML as read), or None and everything that is wrong with it."""
    return read_pack(FormatPack, data, file)
