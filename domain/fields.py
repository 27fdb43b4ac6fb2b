"""Validated field types: the one place that says what a name, a note, a code or a day may be."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from domain.dates import EARLIEST, LATEST, parse_day
from domain.text import LONG_LIMIT, NAME_LIMIT, NOTE_LIMIT, REFERENCE_LIMIT, clean, clean_line

MOST_DETAILS = 20


def _line(value: Any) -> Any:
    return clean_line(value) if isinstance(value, str) else value


def _text(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


def _none_if_empty(value: Any) -> Any:
    return None if value == "" else value


def _day(value: Any) -> Any:
    if isinstance(value, datetime):
        value = value.date()
    if isinstance(value, str):
        value = parse_day(value)
    if isinstance(value, date) and not EARLIEST <= value <= LATEST:
        raise ValueError("the year must lie between 1900 and 2199")
    return value


def _small(details: dict[str, str | bool | int]) -> dict[str, str | bool | int]:
    if len(details) > MOST_DETAILS:
        raise ValueError(f"at most {MOST_DETAILS} details belong on one event")
    return {clean_line(k)[:64]: clean_line(v)[:200] if isinstance(v, str) else v for k, v in details.items()}


Name = Annotated[str, BeforeValidator(_line), StringConstraints(min_length=1, max_length=NAME_LIMIT)]
Line = Annotated[str, BeforeValidator(_line), StringConstraints(max_length=NAME_LIMIT)]
Note = Annotated[str, BeforeValidator(_text), StringConstraints(max_length=NOTE_LIMIT)]
LongNote = Annotated[str, BeforeValidator(_text), StringConstraints(max_length=LONG_LIMIT)]
Reference = Annotated[str, BeforeValidator(_line), StringConstraints(min_length=1, max_length=REFERENCE_LIMIT)]
Code = Annotated[str, BeforeValidator(_line), StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,63}$")]
Day = Annotated[date, BeforeValidator(_day)]
Percent = Annotated[int, Field(ge=0, le=100)]
Fte = Annotated[int, Field(gt=0, le=150, description="hundredths: 60 is three days a week")]
Details = Annotated[dict[str, str | bool | int], AfterValidator(_small)]
