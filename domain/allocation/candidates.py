"""Who can take a case, and what it would do to their load: the workers in the order in which they fit.

Nobody is decided about here: everyone is listed, with what speaks against them and what speaks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from domain.allocation.eligibility import (
    HOLDS,
    Asked,
    Candidate,
    CaseNeeds,
    Finding,
    Rule,
    about,
    adds,
    can_speak,
    findings,
    near,
)
from domain.allocation.eligibility import after as after_it
from domain.core.dates import show_day
from domain.core.hundredths import LARGEST, whole_percent
from domain.load import capacity

_BANDS = ("room", "steady", "near", "over")


class Taker(NamedTuple):
    """A worker for a case: what speaks against it, and what it would do to their load.

    All of it is of the worst day that is booked in the weeks ahead (``worker.fullest_on``): the fullest one, or the
    first on which they can carry nothing. ``before`` and ``after``
    are utilisation in tenths of a percent, ``spare`` what is left of the capacity before (hundredths; below zero when
    there is none); all None where no capacity is set. ``adds`` is what the case adds.
    """

    worker: Candidate
    findings: tuple[Finding, ...]
    adds: int
    before: int | None
    after: int | None
    band: str
    spare: int | None
    known: tuple[str, ...]
    near: bool
    rank: int = 0

    @property
    def booked(self) -> str:
        """What makes a day ahead fuller than the one asked about, in words; empty while none is."""
        worker = self.worker
        if day := worker.nothing_from:
            return f"can carry nothing from {show_day(day)}"
        if worker.fullest_on is None or self.before is None:
            return ""
        return f"{whole_percent(self.before)} % booked from {show_day(worker.fullest_on)}"

    @property
    def now(self) -> int | None:
        """Utilisation on the day asked about, in tenths of a percent; None where no capacity is set."""
        return capacity.utilisation(self.worker.points_now, self.worker.capacity_now)

    @property
    def told(self) -> tuple[str, ...]:
        """What is booked, and changes, in the weeks ahead without being a caution, in words."""
        return (*([self.booked] if self.booked else []), *self.changes)

    @property
    def changes(self) -> tuple[str, ...]:
        """What will be otherwise with them and does not speak against it, in words."""
        return tuple(change.words for change in self.worker.changes if not change.caution)

    @property
    def hard(self) -> tuple[Finding, ...]:
        """What rules the worker out."""
        return tuple(finding for finding in self.findings if finding.hard)

    @property
    def cautions(self) -> tuple[Finding, ...]:
        """What may be overruled with a reason."""
        return tuple(finding for finding in self.findings if not finding.hard)

    @property
    def may(self) -> bool:
        """Whether no hard rule stands against it."""
        return not self.hard

    @property
    def overrulable(self) -> bool:
        """Whether every hard rule against it names somebody who may approve it."""
        return all(finding.approver for finding in self.hard)


# what it would do ---------------------------------------------------------------------------------------------------


def take(rules: Iterable[Rule], case: CaseNeeds, worker: Candidate, asked: Asked) -> Taker:
    """Return a worker with what speaks against them and what the case would do to their load."""
    after = after_it(case, worker, asked)
    return Taker(
        worker=worker,
        findings=findings(rules, case, worker, asked),
        adds=adds(case, worker, asked),
        before=capacity.utilisation(worker.points, worker.capacity),
        after=after,
        band=capacity.band(after, worker.bands),
        spare=None if worker.capacity is None else worker.capacity - worker.points,
        known=tuple(_known(case, worker)),
        near=near(case, worker),
    )


def _known(case: CaseNeeds, worker: Candidate) -> Iterator[str]:
    if before := case.held_before.get(worker.staff_id):
        yield f"held it until {show_day(before)}"
    if case.holder != worker.staff_id and any(one.worker == worker.staff_id for one in case.beside):
        yield "works on it now"
    if siblings := [one.reference for one in case.siblings if one.holder == worker.staff_id]:
        yield f"holds {' and '.join(siblings)} of the same family"


# in which order -----------------------------------------------------------------------------------------------------

# What the order goes by, the first that differs deciding; each with the words that say so.
ORDER: tuple[tuple[str, Callable[[Taker], Any]], ...] = (
    ("no rule stands against it", lambda t: not t.may),
    ("an approver is named for what stands against it", lambda t: not t.overrulable),
    ("has capacity to carry cases", lambda t: t.worker.capacity == 0),
    ("fewer cautions", lambda t: len(t.cautions)),
    ("a better band of load afterwards", lambda t: _BANDS.index(t.band) if t.band in _BANDS else len(_BANDS)),
    ("knows the case or the family", lambda t: not t.known),
    ("covers the area", lambda t: not t.near),
    ("carries less afterwards", lambda t: LARGEST if t.after is None else t.after),
)


def ranked(takers: Iterable[Taker]) -> list[Taker]:
    """Return the workers in the order of ``ORDER``, numbered from 1; equals by staff id, so that the order stands."""
    ordered = sorted(takers, key=lambda t: (*(key(t) for _, key in ORDER), t.worker.staff_id))
    return [taker._replace(rank=number) for number, taker in enumerate(ordered, 1)]


def candidates(rules: Iterable[Rule], case: CaseNeeds, workers: Iterable[Candidate], asked: Asked) -> list[Taker]:
    """Return every worker for a case, the fittest first."""
    those = [rule for rule in about(rules, case, asked.role) if can_speak(rule, case)]
    return ranked(take(those, case, worker, asked) for worker in workers)


def why_before(one: Taker, other: Taker) -> str:
    """Return in words why ``one`` stands before ``other``."""
    for words, key in ORDER:
        if key(one) != key(other):
            return words
    return "nothing tells them apart: by staff id"


def blocked_by(takers: Sequence[Taker]) -> list[tuple[Finding, int]]:
    """Return the rules that rule everyone out, each with how many workers it stops; empty while somebody may.

    Who holds the case already is ruled out by no rule.
    """
    if any(taker.may for taker in takers):
        return []
    counts: dict[str, tuple[Finding, int]] = {}
    for finding in (finding for taker in takers for finding in taker.hard if finding.rule != HOLDS):
        first, count = counts.get(finding.rule, (finding, 0))
        counts[finding.rule] = (first, count + 1)
    return sorted(counts.values(), key=lambda pair: (-pair[1], pair[0].rule))


def no_room(takers: Iterable[Taker]) -> str:
    """Return in words that the case is heavier than any room there is; empty while somebody has room for it."""
    known = [taker for taker in takers if taker.may and taker.spare is not None]
    best = max(known, key=lambda taker: taker.spare or 0, default=None)
    if best is None or any((taker.spare or 0) >= taker.adds for taker in known):
        return ""
    room = max(best.spare or 0, 0) / 100
    return f"Nobody who may take it has room for it: it adds {best.adds / 100:g} points, and the most room is {room:g}."
