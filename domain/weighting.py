"""Weighting schemes: a few questions about a case, and the points that their answers carry.

In a pack points are written as points (0.25); every attribute, and what ``as_item`` gives, holds hundredths (25).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    field_validator,
    model_validator,
)

from domain import capacity
from domain.errors import BadInput, Problem
from domain.fields import Code, Day, Line, Name, Note, Percent
from domain.ids import Pathway, Role
from domain.text import clean_line

SHOWN_LIMIT = 60
_PLAIN = {"missing": "missing", "extra_forbidden": "unknown key"}

Model = TypeVar("Model", bound=BaseModel)
Key = TypeVar("Key", bound=Hashable)


def _in_points(value: int) -> float | int:
    return value / 100 if value % 100 else value // 100


def _not_negative(value: object) -> int:
    found = capacity.hundredths(value)
    if found < 0:
        raise ValueError("points cannot be negative")
    return found


def _one_decimal(value: object) -> int:
    found = _not_negative(value)
    if found % 10:
        raise ValueError("a band ends at a percentage with at most one decimal")
    return found // 10


def _word(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _some(value: Sized) -> Sized:
    if not value:
        raise ValueError("at least one is needed")
    return value


# Not min_length: that would count a list with one faulty entry as empty, and report a second fault beside the first.
AtLeastOne = AfterValidator(_some)
Answer = Annotated[str, BeforeValidator(_word)]
Points = Annotated[int, BeforeValidator(_not_negative), PlainSerializer(_in_points), Field(le=capacity.LARGEST)]
Tenths = Annotated[int, BeforeValidator(_one_decimal), PlainSerializer(lambda tenths: tenths / 10)]


class PackPart(BaseModel):
    """A piece of a pack: unknown keys are refused and nothing changes once read."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def as_item(self) -> dict[str, Any]:
        """What the database keeps of this part for reads that do without packs: plain JSON values."""
        return self.model_dump(mode="json")


class Citation(PackPart):
    """Where a figure was read, when, and how well; ``verified`` only when it was seen in the source itself."""

    text: Note = Field(min_length=1)
    source: Line = Field(min_length=1)
    checked: Day
    confidence: Literal["H", "M", "L", "K", "local"]
    verified: bool


