"""What a record's fields take, read from their declaration: for forms, templates, lists and documents alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from domain.core.fields import Marker


class Shape(Enum):
    """How what a field holds is written."""

    LINE = "a line of text"
    TEXT = "text of several lines"
    DAY = "a day"
    YES = "yes or no"
    NUMBER = "a whole number"
    HUNDREDTHS = "a number with at most two decimals"
    CHOICE = "one of a few words"
    LIST = "several words"
    TABLE = "names with values"


class FieldFacts(NamedTuple):
    """One field: its name, what people call it, how it is written, and what is known for filling it in.

    ``example`` is None where templates leave the field out. ``usual``: it is seldom left out. ``choices`` are the words
    of a CHOICE.
    """

    name: str
    title: str
    shape: Shape
    needed: bool
    usual: bool
    default: Any
    example: Any
    help: str
    choices: tuple[str, ...]
    markers: frozenset[Marker]


@cache
def facts_of(fields: type[BaseModel]) -> Mapping[str, FieldFacts]:
    """Return the facts of every field of a record, by name, in the order in which they are declared."""
    return {name: _facts(name, info) for name, info in fields.model_fields.items()}


def _facts(name: str, info: FieldInfo) -> FieldFacts:
    kinds, markers, inner = _taken_apart(info)
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    examples = info.examples or next((one.examples for one in inner if one.examples), None)
    title = info.title or next((one.title for one in inner if one.title), None)
    help_ = info.description or next((one.description for one in inner if one.description), None)
    needed = info.is_required()
    return FieldFacts(
        name=name,
        title=title or name.replace("_", " ").capitalize(),
        shape=_shape(kinds, markers),
        needed=needed,
        usual=bool(extra.get("usual")),
        default=None if needed else info.get_default(call_default_factory=True),
        example=examples[0] if examples else None,
        help=help_ or "",
        choices=tuple(_choices(kinds)),
        markers=markers,
    )


def _taken_apart(info: FieldInfo) -> tuple[list[Any], frozenset[Marker], list[FieldInfo]]:
    """Return the plain types that a field takes, the markers on them, and what their declarations say."""
    found = list(_parts(info.annotation))
    said = [*info.metadata, *(one for _, extra in found for one in extra)]
    markers = frozenset(one for one in said if isinstance(one, Marker))
    return [kind for kind, _ in found], markers, [one for one in said if isinstance(one, FieldInfo)]


def _parts(annotation: Any, said: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *extra = get_args(annotation)
        yield from _parts(inner, (*said, *extra))
    elif origin in (Union, UnionType):
        for one in get_args(annotation):
            yield from _parts(one, said)
    elif annotation is not NoneType:
        yield annotation, said


def _shape(kinds: list[Any], markers: frozenset[Marker]) -> Shape:
    kind = kinds[0]
    origin = get_origin(kind) or kind
    if origin is Literal or (isinstance(kind, type) and issubclass(kind, Enum)):
        return Shape.CHOICE
    if Marker.HUNDREDTHS in markers:
        return Shape.HUNDREDTHS
    shapes = {bool: Shape.YES, int: Shape.NUMBER, date: Shape.DAY, tuple: Shape.LIST, dict: Shape.TABLE}
    return shapes.get(origin) or (Shape.TEXT if Marker.LONG in markers else Shape.LINE)


def _choices(kinds: list[Any]) -> Iterator[str]:
    for kind in kinds:
        if get_origin(kind) is Literal:
            yield from get_args(kind)
        elif isinstance(kind, type) and issubclass(kind, Enum):
            yield from (one.value for one in kind)
