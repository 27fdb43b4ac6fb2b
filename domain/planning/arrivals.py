"""Cases to come, as a file lists them: CSV with a heading line, or TOML with one table a case.

Columns and keys: ``id``, ``pathway``, ``points``, ``needs``, ``area``, ``siblings``; anything else is taken as the
answer to a question of the weighting scheme.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError

from domain.core import toml
from domain.core.enums import Pathway
from domain.core.errors import Problem
from domain.core.hundredths import parse_hundredths
from domain.core.refusals.field_faults import faults
from domain.core.text import clean_line
from domain.planning.scenarios import Arrival

MOST_BYTES = 2_000_000
MOST_CASES = 1_000
OWN = ("id", "case", "pathway", "points", "needs", "must_have", "area", "siblings")
_SHOWN = 40


class Arriving(NamedTuple):
    """The cases of a file, and what is wrong with it; with problems no case counts."""

    cases: tuple[Arrival, ...]
    problems: tuple[Problem, ...]


def read_arrivals(raw: bytes, file: str) -> Arriving:
    """Return the cases that a file lists; every fault names its row."""
    if len(raw) > MOST_BYTES:
        return _broken(file, "larger than 2 MB: a list of new cases is short")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _broken(file, "not UTF-8 text: save it as UTF-8")
    try:
        rows = _toml(text) if file.lower().endswith(".toml") else _csv(text)
    except (ValueError, csv.Error, RecursionError, OverflowError) as fault:
        return _broken(file, clean_line(str(fault))[:200].rstrip("."))
    if not rows:
        return _broken(file, "holds no case")
    if len(rows) > MOST_CASES:
        return _broken(file, f"holds {len(rows):,} cases; at most {MOST_CASES:,} can be planned at once")
    return _taken(rows, file)


def _broken(file: str, message: str) -> Arriving:
    return Arriving((), (Problem(file, None, "", "", message),))


def _csv(text: str) -> list[tuple[int, dict[str, Any]]]:
    """Return the lines with their numbers (the heading is line 1), under headings in small letters."""
    first = text.lstrip().split("\n", 1)[0]
    lines = csv.reader(io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ",")
    heading = [clean_line(name).lower().replace(" ", "_") for name in next(lines, [])]
    if not {"id", "case"} & set(heading):
        raise ValueError("the first line names the columns; one of them is id, another pathway")
    if len(set(heading)) < len(heading):
        raise ValueError("two columns have the same heading")
    found = []
    for cells in lines:
        if any(cell.strip() for cell in cells):
            named = dict(zip(heading, cells, strict=False))
            extra = {"_too_many": True} if len(cells) > len(heading) else {}
            found.append((lines.line_num, {**named, **extra}))
    return found


def _toml(text: str) -> list[tuple[int, dict[str, Any]]]:
    try:
        tables = toml.parsed(text).get("case")
    except toml.TomlFault as fault:
        raise ValueError(f"it {fault}") from None
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        raise ValueError("write each case under a line [[case]]")
    return list(enumerate((dict(table) for table in tables), 1))


def _taken(rows: Iterable[tuple[int, dict[str, Any]]], file: str) -> Arriving:
    cases: list[Arrival] = []
    problems: list[Problem] = []
    seen: dict[str, int] = {}
    for row, data in rows:
        arrival = _one(row, data, file)
        if isinstance(arrival, Problem):
            problems.append(arrival)
        elif arrival.id in seen:
            problems.append(Problem(file, row, "id", arrival.id, f"listed on row {seen[arrival.id]} already"))
        else:
            seen[arrival.id] = row
            cases.append(arrival)
    return Arriving(() if problems else tuple(cases), tuple(problems))


def _one(row: int, data: Mapping[str, Any], file: str) -> Arrival | Problem:
    if data.get("_too_many"):
        return Problem(file, row, "", "", "more cells than there are headings")
    column = "points"
    try:
        points = _points(data.get("points"))
        column = "needs"
        needs = _words(data.get("needs") or data.get("must_have"))
        column = "pathway"
        pathway = _pathway(data.get("pathway"))
        return Arrival(
            id=str(data.get("id") or data.get("case") or ""),
            pathway=pathway,
            points=points,
            answers=_answers(data),
            must_have=needs,
            area=str(data.get("area") or ""),
            siblings=str(data.get("siblings") or ""),
        )
    except ValidationError as error:
        first = faults(error)[0]
        return Problem(file, row, first.field, "", first.words)
    except ValueError as fault:
        return Problem(file, row, column, _shown(data.get(column)), clean_line(str(fault)))


def _shown(value: object) -> str:
    return clean_line(str(value if value is not None else ""))[:_SHOWN]


def _points(value: object) -> int | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    found = parse_hundredths(value.strip() if isinstance(value, str) else value)
    if found < 0:
        raise ValueError("points are never below 0")
    return found


def _pathway(value: object) -> Pathway:
    word = clean_line(str(value or "")).casefold().replace(" ", "_").replace("-", "_")
    try:
        return Pathway(word)
    except ValueError:
        raise ValueError("not a pathway; one of " + ", ".join(Pathway)) from None


def _words(value: object) -> tuple[str, ...]:
    parts = value if isinstance(value, list | tuple) else str(value or "").replace("|", ";").split(";")
    return tuple(word for word in (clean_line(str(part)) for part in parts) if word)


def _answers(data: Mapping[str, Any]) -> dict[str, str]:
    inner = data.get("answers")
    given = {
        **{k: v for k, v in data.items() if k not in (*OWN, "answers")},
        **(inner if isinstance(inner, Mapping) else {}),
    }
    return {clean_line(str(k)): clean_line(str(v)) for k, v in given.items() if str(v if v is not None else "").strip()}
