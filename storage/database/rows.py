"""From a row of the database to a value with names: built from the columns' names, never from their places.

What a field's type says decides how its column is read, so that a day is a day whatever the database keeps it as.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

_MAKERS: dict[tuple[type[Any], tuple[str, ...]], Callable[[Sequence[Any]], Any]] = {}


def maker(kind: type[T], columns: tuple[str, ...]) -> Callable[[Sequence[Any]], T]:
    """Return what makes a ``kind`` (a NamedTuple or a dataclass) of a row with those columns.

    Fields that are no columns keep their defaults. Raises TypeError, when a query is first asked, where a column is
    no field or a field without a default is no column.
    """
    made = _MAKERS.get((kind, columns))
    if made is None:
        made = _MAKERS[kind, columns] = _made(kind, columns)
    return made


def _made(kind: type[Any], columns: tuple[str, ...]) -> Callable[[Sequence[Any]], Any]:
    needed, known = _fields(kind)
    if strange := [name for name in columns if name not in known]:
        raise TypeError(f"{kind.__name__} has no field {strange[0]!r}")
    if missing := [name for name in needed if name not in columns]:
        raise TypeError(f"{kind.__name__} needs a column {missing[0]!r}")
    hints = get_type_hints(kind)
    reads = {f"_read_{name}": read for name in columns if (read := _reader(hints[name])) is not None}
    given, in_order = [], True
    for name in known:
        in_order = in_order and name in columns
        if name in columns:
            value = f"_read_{name}({name})" if f"_read_{name}" in reads else name
            given.append(value if in_order else f"{name}={value}")
    # One function a query, so that a row costs hardly more than the driver's own tuple. A field may have any name but
    # one that begins so.
    taken = "".join(f"{name}, " for name in columns)
    code = f"def _make(_row):\n    {taken}= _row\n    return _kind({', '.join(given)})\n"
    made: dict[str, Any] = {"_kind": kind, **reads}
    exec(code, made)  # noqa: S102 - of column names that are fields of a class of ours
    make: Callable[[Sequence[Any]], Any] = made["_make"]
    return make


def _fields(kind: type[Any]) -> tuple[list[str], list[str]]:
    """Return the fields without a default, and all of them in order."""
    if dataclasses.is_dataclass(kind):
        fields = dataclasses.fields(kind)
        unset = dataclasses.MISSING
        needed = [f.name for f in fields if f.default is unset and f.default_factory is unset]
        return needed, [f.name for f in fields]
    names: tuple[str, ...] = kind._fields
    return [name for name in names if name not in kind._field_defaults], list(names)


def _reader(hint: Any) -> Callable[[Any], Any] | None:
    """Return what reads a column for a field of that type; None where it is read as it comes."""
    options = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    (of_value, *others) = [_plain_reader(option) for option in options if option is not NoneType]
    if of_value is None or others:
        return None
    return of_value if NoneType not in options else _or_none(of_value)


def _or_none(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else read(value)


def _from_json(text: str) -> Any:
    return {} if text == "{}" else json.loads(text)


def _plain_reader(hint: Any) -> Callable[[Any], Any] | None:
    kind = get_origin(hint) or hint
    if kind is datetime:
        return datetime.fromisoformat
    if kind is date:
        return date.fromisoformat
    if kind is bool:
        return bool
    if kind is tuple:
        return lambda text: tuple(json.loads(text))
    if kind in (list, dict, Mapping):
        return _from_json
    return kind if isinstance(kind, type) and issubclass(kind, Enum) else None
