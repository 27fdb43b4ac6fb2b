"""What supervision agreements and sessions mean to the rules: happenings to count from, and the intervals agreed.

Only a worker's main agreement counts (line management where there is one): signing the reflective half of a split
supervision does not review the other half. Group, joint and unplanned sessions come on top and answer nothing.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from domain.cadence import Cadence, cadence
from domain.intervals import Interval
from domain.obligations import Happening
from domain.varying import Decided
from storage.reading import Packs, day

MAIN_KINDS = ("line", "on_site", "off_site", "reflective")  # of split supervision, the first that there is
ONE_TO_ONE = "('line', 'reflective', 'on_site', 'off_site')"
SERIES, REVIEW = "supervision", "sup_agreement_review"
_DAY = timedelta(days=1)


class Agreed(NamedTuple):
    """An agreement as the rules see it; ``signed`` once both had signed."""

    id: int
    worker: str
    supervisor: str
    kind: str
    standard: str
    starts: date
    ends: date | None
    review_on: date | None
    signed: date | None

    @property
    def counts_from(self) -> date | None:
        """The day on which it stood and both had signed."""
        return max(self.signed, self.starts) if self.signed else None


def agreements(raw: sqlite3.Connection, workers: Sequence[str]) -> dict[str, list[Agreed]]:
    """Return each worker's agreements of their main kind, the earliest first."""
    query = f"""SELECT id, worker, supervisor, kind, standard, starts, ends, review_on,
                CASE WHEN signed_worker IS NOT NULL THEN max(signed_worker, signed_supervisor) END
                FROM agreement WHERE worker IN ({_marks(workers)}) ORDER BY worker, starts, id"""  # noqa: S608
    found: dict[str, list[Agreed]] = defaultdict(list)
    for number, worker, supervisor, kind, standard, starts, *days in raw.execute(query, workers):
        ends, review, signed = map(day, days)
        found[worker].append(
            Agreed(number, worker, supervisor, kind, standard, date.fromisoformat(starts), ends, review, signed)
        )
    return {worker: _main(kept) for worker, kept in found.items()}


def _main(kept: Iterable[Agreed]) -> list[Agreed]:
    kept = list(kept)
    kind = next((kind for kind in MAIN_KINDS if any(one.kind == kind for one in kept)), None)
    return [one for one in kept if one.kind == kind]


def of_agreements(kept: Sequence[Agreed]) -> Iterator[Happening]:
    """Yield what a worker's agreements come to: signed by both, and each change of supervisor.

    An agreement that ends while nothing follows leaves the worker without one from the day after.
    """
    for number, one in enumerate(kept):
        if one.counts_from is not None:
            yield Happening("agreement_signed", one.counts_from, {}, one.id)
        if number and kept[number - 1].supervisor != one.supervisor:
            yield Happening("supervisor_changed", one.starts, {}, one.id)
    if kept and kept[-1].ends is not None:
        yield Happening("supervisor_changed", kept[-1].ends + _DAY, {}, kept[-1].id)


def of_sessions(raw: sqlite3.Connection, workers: Sequence[str]) -> Iterator[tuple[str, Happening]]:
    """Yield what the workers' own sessions come to: held, recorded, and not held though still to be."""
    query = f"""SELECT worker, state, "on", held_on, recorded_on, rebook_by, id FROM session
                WHERE worker IN ({_marks(workers)}) AND kind IN {ONE_TO_ONE} AND state <> 'planned'"""  # noqa: S608
    for worker, state, on, held, recorded, rebook, number in raw.execute(query, workers):
        if state == "held":
            yield worker, Happening("supervision_held", date.fromisoformat(held), {}, number)
            if recorded:
                yield worker, Happening("supervision_recorded", date.fromisoformat(recorded), {}, number)
        elif state == "missed" or rebook:
            yield worker, Happening("supervision_cancelled", date.fromisoformat(on), {}, number)


def intervals(kept: Sequence[Agreed], began: date | None, packs: Packs) -> Iterator[Decided]:
    """Yield how often the agreements ask for supervision, and when they are looked at again.

    The engine takes an interval that is shorter than the rule's, and keeps the rule's where the standard is longer.
    """
    for one in kept:
        item = packs.get("standard", one.standard)
        if item.get("every") or item.get("phases"):
            yield from _by_standard(one, cadence(item), began)
        if one.review_on is not None and (signed := one.counts_from) is not None and one.review_on > signed:
            length = Interval("days", (one.review_on - signed).days)
            yield Decided(REVIEW, length, signed, one.supervisor, _after(one.ends))


def _by_standard(one: Agreed, said: Cadence, began: date | None) -> Iterator[Decided]:
    """Yield the phases of the standard that lie within the agreement, each with its own interval."""
    if said.placement_days is not None:
        return
    start, end = one.starts, _after(one.ends)
    for phase in said.phases:
        until = phase.until.after(began) if phase.until and began else None
        if (phase.until and until is None) or (until is not None and until <= start):
            continue
        stops = min((day for day in (until, end) if day is not None), default=None)
        if stops is None or start < stops:
            yield Decided(SERIES, phase.every, start, one.supervisor, stops)
        start = until or start


def began(started: date | None, happenings: Iterable[Happening]) -> date | None:
    """Return the day from which the phases of a newly qualified worker count: of the programme, else of work."""
    return max((h.on for h in happenings if h.kind == "asye_started"), default=started)


def _after(ends: date | None) -> date | None:
    return None if ends is None else ends + _DAY


def _marks(items: Sequence[str]) -> str:
    return ",".join("?" * len(items))
