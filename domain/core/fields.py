"""Validated field types: the one place that says what a name, a note, a code or a day may be.

A record's field says with pydantic's ``Field`` what it is called (``title``), an example and, in ``description``, what
to know when filling it in: forms, templates and messages read it there (`domain/core/field_facts.py`).
"""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic.config import JsonDict

from domain.core.dates import EARLIEST, LATEST, parse_day
from domain.core.identifiers import fault_of, identifier
from domain.core.text import LONG_LIMIT, NAME_LIMIT, NOTE_LIMIT, REFERENCE_LIMIT, clean, clean_line

MOST_DETAILS = 20
USUAL: JsonDict = {"usual": True}  # for a field that may be left out and seldom is


class Marker(Enum):
    """What else a type says of what it holds."""

    HUNDREDTHS = "written as a number with at most two decimals, kept as a whole number of hundredths"
    LONG = "more than a line"
    HIDDEN = "about a person: not shown while names are hidden"
    INITIALS = "a name of staff: initials while names are hidden"
    IDENTIFIES = "compared as it stands: two that look the same are the same"
    CODE = "a word of the packs, or of our own"


def _line(value: Any) -> Any:
    return clean_line(value) if isinstance(value, str) else value


def _text(value: Any) -> Any:
    return clean(value) if isinstance(value, str) else value


def _identifier(value: Any) -> Any:
    return identifier(value) if isinstance(value, str) else value


def _one_script(value: str) -> str:
    if fault := fault_of(value):
        raise ValueError(fault)
    return value


def _one_script_a_word(value: str) -> str:
    if fault := fault_of(value, by_word=True):
        raise ValueError(fault)
    return value


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
Note = Annotated[str, BeforeValidator(_text), StringConstraints(max_length=NOTE_LIMIT), Marker.LONG]
LongNote = Annotated[str, BeforeValidator(_text), StringConstraints(max_length=LONG_LIMIT), Marker.LONG]
Reference = Annotated[
    str,
    BeforeValidator(_identifier),
    StringConstraints(min_length=1, max_length=REFERENCE_LIMIT),
    AfterValidator(_one_script),
    Marker.IDENTIFIES,
]
TeamName = Annotated[
    str,
    BeforeValidator(_identifier),
    StringConstraints(min_length=1, max_length=NAME_LIMIT),
    AfterValidator(_one_script_a_word),
    Marker.IDENTIFIES,
]
Code = Annotated[str, BeforeValidator(_line), StringConstraints(pattern=r"^[a-z][a-z0-9_.-]{0,63}$"), Marker.CODE]
Day = Annotated[date, BeforeValidator(_day)]
Percent = Annotated[int, Field(ge=0, le=100)]
Fte = Annotated[int, Field(gt=0, le=150), Marker.HUNDREDTHS]
Hundredths = Annotated[int, Marker.HUNDREDTHS]
ContractHours = Annotated[int, Field(gt=0, le=10_000), Marker.HUNDREDTHS]
Remark = Annotated[Note, Marker.HIDDEN, Field(examples=[""])]
SaidBy = Annotated[Line, Marker.INITIALS]
StaffName = Annotated[Name, Marker.INITIALS]
StaffId = Annotated[Reference, Field(examples=["W101"], description="staff id")]
CaseReference = Annotated[Reference, Field(examples=["C-1001"])]
SessionNumber = Annotated[int, Field(examples=[12], description="its number; see: almoner list session")]
ProgrammeNumber = Annotated[int, Field(examples=[2], description="its number; see: almoner list programme")]
Details = Annotated[dict[str, str | bool | int], AfterValidator(_small)]
