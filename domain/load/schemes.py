"""Weighting schemes as packs: a few questions about a case, and the points that their answers carry.

In a pack points are written as points (0.25); every attribute, and what ``as_item`` gives, holds hundredths (25).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, PlainSerializer, field_validator, model_validator

from domain.core.enums import Pathway, Role
from domain.core.errors import Problem
from domain.core.fields import Code, Line, Name, Note, Percent
from domain.core.hundredths import LARGEST
from domain.rules.pack_parts import (
    AtLeastOne,
    Citation,
    PackPart,
    Points,
    in_points,
    not_negative,
    read_pack,
    sound,
    twice,
)

MOST_TICKS = 6  # questions with yes or no, beside those that are read and chosen from
MOST_QUESTIONS = 5  # "so intricate that people spend ages on their score": UNISON in Community Care, 14 September 2010
_SHARED = tuple(role for role in Role if role is not Role.SUPERVISED)  # its share may be left out: then it is 100

Table = dict[str, int]


def _points_or_table(value: object) -> int | Table:
    """Return points, or the points for each answer to the question that these go by."""
    if not isinstance(value, Mapping):
        return _bounded(value)
    if not value:
        raise ValueError("a table of points needs at least one answer")
    return {str(answer): _said_of(str(answer), points) for answer, points in value.items()}


def _said_of(answer: str, points: object) -> int:
    try:
        return _bounded(points)
    except ValueError as error:
        raise ValueError(f"{answer}: {error}") from None


def _bounded(value: object) -> int:
    found = not_negative(value)
    if found > LARGEST:
        raise ValueError("that is more points than anybody can carry")
    return found


def _written(value: int | Table) -> Any:
    return {k: in_points(v) for k, v in value.items()} if isinstance(value, dict) else in_points(value)


def _one_decimal(value: object) -> int:
    found = not_negative(value)
    if found % 10:
        raise ValueError("a band ends at a percentage with at most one decimal")
    return found // 10


def _word(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Answer = Annotated[str, BeforeValidator(_word)]
Tenths = Annotated[int, BeforeValidator(_one_decimal), PlainSerializer(lambda tenths: tenths / 10)]
OptionPoints = Annotated[int | Table, BeforeValidator(_points_or_table), PlainSerializer(_written)]


class Option(PackPart):
    """One answer to a factor's question. Exactly one option of a factor is its ``default``.

    ``for_siblings``: taken for a brother or sister of a child counted already, until somebody weighs the case.
    ``points`` is a number, or a table with the points for each answer to the factor that this one goes ``by``.
    """

    value: Annotated[Answer, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
    title: Name
    points: OptionPoints
    default: bool = False
    for_siblings: bool = False
    note: Line = ""


class Factor(PackPart):
    """One thing that makes a case heavier, asked as a question. ``by`` names another whose answer its points need."""

    id: Code
    title: Name
    question: Line = Field(min_length=1)
    by: Code | None = None
    options: Annotated[tuple[Option, ...], AtLeastOne]

    @model_validator(mode="after")
    def _answerable(self) -> Factor:
        faults = [f'the answer "{value}" is there twice' for value in twice(o.value for o in self.options)]
        defaults = [option.value for option in self.options if option.default]
        if len(defaults) != 1:
            found = " and ".join(defaults) or "none"
            faults.append(f"exactly one answer must be the default, found {found}")
        siblings = [option.value for option in self.options if option.for_siblings]
        if len(siblings) > 1:
            faults.append(f"one answer at most may be for_siblings, found {' and '.join(siblings)}")
        if any(isinstance(o.points, dict) for o in self.options) != (self.by is not None):
            faults.append("points in a table need by, the question they go by, and by needs such a table")
        return sound(self, faults)

    @property
    def is_tick(self) -> bool:
        """Whether it is answered with yes or no."""
        return {option.value for option in self.options} == {"yes", "no"}

    def option(self, value: str) -> Option | None:
        """The answer called ``value``."""
        return next((option for option in self.options if option.value == value), None)

    def table_faults(self, other: Factor | None) -> Iterator[str]:
        """Yield what is wrong between this factor's tables and the one they go by."""
        if other is None or other.id == self.id:
            yield f"factors: {self.id} goes by {self.by}, which is no other factor"
        elif other.by is not None:
            yield f"factors: {self.id} goes by {other.id}, which goes by another itself"
        else:
            wanted = {option.value for option in other.options}
            for option in self.options:
                given = set(option.points) if isinstance(option.points, dict) else wanted
                for value in sorted(wanted - given):
                    yield f'factors: {self.id} "{option.value}" has no points for {other.id} "{value}"'
                for value in sorted(given - wanted):
                    yield f'factors: {self.id} "{option.value}" has points for "{value}", no answer of {other.id}'


