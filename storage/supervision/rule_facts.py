"""What supervision agreements and sessions mean to the rules: happenings to count from, and the intervals agreed.

Only a worker's main agreement counts (line management where there is one): signing the reflective half of a split
supervision does not review the other half. Group, joint and unplanned sessions come on top and answer nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from domain.cases.subject import Decided, Happening
from domain.core.intervals import Interval
from domain.supervision.frequency import Cadence, cadence
from storage.database.connection import Connection
from storage.due.subjects import WorkerDraft
from storage.people.in_use import counted_from
from storage.rules.kept_packs import Packs

MAIN_KINDS = ("line", "on_site", "off_site", "reflective")  # of split supervision, the first that there is
ONE_TO_ONE = "('line', 'reflective', 'on_site', 'off_site')"
IN_USE = "in_use_began"
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


class _Agreement(NamedTuple):
    id: int
    worker: str
    supervisor: str
    kind: str
    standard: str
    starts: date
    ends: date | None
    review_on: date | None
    signed_worker: date | None
    signed_supervisor: date | None


_AGREEMENTS = """SELECT id, worker, supervisor, kind, standard, starts, ends, review_on, signed_worker,
                 signed_supervisor FROM agreement WHERE worker IN :workers ORDER BY worker, starts, id"""


def agreements(conn: Connection, workers: Sequence[str]) -> dict[str, list[Agreed]]:
    """Return each worker's agreements of their main kind, the earliest first."""
    found: dict[str, list[Agreed]] = defaultdict(list)
    for one in conn.all(_Agreement, _AGREEMENTS, workers=workers):
        both = one.signed_worker and one.signed_supervisor and max(one.signed_worker, one.signed_supervisor)
        found[one.worker].append(Agreed(*one[:8], both or None))
    return {worker: _main(kept) for worker, kept in found.items()}


def _main(kept: Iterable[Agreed]) -> list[Agreed]:
    kept = list(kept)
    kind = next((kind for kind in MAIN_KINDS if any(one.kind == kind for one in kept)), None)
    return [one for one in kept if one.kind == kind]


# what they mean to the rules -----------------------------------------------------------------------------------------


def of_supervision(conn: Connection, drafts: Mapping[str, WorkerDraft], packs: Packs) -> None:
    """Add what sessions and agreements say of those workers; their programmes must have been added before."""
    since = counted_from(conn, list(drafts))
    for worker, day in since.items():
        drafts[worker].happenings.append(Happening(IN_USE, day, {}))
    _of_sessions(conn, drafts, since)
    for worker, kept in agreements(conn, list(drafts)).items():
        draft = drafts[worker]
        began = phases_begin(draft.started, draft.happenings)
        draft.happenings += of_agreements(kept)
        draft.overrides += intervals(kept, began, packs)


def of_agreements(kept: Sequence[Agreed]) -> Iterator[Happening]:
    """Yield the happenings of a worker's agreements: signed by both, and each change of supervisor.

    An agreement that ends while nothing follows leaves the worker without one from the day after.
    """
    for number, one in enumerate(kept):
        if one.counts_from is not None:
            yield Happening("agreement_signed", one.counts_from, {}, one.id)
        if number and kept[number - 1].supervisor != one.supervisor:
            yield Happening("supervisor_changed", one.starts, {}, one.id)
    if kept and kept[-1].ends is not None:
        yield Happening("supervisor_changed", kept[-1].ends + _DAY, {}, kept[-1].id)


class _Session(NamedTuple):
    id: int
    worker: str
    state: str
    on: date
    held_on: date | None
    recorded_on: date | None
    rebook_by: date | None
    elsewhere: bool


_SESSIONS = f"""SELECT id, worker, state, "on", held_on, recorded_on, rebook_by, elsewhere FROM session
                WHERE worker IN :workers AND kind IN {ONE_TO_ONE} AND state <> 'planned'"""  # noqa: S608


def _of_sessions(conn: Connection, drafts: Mapping[str, WorkerDraft], since: Mapping[str, date]) -> None:
    """Add the happenings of the workers' own sessions: held, recorded, and not held but still to be held.

    Of a session held before the program was in use no record is asked for here.
    """
    for one in conn.all(_Session, _SESSIONS, workers=list(drafts)):
        happenings = drafts[one.worker].happenings
        if one.state == "held":
            held = one.held_on or one.on
            happenings.append(Happening("supervision_held", held, {}, one.id))
            recorded = held if one.elsewhere or held < since.get(one.worker, date.min) else one.recorded_on
            if recorded:
                happenings.append(Happening("supervision_recorded", recorded, {}, one.id))
        elif one.state == "missed" or one.rebook_by:
            happenings.append(Happening("supervision_cancelled", one.on, {}, one.id))


def intervals(kept: Sequence[Agreed], began: date | None, packs: Packs) -> Iterator[Decided]:
    """Yield how often the agreements ask for supervision, and when they are to be reviewed.

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


def phases_begin(started: date | None, happenings: Iterable[Happening]) -> date | None:
    """Return the day from which the phases of a newly qualified worker count: of the programme, else of work."""
    return max((h.on for h in happenings if h.kind == "asye_started"), default=started)


def _after(ends: date | None) -> date | None:
    return None if ends is None else ends + _DAY
