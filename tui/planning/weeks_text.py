"""The weeks of a plan in words: who is over the line when, and which cases are with nobody from when to when."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from domain.core.dates import show_day
from domain.core.enums import Role
from domain.load.capacity import OVER
from tui.core.look import percent, state

if TYPE_CHECKING:
    from domain.planning.proposals import Move, Proposal, Span
    from tui.planning.plan_text import Who

T = TypeVar("T", bound=Hashable)

MOST_NAMED = 6  # cases in one line


class Stretch(NamedTuple):
    """Something that holds from one day to another, both included; ``last`` None: to the end of the plan."""

    first: date
    last: date | None

    def words(self, today: date) -> str:
        """Return it as people say it."""
        if self.last is None:
            return f"from {show_day(self.first, today)}"
        if self.last == self.first:
            return f"on {show_day(self.first, today)}"
        return f"from {show_day(self.first, today)} to {show_day(self.last, today)}"


def heading(span: Span, today: date) -> str:
    """Return the first day of a span, as a column's heading."""
    return "Today" if span.starts == today else show_day(span.starts, today)


def held_by(plan: Proposal, case: str, who: Who) -> list[str]:
    """Return who has a case that moves, from change to change; cover is marked, and "nobody" said."""
    moves = sorted((move for move in plan.moves if move.case == case), key=lambda move: move.starts)
    return [_has(plan, moves, span, who) for span in plan.spans]


def _has(plan: Proposal, moves: Sequence[Move], span: Span, who: Who) -> str:
    begun = [move for move in moves if move.starts <= span.starts]
    cover = [move for move in begun if move.role is Role.COVER and (move.ends is None or span.starts < move.ends)]
    if cover:
        return f"{who(cover[-1].to)} covers"
    given = [move for move in begun if move.role is Role.ALLOCATED]
    first = moves[0].from_
    if given or first is None:
        return who(given[-1].to) if given else "nobody"
    return "nobody" if moves[0].case in span.nobody else who(first)


def over_time(plan: Proposal, who: Who, today: date) -> list[str]:
    """Return who is over the line when, which cases are with nobody, and what nobody may cover; a line each."""
    return [*_over(plan, who, today), *_with_nobody(plan, today), *_uncovered(plan, who, today)]


def _over(plan: Proposal, who: Who, today: date) -> Iterator[str]:
    found = stretches(plan.spans, lambda span: [one.worker for one in span.people if one.band == OVER])
    for worker, stretch in found:
        used = [one.used for span in _within(plan, stretch) for one in span.people if one.worker == worker and one.used]
        yield f"Over the line: {who(worker)}, up to {percent(max(used, default=None))}, {stretch.words(today)}."


def _with_nobody(plan: Proposal, today: date) -> Iterator[str]:
    """Yield the cases that have no allocated worker for a time, those of the same days in one line."""
    together: dict[tuple[Stretch, bool], list[str]] = {}
    for case, stretch in stretches(plan.spans, lambda span: span.nobody):
        together.setdefault((stretch, _is_covered(plan, case, stretch)), []).append(case)
    for (stretch, covered), cases in sorted(together.items(), key=lambda one: (one[0][0].first, one[1])):
        meanwhile = " (covered meanwhile)" if covered else ""
        have = "has" if len(cases) == 1 else "have"
        yield f"{_named(cases)} {have} no allocated worker {stretch.words(today)}{meanwhile}."


def _is_covered(plan: Proposal, case: str, stretch: Stretch) -> bool:
    return any(move.case == case and move.from_ and move.starts == stretch.first for move in plan.moves)


def _uncovered(plan: Proposal, who: Who, today: date) -> Iterator[str]:
    for (case, worker), stretch in stretches(plan.spans, lambda span: [(u.case, u.worker) for u in span.uncovered]):
        yield f"Nobody there may cover {case} for {who(worker)} {stretch.words(today)}."


def stretches(spans: Iterable[Span], of: Callable[[Span], Iterable[T]]) -> list[tuple[T, Stretch]]:
    """Return what spans have in common, with the days for which it goes on without a break, the earliest first."""
    found: list[tuple[T, Stretch]] = []
    running: Mapping[T, date] = {}
    last: date | None = None
    for span in spans:
        here = dict.fromkeys(of(span))
        found += [(one, Stretch(first, last)) for one, first in running.items() if one not in here]
        running = {one: running.get(one, span.starts) for one in here}
        last = span.ends
    found += [(one, Stretch(first, None)) for one, first in running.items()]
    return sorted(found, key=lambda one: one[1].first)


def _within(plan: Proposal, stretch: Stretch) -> list[Span]:
    return [s for s in plan.spans if stretch.first <= s.starts and (stretch.last is None or s.starts <= stretch.last)]


def _named(cases: list[str]) -> str:
    more = f" and {len(cases) - MOST_NAMED} more" if len(cases) > MOST_NAMED else ""
    return ", ".join(cases[:MOST_NAMED]) + more


def share(used: int | None, band: str, *, there: bool) -> str:
    """Return a load in a cell: its percentage and glyph, or that somebody is away."""
    return f"{percent(used)} {state(band).glyph}".rstrip() if there else "away"