class Band(PackPart):
    """A stretch of utilisation, up to and including ``upto_percent`` (held in tenths); the last one is open."""

    key: Literal["room", "steady", "near", "over"]
    title: Name
    glyph: Line = ""
    upto_percent: Tenths | None = None


class Assumption(PackPart):
    """The answers taken for a case on one of ``pathways`` until somebody has weighed it."""

    pathways: Annotated[tuple[Pathway, ...], AtLeastOne]
    answers: Annotated[dict[str, Answer], AtLeastOne]


class Scheme(PackPart):
    """A council-owned, versioned way to weigh cases.

    ``published`` schemes stand in a source as they are, ``starter`` schemes are ours to begin with, and a ``frame``
    has a shape but no points until the council fills them in. Without ``full_time_points`` the load of a full-time
    worker is set locally, on the team. ``stable_points`` count on everybody beside cases; ``grade_percent`` is what a
    grade carries where the scheme says so; ``most_uplift`` is what may be added or taken by hand, with a reason.
    After ``dormant_weeks`` without an event a case counts ``dormant_percent`` of its points, and after an event in
    ``rescore_after`` it is to be weighed again.
    """

    id: Code
    title: Name
    version: Line = Field(min_length=1)
    status: Literal["published", "starter", "frame"]
    summary: Note = ""
    unit: Name = "points"
    factors: tuple[Factor, ...] = ()
    full_time_points: Points | None = None
    full_time_note: Line = "Set locally."
    stable_points: Points = 0
    grade_percent: dict[Code, Percent] = Field(default_factory=dict)
    most_cases: int | None = Field(default=None, gt=0)
    most_uplift: Points | None = None
    dormant_weeks: int | None = Field(default=None, gt=0, le=520)
    dormant_percent: Percent = 100
    dormant_note: Line = "Set locally."
    red_weeks: int | None = Field(default=None, gt=0, le=52)
    rescore_after: tuple[Code, ...] = ()
    shares: dict[Role, Percent]
    shares_note: Line = "Set locally."
    bands: Annotated[tuple[Band, ...], AtLeastOne]
    defaults_status: Literal["assumed", "published"] = "assumed"
    defaults: tuple[Assumption, ...] = ()
    citations: Annotated[tuple[Citation, ...], AtLeastOne]

    @field_validator("full_time_points")
    @classmethod
    def _more_than_nothing(cls, points: int | None) -> int | None:
        if points == 0:
            raise ValueError("leave full_time_points out when it is set locally; it cannot be 0")
        return points

    @model_validator(mode="after")
    def _whole(self) -> Scheme:
        faults = [
            *self._factor_faults(),
            *self._default_faults(),
            *self._share_faults(),
            *self._band_faults(),
            *self._load_faults(),
        ]
        return sound(self, faults)

    def _factor_faults(self) -> Iterator[str]:
        if not self.factors and self.status != "frame":
            yield "factors: missing; only a frame may have none"
        ticks = sum(factor.is_tick for factor in self.factors)
        if (asked := len(self.factors) - ticks) > MOST_QUESTIONS:
            yield f"factors: at most {MOST_QUESTIONS} questions a case, found {asked}"
        if ticks > MOST_TICKS:
            yield f"factors: at most {MOST_TICKS} questions with yes or no, found {ticks}"
        yield from (f"factors: {name} is there twice" for name in twice(f.id for f in self.factors))
        yield from ("factors: uplift is the line for points given by hand" for f in self.factors if f.id == "uplift")
        for factor in self.factors:
            if factor.by is not None:
                yield from factor.table_faults(self.factor(factor.by))

    def _default_faults(self) -> Iterator[str]:
        for assumption in self.defaults:
            for name, value in assumption.answers.items():
                if (factor := self.factor(name)) is None:
                    yield f"defaults: there is no factor {name}"
                elif factor.option(value) is None:
                    yield f'defaults: {name} has no answer "{value}"'
        given = ((p, name) for a in self.defaults for p in a.pathways for name in a.answers)
        yield from (f"defaults: {p} has two default answers to {name}" for p, name in twice(given))

    def _share_faults(self) -> Iterator[str]:
        yield from (f"shares: {role} is missing" for role in _SHARED if role not in self.shares)

    def _band_faults(self) -> Iterator[str]:
        yield from (f"bands: {key} is there twice" for key in twice(b.key for b in self.bands))
        edges = [band.upto_percent for band in self.bands]
        closed = [edge for edge in edges if edge is not None]
        if edges[-1] is not None or len(closed) != len(edges) - 1:
            yield "bands: every band but the last needs upto_percent, and the last must be open"
        elif closed != sorted(set(closed)):
            yield "bands: upto_percent must rise from band to band"

    def _load_faults(self) -> Iterator[str]:
        if self.full_time_points is not None and self.stable_points >= self.full_time_points:
            yield "stable_points: the stable part leaves nothing of the full-time load for cases"
        if self.dormant_percent != 100 and self.dormant_weeks is None:
            yield "dormant_percent: say after how many weeks a case is dormant, in dormant_weeks"

    def factor(self, name: str) -> Factor | None:
        """The factor called ``name``."""
        return next((factor for factor in self.factors if factor.id == name), None)

    def band_edges(self) -> tuple[tuple[int | None, str], ...]:
        """The bands as ``capacity.band`` takes them."""
        return tuple((band.upto_percent, band.key) for band in self.bands)

    def as_item(self) -> dict[str, Any]:
        """What the database keeps: points in hundredths as everywhere outside a pack's file, and ``band_edges``."""
        kept = super().as_item()
        kept |= {name: getattr(self, name) for name in ("full_time_points", "stable_points", "most_uplift")}
        kept["band_edges"] = list(self.band_edges())
        for factor, kept_factor in zip(self.factors, kept["factors"], strict=True):
            for option, kept_option in zip(factor.options, kept_factor["options"], strict=True):
                kept_option["points"] = option.points
        return kept

    @cached_property
    def item(self) -> dict[str, Any]:
        """The same, made once, for scoring many cases."""
        return self.as_item()


class SchemePack(PackPart):
    """A file of weighting schemes."""

    kind: Literal["schemes"]
    id: Code
    title: Name
    version: Line = Field(min_length=1)
    schemes: Annotated[tuple[Scheme, ...], AtLeastOne]

    @model_validator(mode="after")
    def _once_each(self) -> SchemePack:
        return sound(self, _named_twice(self.schemes))


def _named_twice(schemes: Iterable[Scheme]) -> list[str]:
    return [f"schemes: {name} is there twice" for name in twice(s.id for s in schemes)]


def read_schemes(data: Mapping[str, Any], file: str) -> tuple[SchemePack | None, tuple[Problem, ...]]:
    """Return the pack in ``data`` (TOML as read), or None and everything that is wrong with it."""
    return read_pack(SchemePack, data, file)
