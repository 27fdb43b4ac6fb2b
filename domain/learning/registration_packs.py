"""Kinds of registration, warrant and check that workers hold, and the training that is refreshed. Data, in packs.

A kind may say which happening of the rules it is: granted on a day, it is the event ``gives``; once it has ended, the
event ``ends``. So a registration counts in the rules and policies that speak of those events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from domain.core.enums import Nation
from domain.core.errors import Problem
from domain.core.fields import Code, Line, Name, Note
from domain.rules.pack_parts import AtLeastOne, Citation, PackPart, read_pack, sound, twice

MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]


class RegistrationYear(PackPart):
    """The regulator's year: its last day and the day renewal begins ("11-30"), and the development it asks for."""

    nation: Nation
    ends: MonthDay
    opens: MonthDay
    pieces: int = Field(ge=1, le=50)
    with_peer: int = Field(default=0, ge=0, le=50)

    @model_validator(mode="after")
    def _whole(self) -> RegistrationYear:
        if "02-29" in (self.ends, self.opens):
            raise ValueError("ends: 29 February is not in every year")
        if self.with_peer > self.pieces:
            raise ValueError("with_peer: more than there are pieces")
        for said in (self.ends, self.opens):
            try:
                date.fromisoformat(f"2027-{said}")
            except ValueError:
                raise ValueError("ends: a month has no such day") from None
        return self


class RegistrationKind(PackPart):
    """One kind. ``details`` are those of the event that it gives; ``remind_days`` how long before its end it is due.

    ``months`` is how long one lasts where a source or the council says so; without it the record's own date stands.
    ``year`` is what its regulator asks for in every year, of those who work in one nation.
    """

    id: Code
    title: Name
    gives: Code | None = None
    details: dict[Code, Line] = Field(default_factory=dict, max_length=5)
    ends: Code | None = None
    months: int | None = Field(default=None, gt=0, le=600)
    year: RegistrationYear | None = None
    remind_days: int = Field(default=56, ge=0, le=400)
    basis: Literal["published", "local"]
    note: Line = ""
    active: bool = True
    citations: tuple[Citation, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> RegistrationKind:
        if self.basis != "local" and not self.citations:
            raise ValueError("citations: what is not local needs a citation")
        if self.ends and not self.gives:
            raise ValueError("ends: say which event it gives, too")
        return self


class Training(PackPart):
    """Training that is refreshed: the ``topic`` of the event that records it, and the ``rule`` that dates the next."""

    id: Code
    title: Name
    topic: Code
    rule: Code | None = None
    note: Line = ""
    active: bool = True


class RegistrationPack(PackPart):
    """A file of kinds of registration and of training."""

    kind: Literal["registrations"]
    id: Code
    title: Name
    version: Line = Field(min_length=1)
    summary: Note = ""
    registrations: Annotated[tuple[RegistrationKind, ...], AtLeastOne]
    trainings: tuple[Training, ...] = ()

    @model_validator(mode="after")
    def _once_each(self) -> RegistrationPack:
        return sound(self, self._faults())

    def _faults(self) -> Iterator[str]:
        for name in ("registrations", "trainings"):
            if again := twice(one.id for one in getattr(self, name)):
                yield f"{name}: {', '.join(again)} is there twice"


def read_registrations(data: Mapping[str, Any], file: str) -> tuple[RegistrationPack | None, tuple[Problem, ...]]:
    """Return the pack in ``data`` (TOML as read), or None and everything that is wrong with it."""
    return read_pack(RegistrationPack, data, file)
