"""Why a field refuses what it was given, in plain words: one sentence for whatever pydantic calls a fault.

Its own words never reach a person: what has no sentence here is "not written as it must be", and a test looks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from domain.core.hundredths import from_hundredths
from domain.core.refusals.nearest import FEW, NEAREST, nearest

OTHERWISE = "not written as it must be"
_DAY = "not a date: write it as 16/03/2026 or 2026-03-16"
_SMALL = "larger than any number that can be kept"

# What a value should be where it is of another sort; where a field takes several sorts, all of them are said.
_SORTS = {
    "string_type": "text",
    "string_sub_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "iterable_type": "a list",
    "dict_type": "names with values",
    "mapping_type": "names with values",
    "model_type": "names with values",
    "model_attributes_type": "names with values",
}
_PLAIN = {
    "missing": "this is needed",
    "extra_forbidden": "there is no such field",
    "none_required": "leave this out",
    "string_too_short": "this cannot be empty",
    "too_short": "this cannot be empty",
    "string_unicode": "not text that can be read",
    "int_parsing_size": _SMALL,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "datetime_type": _DAY,
    "datetime_parsing": _DAY,
    "datetime_from_date_parsing": _DAY,
    "datetime_object_invalid": _DAY,
}
_BOUNDS = {
    "string_too_long": ("max_length", "longer than {} characters"),
    "too_long": ("max_length", "more than {} entries"),
    "greater_than": ("gt", "write more than {}"),
    "greater_than_equal": ("ge", "write {} or more"),
    "less_than": ("lt", "write less than {}"),
    "less_than_equal": ("le", "write {} or less"),
    "multiple_of": ("multiple_of", "write a multiple of {}"),
}
_MEMBER = re.compile(r"(?:str|int|bool|float|date|none|constrained-\w+|(?:function-\w+|\w+)\[.*\])")  # of a union


class FieldFault(NamedTuple):
    """What is wrong with what was given: where (names of fields, positions in lists), and why, in words."""

    path: tuple[str | int, ...]
    words: str

    @property
    def field(self) -> str:
        """The field, with the name of what is at fault in it, but without positions."""
        return ".".join(part for part in self.path if isinstance(part, str))

    @property
    def entry(self) -> int | None:
        """Which entry of a list it is, counted from 1; None where it is none."""
        return next((part + 1 for part in self.path if isinstance(part, int)), None)


def faults(error: ValidationError, *, hundredths: Callable[[str], bool] | None = None) -> list[FieldFault]:
    """Return every fault once, in order; ``hundredths`` says of a field that it is written with decimals."""
    found: dict[tuple[str | int, ...], list[Mapping[str, Any]]] = {}
    for one in error.errors(include_url=False):
        found.setdefault(_path(one["loc"]), []).append(dict(one))
    return [_fault(path, several, hundredths) for path, several in found.items()]


def words_of(fault: Mapping[str, Any]) -> str:
    """Return one of pydantic's own faults in words."""
    sort = _SORTS.get(fault["type"])
    return f"write it as {sort}" if sort else _words(fault, scaled=False)


def _fault(
    path: tuple[str | int, ...], several: Sequence[Mapping[str, Any]], hundredths: Callable[[str], bool] | None
) -> FieldFault:
    sorts = list(dict.fromkeys(_SORTS[one["type"]] for one in several if one["type"] in _SORTS))
    if sorts:
        return FieldFault(path, f"write it as {' or '.join(sorts)}")
    scaled = hundredths is not None and bool(path) and hundredths(str(path[0]))
    words = _words(several[0], scaled=scaled)
    if not path and re.match(r"[\w.]+: ", words):  # a check of several fields together says which one is at fault
        field, _, words = words.partition(": ")
        path = (field,)
    return FieldFault(path, words)


def _path(places: Iterable[str | int]) -> tuple[str | int, ...]:
    """Return the way to a fault without the member of a union that it was tried as."""
    path = tuple(places)
    while len(path) > 1 and isinstance(path[-1], str) and _MEMBER.fullmatch(path[-1]):
        path = path[:-1]
    return path[:-2] if path[-1:] == ("[key]",) else path  # a name in a table that is no text


def _words(fault: Mapping[str, Any], *, scaled: bool) -> str:
    about = fault.get("ctx", {})
    match fault["type"]:
        case "value_error" | "assertion_error":  # the words of our own checks
            return str(fault["msg"]).partition(", ")[2].rstrip(".") or OTHERWISE
        case "enum" | "literal_error":
            return _none_of(str(about.get("expected", "")), fault["input"])
        case "union_tag_invalid" | "union_tag_not_found" as untold:
            words = f"not one of {about['expected_tags']}" if untold == "union_tag_invalid" else "this is needed"
            return f"{about['discriminator'].strip(chr(39))}: {words}"
        case kind if kind in _BOUNDS:
            name, words = _BOUNDS["string_too_long" if _is_long_text(fault) else kind]
            return words.format(_number(about[name], scaled))
        case other:
            return _PLAIN.get(other, OTHERWISE)


def _is_long_text(fault: Mapping[str, Any]) -> bool:
    """Whether a text is too long: pydantic counts one that is cleaned before it is checked like a list's entries."""
    return fault["type"] == "too_long" and isinstance(fault.get("input"), str)


def _number(bound: float, scaled: bool) -> str:
    return f"{from_hundredths(int(bound)):g}" if scaled else f"{bound:,}"


def _none_of(expected: str, given: object) -> str:
    """Say what a choice may be: all of a few, of many those nearest to what was given, which is not said back."""
    words = re.findall(r"'([^']*)'", expected)
    if len(words) <= FEW:
        return f"not one of {expected}"
    near = nearest(str(given), words) or words[:NEAREST]
    return f"not one of the {len(words)} words it may be, such as {', '.join(near)}"
