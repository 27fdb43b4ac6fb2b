"""What the engine finds: obligations, open, answered and lapsed, and gaps."""

from __future__ import annotations

from datetime import date
from hashlib import blake2b
from typing import NamedTuple

from domain.cases.subject import Gap
from domain.core.enums import SubjectKind


class Obligation(NamedTuple):
    """One cycle of one series: open while ``held_on`` is None. (subject, series, cycle) never changes its meaning.

    ``legal_due`` and ``plan_by`` are None where each council must set the interval and this one has not; ``ended_on``
    is the day a cycle lapsed.
    """

    series: str
    rule: str
    cycle: int
    legal_due: date | None
    plan_by: date | None
    opens: date | None
    anchor_event: str
    anchor_on: date
    held_on: date | None = None
    ended_on: date | None = None


class Derivation(NamedTuple):
    """What follows from a subject's events.

    ``lapsed`` cycles ended unanswered with what they hung on (the child moved or left care); ``floors`` are dates
    before which something may not happen: they are never overdue.
    """

    obligations: tuple[Obligation, ...]
    gaps: tuple[Gap, ...]
    lapsed: tuple[Obligation, ...] = ()
    floors: tuple[Obligation, ...] = ()


class Findings:
    """What is being collected while a subject is gone through. ``notes`` only while explaining."""

    __slots__ = ("floors", "gaps", "lapsed", "notes", "obligations")

    def __init__(self, notes: list[tuple[int, date, str]] | None = None) -> None:
        self.obligations: list[Obligation] = []
        self.gaps: list[Gap] = []
        self.lapsed: list[Obligation] = []
        self.floors: list[Obligation] = []
        self.notes = notes

    def sealed(self) -> Derivation:
        """The findings as a value, without repeated gaps."""
        gaps = tuple(dict.fromkeys(self.gaps))
        return Derivation(tuple(self.obligations), gaps, tuple(self.lapsed), tuple(self.floors))


def obligation_id(kind: SubjectKind | str, identity: str, series: str, cycle: int) -> str:
    """Return the short stable id of a cycle: 10 lower-case hexadecimal characters."""
    whole = "\0".join((str(kind), identity, series, str(cycle)))
    return blake2b(whole.encode(), digest_size=5).hexdigest()
