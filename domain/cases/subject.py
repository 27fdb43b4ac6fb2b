"""A case or worker as the rules see it: what happened when, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol

from domain.core.dates import show_day
from domain.core.enums import Nation, SubjectKind
from domain.core.intervals import Interval

_NONE: Mapping[str, Any] = MappingProxyType({})


class Happening(NamedTuple):
    """A dated fact: what happened, when, and its small details."""

    kind: str
    on: date
    details: Mapping[str, Any] = _NONE
    id: int = 0


@dataclass(frozen=True, slots=True)
class Subject:
    """A case, worker or programme as the engine sees it.

    ``closed`` ends everything that is open of a case. Of a worker it is the last day here, up to which they owe what
    falls due; it ends what would fall due later.

    ``overrides`` are intervals decided for this one subject (domain.due.overrides). ``known_first_as`` is its reference
    before that was corrected.
    """

    kind: SubjectKind
    reference: str
    nation: Nation = Nation.ENGLAND
    pathways: Sequence[str] = ()
    opened: date | None = None
    closed: date | None = None
    born: date | None = None
    expected_birth: date | None = None
    happenings: Sequence[Happening] = ()
    attributes: Mapping[str, Any] = field(default_factory=dict)
    overrides: Sequence[Varying] = ()
    known_first_as: str = ""

    @property
    def identity(self) -> str:
        """What identifies it for good, whatever its reference becomes."""
        return self.known_first_as or self.reference

    def on(self, day: date) -> Subject:
        """Return the subject as it stood at the end of a day, by what is known now: what happened later is left out."""
        return replace(
            self,
            closed=self.closed if self.closed is not None and self.closed <= day else None,
            happenings=tuple(one for one in self.happenings if one.on <= day),
            overrides=tuple(one for one in self.overrides if one.decided_on <= day),
        )

    def owes(self, due: date | None) -> bool:
        """Whether a cycle that is due then is not ended by ``closed``; one without a date stands until then."""
        if self.closed is None:
            return True
        return self.kind == SubjectKind.WORKER and (due is None or due <= self.closed)

    def gone(self, day: date) -> bool:
        """Whether a worker has left before a day: they work up to and including their last."""
        return self.kind == SubjectKind.WORKER and self.closed is not None and self.closed < day

    @property
    def why_closed(self) -> str:
        """Why what was open ended: "last day 24 Dec 2026"."""
        if self.closed is None:
            return ""
        return f"{'last day' if self.kind == SubjectKind.WORKER else 'closed on'} {show_day(self.closed)}"


class Gap(NamedTuple):
    """Something that is missing or contradicts itself, so that a date cannot be given or trusted."""

    series: str
    message: str


class Varying(Protocol):
    """An override as the engine needs it: see domain.due.overrides."""

    @property
    def rule(self) -> str: ...
    @property
    def interval(self) -> Interval: ...
    @property
    def decided_on(self) -> date: ...
    @property
    def decided_by(self) -> str: ...
    @property
    def ended_on(self) -> date | None: ...


class Decided(NamedTuple):
    """An override as it is read back, without validating it again."""

    rule: str
    interval: Interval
    decided_on: date
    decided_by: str
    ended_on: date | None
    stands: bool = False  # even where it is longer: what a part-time year comes to loosens nothing
