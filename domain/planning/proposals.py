"""What a plan proposes, as it is shown and kept: moves, what they do to everybody, how sure it is, what is stuck.

Points are integer hundredths, utilisation tenths of a percent. Only references and staff ids: no name of anybody.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from domain.core.enums import ChangeReason, Role
from domain.core.fields import Day
from domain.planning.scenarios import Scenario


class Part(BaseModel):
    """A part of a proposal: frozen."""

    model_config = ConfigDict(frozen=True)


class Cause(StrEnum):
    """Why a case changes hands, or is given to somebody."""

    UNALLOCATED = "unallocated"
    LEAVES = "leaves"
    AWAY = "away"
    ARRIVES = "arrives"
    SIBLINGS = "siblings"
    POLICY = "policy"
    PINNED = "pinned"
    BALANCE = "balance"


REASON_CODES = {
    Cause.LEAVES: ChangeReason.LEFT_ROLE,
    Cause.AWAY: ChangeReason.ABSENCE,
    Cause.UNALLOCATED: None,
    Cause.ARRIVES: None,
}


class Agreed(NamedTuple):
    """What somebody agreed to by accepting a move: whose case goes to whom, as what, from when to when."""

    case: str
    from_: str | None
    to: str
    role: Role
    starts: date
    ends: date | None


class Move(Part):
    """One case given to a worker. ``to_before`` and the like are utilisations as this move finds and leaves them.

    ``together`` names the siblings' cases it moves with; ``costs_more`` is what the runner-up would add to the cost.
    ``pinned``: a person asked for it. ``cautions`` are the soft rules against the taker, ``against`` the hard ones
    against the present holder; ``goes`` is the day on which a holder leaves, left, or is away from.
    """

    case: str
    from_: str | None
    to: str
    cause: Cause
    points: int
    starts: Day
    ends: Day | None = None
    role: Role = Role.ALLOCATED
    from_before: int | None = None
    from_after: int | None = None
    to_before: int | None = None
    to_after: int | None = None
    goes: Day | None = None
    runner_up: str | None = None
    costs_more: int | None = None
    together: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    pinned: bool = False

    @property
    def reason(self) -> ChangeReason | None:
        """The code under which the change of worker is recorded; None where nobody held the case."""
        return REASON_CODES.get(self.cause, ChangeReason.MANAGE) if self.from_ else None

    @property
    def agreed(self) -> Agreed:
        """What accepting it means."""
        return Agreed(self.case, self.from_, self.to, self.role, self.starts, self.ends)


class Balance(Part):
    """A worker before and after: points, capacity and utilisation; ``gone`` from that day on, or ``left`` before."""

    worker: str
    name: str
    grade: str
    cases_before: int
    cases_after: int
    points_before: int
    points_after: int
    capacity_before: int | None
    capacity_after: int | None
    before: int | None
    after: int | None
    band_before: str = ""
    band_after: str = ""
    gone: Day | None = None
    left: Day | None = None
    starts: Day | None = None


class SpanLoad(Part):
    """A worker from one change to the next: cases held and covered, and the load; ``there``: neither away nor gone."""

    worker: str
    cases: int
    covers: int
    points: int
    capacity: int | None
    used: int | None
    band: str = ""
    there: bool = True


class Uncovered(Part):
    """A case whose worker is not there and that nobody there may cover."""

    case: str
    worker: str


class Span(Part):
    """The time from one change to the next: its days, both included (``ends`` None: open), and everybody in it.

    ``nobody`` are the cases with no allocated worker in it.
    """

    starts: Day
    ends: Day | None
    people: tuple[SpanLoad, ...]
    nobody: tuple[str, ...] = ()
    uncovered: tuple[Uncovered, ...] = ()


class Stuck(Part):
    """A case that nobody may hold, with the words of what rules everybody out."""

    case: str
    holder: str | None
    reasons: tuple[str, ...]


class Point(Part):
    """One point of the moves curve: with so many further moves, the highest utilisation and the cost."""

    moves: int
    highest: int | None
    cost: int
    total: int


class Proposal(Part):
    """A plan as proposed. ``cost`` and ``bound`` in the engine's own hundredths; ``shortfall`` in points' hundredths.

    ``fewest`` is proven: no plan with fewer further moves brings everyone within the target; ``least`` likewise: no
    plan with these moves brings the highest load below it, in tenths of a percent. ``spans`` go through the time from
    change to change. ``full_time`` is what the shortfall is divided by to say it in full-time equivalents.
    ``accepted`` are the cases whose moves, as they stand in this plan, were agreed to before it was saved.
    """

    scenario: Scenario
    made_on: Day
    day: Day
    seed: int
    scheme: str
    scheme_version: str
    moves: tuple[Move, ...]
    people: tuple[Balance, ...]
    cost: int
    bound: int
    gap_percent: float | None
    proven: bool
    shortfall: int
    full_time: int | None
    blocked: tuple[Stuck, ...]
    curve: tuple[Point, ...]
    further: int | None
    target: int | None = None
    fewest: int | None = None
    notes: tuple[str, ...] = ()
    solver: bool = False
    accepted: tuple[str, ...] = ()
    least: int | None = None
    spans: tuple[Span, ...] = ()

    @property
    def highest(self) -> int | None:
        """The highest utilisation of anybody once all has changed, in tenths of a percent."""
        return max((one.after for one in self.people if one.after is not None and not one.gone), default=None)

    @property
    def children(self) -> int:
        """How many children or adults change worker: from one who had them to another for good."""
        return len({move.case for move in self.moves if move.from_ and move.role is Role.ALLOCATED})

    @property
    def reached(self) -> bool:
        """Whether everyone is within the target; true without one."""
        return self.target is None or (self.highest or 0) <= self.target * 10

    @property
    def shortfall_fte(self) -> int | None:
        """The shortfall in hundredths of a full-time worker; None while nobody has set a full-time load."""
        return round(self.shortfall * 100 / self.full_time) if self.full_time else None

    def chosen(self, cases: Collection[str] | None) -> tuple[Move, ...]:
        """The moves of the cases named, or all."""
        return self.moves if cases is None else tuple(move for move in self.moves if move.case in cases)

    @property
    def agreed(self) -> frozenset[Agreed]:
        """What was accepted of it when it was saved."""
        return frozenset(move.agreed for move in self.moves if move.case in self.accepted)

    def with_accepted(self, accepted: Collection[Agreed]) -> Proposal:
        """Return the plan with what was accepted of it."""
        cases = tuple(sorted(move.case for move in self.moves if move.agreed in accepted))
        return self.model_copy(update={"accepted": cases})

    def still_agreed(self, accepted: Collection[Agreed]) -> frozenset[Agreed]:
        """Return what of an earlier acceptance this plan proposes just so; what was to begin before it begins at once.

        Siblings were accepted together: where one of them moves otherwise now, none stays accepted.
        """
        agreed = {one._replace(starts=max(one.starts, self.made_on)) for one in accepted}
        kept = {move.case for move in self.moves if move.agreed in agreed}
        apart = {move.case for move in self.moves} - kept
        return frozenset(m.agreed for m in self.moves if m.case in kept and not apart & set(m.together))