class Option(PackPart):
    """One answer to a factor's question. Exactly one option of a factor is its ``default``."""

    value: Annotated[Answer, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
    title: Name
    points: Points
    default: bool = False
    note: Line = ""


class Factor(PackPart):
    """One thing that makes a case heavier, asked as a question."""

    id: Code
    title: Name
    question: Line = Field(min_length=1)
    options: Annotated[tuple[Option, ...], AtLeastOne]

    @model_validator(mode="after")
    def _answerable(self) -> Factor:
        faults = [f'the answer "{value}" is there twice' for value in _twice(o.value for o in self.options)]
        defaults = [option.value for option in self.options if option.default]
        if len(defaults) != 1:
            found = " and ".join(defaults) or "none"
            faults.append(f"exactly one answer must be the default, found {found}")
        return _sound(self, faults)

    def option(self, value: str) -> Option | None:
        """The answer called ``value``."""
        return next((option for option in self.options if option.value == value), None)


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
    worker is set locally, on the team.
    """

    id: Code
    title: Name
    version: Line = Field(min_length=1)
    status: Literal["published", "starter", "frame"]
    summary: Note = ""
    factors: tuple[Factor, ...] = ()
    full_time_points: Points | None = None
    full_time_note: Line = "Set locally."
    most_cases: int | None = Field(default=None, gt=0)
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
        faults = [*self._factor_faults(), *self._default_faults(), *self._share_faults(), *self._band_faults()]
        return _sound(self, faults)

    def _factor_faults(self) -> Iterator[str]:
        if not self.factors and self.status != "frame":
            yield "factors: missing; only a frame may have none"
        yield from (f"factors: {name} is there twice" for name in _twice(f.id for f in self.factors))

    def _default_faults(self) -> Iterator[str]:
        for assumption in self.defaults:
            for name, value in assumption.answers.items():
                if (factor := self.factor(name)) is None:
                    yield f"defaults: there is no factor {name}"
                elif factor.option(value) is None:
                    yield f'defaults: {name} has no answer "{value}"'
        given = ((p, name) for a in self.defaults for p in a.pathways for name in a.answers)
        yield from (f"defaults: {p} has two default answers to {name}" for p, name in _twice(given))

    def _share_faults(self) -> Iterator[str]:
        yield from (f"shares: {role} is missing" for role in Role if role not in self.shares)

    def _band_faults(self) -> Iterator[str]:
        yield from (f"bands: {key} is there twice" for key in _twice(b.key for b in self.bands))
        edges = [band.upto_percent for band in self.bands]
        closed = [edge for edge in edges if edge is not None]
        if edges[-1] is not None or len(closed) != len(edges) - 1:
            yield "bands: every band but the last needs upto_percent, and the last must be open"
        elif closed != sorted(set(closed)):
            yield "bands: upto_percent must rise from band to band"

    def factor(self, name: str) -> Factor | None:
        """The factor called ``name``."""
        return next((factor for factor in self.factors if factor.id == name), None)

    def band_edges(self) -> tuple[tuple[int | None, str], ...]:
        """The bands as ``capacity.band`` takes them."""
        return tuple((band.upto_percent, band.key) for band in self.bands)

    def as_item(self) -> dict[str, Any]:
        """What the database keeps: points in hundredths as everywhere outside a pack's file, and ``band_edges``."""
        kept = super().as_item() | {"full_time_points": self.full_time_points, "band_edges": list(self.band_edges())}
        for factor, kept_factor in zip(self.factors, kept["factors"], strict=True):
            for option, kept_option in zip(factor.options, kept_factor["options"], strict=True):
                kept_option["points"] = option.points
        return kept


class SchemePack(PackPart):
    """A file of weighting schemes."""

    kind: Literal["schemes"]
    id: Code
    title: Name
    version: Line = Field(min_length=1)
    schemes: Annotated[tuple[Scheme, ...], AtLeastOne]

    @model_validator(mode="after")
    def _once_each(self) -> SchemePack:
        return _sound(self, [f"schemes: {name} is there twice" for name in _twice(s.id for s in self.schemes)])


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """What one factor adds, in hundredths of a point."""

    factor: str
    title: str
    value: str
    answer: str
    points: int


@dataclass(frozen=True, slots=True)
class Score:
    """A case's points in hundredths, and the line of each factor they are the sum of."""

    points: int
    lines: tuple[ScoreLine, ...]


def score(scheme: Scheme, answers: Mapping[str, object]) -> Score:
    """Return the points of a case. Raises BadInput naming the factor that is unknown, unanswered or answered oddly."""
    if not scheme.factors:
        raise BadInput(
            f"scheme: {scheme.id} has no points yet.",
            field="scheme",
            hint="Fill in its factors in a pack of your own, or choose another scheme.",
        )
    for name in answers:
        if scheme.factor(name) is None:
            known = ", ".join(factor.id for factor in scheme.factors)
            raise BadInput(
                f"{_shown(name)}: not a factor of {scheme.id}.", field=_shown(name), hint=f"Its factors are {known}."
            )
    lines = tuple(_line(factor, answers.get(factor.id)) for factor in scheme.factors)
    return Score(sum(line.points for line in lines), lines)


def _line(factor: Factor, answer: object) -> ScoreLine:
    choices = ", ".join(option.value for option in factor.options)
    if answer is None:
        raise BadInput(f"{factor.id}: not answered.", field=factor.id, hint=f"Choose one of {choices}.")
    option = factor.option(str(answer))
    if option is None:
        raise BadInput(
            f'{factor.id}: "{_shown(answer)}" is not an answer.', field=factor.id, hint=f"Choose one of {choices}."
        )
    return ScoreLine(factor.id, factor.title, option.value, option.title, option.points)


def default_answers(scheme: Scheme, pathways: Iterable[Pathway]) -> dict[str, str]:
    """Return the answers assumed for a case not weighed yet: per factor, the heaviest default of its pathways."""
    found = set(pathways)
    assumed = [a.answers for a in scheme.defaults if found & set(a.pathways)]
    return {factor.id: _assumed(factor, (a[factor.id] for a in assumed if factor.id in a)) for factor in scheme.factors}


def _assumed(factor: Factor, values: Iterable[str]) -> str:
    taken = set(values)
    options = [o for o in factor.options if o.value in taken] or [o for o in factor.options if o.default]
    return max(options, key=lambda option: option.points).value


def read_schemes(data: Mapping[str, Any], file: str) -> tuple[SchemePack | None, tuple[Problem, ...]]:
    """Return the pack in ``data`` (TOML as read), or None and everything that is wrong with it."""
    return read_pack(SchemePack, data, file)


def read_pack(model: type[Model], data: Mapping[str, Any], file: str) -> tuple[Model | None, tuple[Problem, ...]]:
    """Return ``data`` as ``model``, or None and one problem a fault, each with the path to its key."""
    try:
        return model.model_validate(data), ()
    except ValidationError as error:
        return None, tuple(_problem(dict(fault), data, file) for fault in error.errors(include_url=False))


def _problem(fault: Mapping[str, Any], data: Mapping[str, Any], file: str) -> Problem:
    given = fault["input"]
    value = _shown(given) if isinstance(given, (str, int, float, date)) else ""
    message = _PLAIN.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
    return Problem(file, None, _path(fault["loc"], data), value, message)


def _path(places: Iterable[str | int], data: Any) -> str:
    """Return the way to a fault in words: the ids of the parts it lies in rather than their positions."""
    words = []
    for place in places:
        data = _inside(data, place)
        named = data if isinstance(place, int) and isinstance(data, dict) else {}
        word = next((named[key] for key in ("id", "value", "key") if isinstance(named.get(key), str)), place)
        words.append(_shown(word))
    return ".".join(words)


def _inside(data: Any, place: str | int) -> Any:
    try:
        return data[place]
    except (KeyError, IndexError, TypeError):
        return None


def _shown(value: object) -> str:
    text = clean_line(str(value))
    return text if len(text) <= SHOWN_LIMIT else text[: SHOWN_LIMIT - 1] + "…"


def _twice(items: Iterable[Key]) -> list[Key]:
    return [item for item, times in Counter(items).items() if times > 1]


def _sound(model: Model, faults: Iterable[str]) -> Model:
    if told := "; ".join(faults):
        raise ValueError(told)
    return model
