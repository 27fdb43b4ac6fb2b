"""The board of learners: students, newly qualified workers, those on the way to a higher grade; late ones first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.core.dates import DUE_SOON_DAYS
from storage.database.connection import Connection
from storage.learning.programme_record import Kept
from storage.learning.programmes import (
    COMING,
    DUE,
    LATE,
    UNSET,
    LearnerLine,
    StageLine,
    kept_programmes,
    line_of,
    over_protected,
    stage_lines,
)
from storage.learning.progression import progress
from storage.rules.kept_packs import Packs

CRITERIA = "criteria"
_ORDER = (LATE, DUE, COMING, UNSET)


class LearnerRow(NamedTuple):
    """A learner on the board. ``ticks`` are the places of the dated stages, in thousandths of the whole programme."""

    line: LearnerLine
    ticks: tuple[int, ...] = ()

    @property
    def state(self) -> str:
        """The state of what comes next."""
        return LATE if self.line.late else self.line.next.state if self.line.next else UNSET

    @property
    def due(self) -> date | None:
        """When what comes next is due."""
        return self.line.next.due if self.line.next else None


def board(conn: Connection, team: str | None, today: date, now: date | None = None) -> list[LearnerRow]:
    """Return a row for everybody in an open programme: those with something late first, then by what comes next.

    ``now`` is the day on which that is asked of ``today``, where it is another.
    """
    packs = Packs(conn)
    kept = kept_programmes(conn, packs, today, team=team, open_only=True, now=now)
    over = over_protected(conn, packs, kept, team, today, now)
    climbing = packs.all("progression") if any(not one.item for one in kept) else {}
    rows = [
        _climber(conn, one, today) if one.kind in climbing else _row(one, today, over.get(one.id, "")) for one in kept
    ]
    return sorted(rows, key=_order)


def _order(row: LearnerRow) -> tuple[int, date, str, int]:
    return (_ORDER.index(row.state), row.due or date.max, row.line.name.casefold(), row.line.id)


def _row(kept: Kept, today: date, warning: str) -> LearnerRow:
    stages = stage_lines(kept, today)
    return LearnerRow(line_of(kept, stages, today, warning), ticks(kept, stages))


def ticks(kept: Kept, stages: Sequence[StageLine]) -> tuple[int, ...]:
    """Return where the dated stages lie between the start and the end, in thousandths; each place once."""
    if (end := kept.planned_end) is None or end <= kept.starts:
        return ()
    whens = {stage["id"]: stage["when"] for stage in kept.stages}
    found = {_place(kept, whens[line.id], line.due, end) for line in stages if line.due}
    return tuple(sorted(place for place in found if 0 < place < 1000))


def _place(kept: Kept, when: Mapping[str, Any], due: date, end: date) -> int:
    """Return a stage's place: by placement days where it is counted in those, otherwise by time."""
    if when.get("halfway"):
        return 500
    if number := when.get("placement_day"):
        return int(number * 100_000 // (kept.target or number * 100))
    return (due - kept.starts).days * 1000 // (end - kept.starts).days


def _climber(conn: Connection, kept: Kept, today: date) -> LearnerRow:
    """Return the row of somebody on the way to a higher grade: criteria met of all, and the panel."""
    found = progress(conn, kept.worker, today, kept.kind)
    whole = len(found.rows) * 100
    panel = None
    if found.panel is not None:
        days = (found.panel - today).days
        state = LATE if days < 0 else DUE if days <= DUE_SOON_DAYS else COMING
        panel = StageLine("panel", "Panel", found.panel, None, state)
    line = line_of(kept, (), today, "")._replace(
        title=found.title, done=whole - len(found.gaps) * 100, whole=whole, unit=CRITERIA, next=panel, warning="",
        ends=found.panel, late=int(panel is not None and panel.state == LATE),
    )  # fmt: skip
    return LearnerRow(line)
