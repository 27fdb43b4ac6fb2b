"""Every mistake of a pack at once: what is at fault is replaced by a value that would do, and the rest is looked at.

A check of several values together can only be made once each of them can be read, and whether a word is known only once
the whole file can. So a value at fault gets a stand-in, and the file is read again, until nothing new is found. What
was put in is never used for anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from datetime import date
from itertools import count
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from domain.rules.soundness import Told, Unsound, told_already

ROUNDS = 12  # each finds what the one before hid; more are nested nowhere
Model = TypeVar("Model", bound=BaseModel)
Fault = Mapping[str, Any]
Place = tuple[str | int, ...]
_NOTHING = object()


def all_faults(model: type[Model], data: Mapping[str, Any]) -> tuple[list[Fault], Model | None]:
    """Return every fault of ``data``, and what it would be with stand-ins (None where that is no model yet).

    Faults are those of pydantic; what is wrong with several values together is one, with an ``Unsound`` as its error.
    """
    mended, numbers = deepcopy(dict(data)), count(1)
    found: dict[tuple[str, Any], Fault] = {}
    said: Told = frozenset()
    for _ in range(ROUNDS):
        with told_already(said):
            faults, further = list(_faults(model, mended)), False
            for fault in faults:
                found.setdefault((f"{fault['type']} {fault['msg']}", fault["loc"]), fault)
            for fault in sorted(faults, key=lambda one: bool(_asked(one))):  # by such a word the rest is judged
                error = fault.get("ctx", {}).get("error")
                if isinstance(error, Unsound):
                    said, further = said | set(error.said), True
                else:
                    further |= _mend(model, mended, fault, numbers)
        if not further:
            break
    with suppress(ValidationError), told_already(said):
        return list(found.values()), model.model_validate(mended)
    return list(found.values()), None


def _faults(model: type[Model], data: Mapping[str, Any]) -> Iterator[Fault]:
    try:
        model.model_validate(data)
    except ValidationError as error:
        seen: set[Place] = set()
        for fault in error.errors(include_url=False):
            place = _there(fault, data)
            if place not in seen or fault["type"] in ("missing", "value_error"):  # one of the sorts a value may be
                yield dict(fault)
            seen.add(place)


def _there(fault: Fault, data: Any) -> Place:
    """Return the way to a fault through the data: without the sorts that a value was tried as."""
    found: list[str | int] = []
    for number, step in enumerate(fault["loc"], 1):
        if _holds(data, step):
            data = data[step]
            found.append(step)
        elif number == len(fault["loc"]) and fault["type"] == "missing" and isinstance(data, dict):
            found.append(step)
    return tuple(found)


def _holds(data: Any, step: str | int) -> bool:
    return step in data if isinstance(data, dict) else isinstance(data, list) and step in range(len(data))


def _mend(model: type[Model], data: dict[str, Any], fault: Fault, numbers: Iterator[int]) -> bool:
    """Put a stand-in where the fault lies; returns whether one was found. A whole part has none.

    One that fits what stands beside it is taken first: what a stand-in alone asks for is nobody's mistake.
    """
    place = _there(fault, data)
    if not place:
        return False
    holder: Any = data
    for step in place[:-1]:
        holder = holder[step]
    if fault["type"] == "extra_forbidden" and isinstance(holder, dict) and place[-1] == fault["loc"][-1]:
        del holder[place[-1]]
        return True
    before = holder.get(place[-1], _NOTHING) if isinstance(holder, dict) else holder[place[-1]]
    if isinstance(before, dict) and fault["type"] == "value_error":
        return False
    would_do = _NOTHING
    for value in _stand_ins(fault, next(numbers)):
        holder[place[-1]] = value
        left = [_there(one, data) for one in _faults(model, data)]
        if any(at[: len(place)] == place for at in left):
            continue
        if place[:-1] not in left:
            return True
        would_do = value if would_do is _NOTHING else would_do
    if would_do is _NOTHING and before is _NOTHING:
        del holder[place[-1]]
    else:
        holder[place[-1]] = before if would_do is _NOTHING else would_do
    return would_do is not _NOTHING


def _stand_ins(fault: Fault, number: int) -> Iterator[Any]:
    """Yield values that a place may take: the words it asks for, and one of each sort."""
    yield from _asked(fault)
    yield from (1, 0, f"x{number}", date(2000, 1, 1), False, [], {}, 100, "1 day")


def _asked(fault: Fault) -> list[str]:
    """Return the words of which one is asked for; none where the fault is another."""
    return re.findall(r"'([^']*)'", str(fault.get("ctx", {}).get("expected", "")))
