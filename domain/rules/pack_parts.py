"""What every kind of pack is made of: strict parts, citations, points, and faults told by the place they lie in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sized
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, ValidationError

from domain.core.errors import Problem
from domain.core.fields import Day, Line, Note
from domain.core.hundredths import LARGEST, parse_hundredths
from domain.core.refusals.field_faults import words_of
from domain.core.text import shown
from domain.rules.pack_mending import all_faults
from domain.rules.soundness import Unsound
from domain.rules.soundness import sound as sound  # noqa: PLC0414 - parts find it here

_PLAIN = {"missing": "missing", "extra_forbidden": "unknown key"}

Model = TypeVar("Model", bound=BaseModel)
Key = TypeVar("Key", bound=Hashable)


def not_negative(value: object) -> int:
    """Return points as a pack writes them in hundredths; raises ValueError for fewer than none."""
    found = parse_hundredths(value)
    if found < 0:
        raise ValueError("points cannot be negative")
    return found


def in_points(value: int) -> float | int:
    """Return hundredths as a pack writes points."""
    return value / 100 if value % 100 else value // 100


def _some(value: Sized) -> Sized:
    if not value:
        raise ValueError("at least one is needed")
    return value


# Not min_length: that would count a list with one faulty entry as empty, and report a second fault beside the first.
AtLeastOne = AfterValidator(_some)
Points = Annotated[int, BeforeValidator(not_negative), PlainSerializer(in_points), Field(le=LARGEST)]


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


def twice(items: Iterable[Key]) -> list[Key]:
    """Return what is there more than once."""
    return [item for item, times in Counter(items).items() if times > 1]


def read_pack(model: type[Model], data: Mapping[str, Any], file: str) -> tuple[Model | None, tuple[Problem, ...]]:
    """Return ``data`` as ``model``, or None and one problem a fault, each with the path to its key."""
    return read_through(model, data, file)[:2]


def read_through(
    model: type[Model], data: Mapping[str, Any], file: str
) -> tuple[Model | None, tuple[Problem, ...], Model | None]:
    """Return the same, and for a pack with faults its likeness: what it would be if they were mended.

    The likeness is for checks of what the pack names, and nothing else.
    """
    try:
        return model.model_validate(data), (), None
    except ValidationError:
        faults, likeness = all_faults(model, data)
        return None, tuple(one for fault in faults for one in _problems(fault, data, file)), likeness


def _problems(fault: Mapping[str, Any], data: Mapping[str, Any], file: str) -> Iterator[Problem]:
    given = fault["input"]
    value = shown(given) if isinstance(given, (str, int, float, date)) else ""
    error = fault.get("ctx", {}).get("error")
    said = error.faults if isinstance(error, Unsound) else (_PLAIN.get(fault["type"]) or words_of(fault),)
    for message in said:
        yield Problem(file, None, _path(fault["loc"], data), value, message)


def _path(places: Iterable[str | int], data: Any) -> str:
    """Return the way to a fault in words: the ids of the parts it lies in rather than their positions."""
    words = []
    for place in places:
        data = _inside(data, place)
        named = data if isinstance(place, int) and isinstance(data, dict) else {}
        word = next((named[key] for key in ("id", "value", "key") if isinstance(named.get(key), str)), place)
        words.append(shown(word))
    return ".".join(words)


def _inside(data: Any, place: str | int) -> Any:
    try:
        return data[place]
    except (KeyError, IndexError, TypeError):
        return None
