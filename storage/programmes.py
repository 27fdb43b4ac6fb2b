"""Narrow reads of programmes: every learner in one pass, and one learner with all that their page shows.

A programme is read with what its kind in the packs says; nothing here needs pydantic or the packs' files.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.asye import Year
from domain.capacity import FULL_TIME_HOURS
from domain.dates import DUE_SOON_DAYS
from domain.ids import Nation
from domain.placements import WEEKDAYS, WHOLE_DAY, DayLine, Placement
from domain.workdays import Workdays
from storage.reading import Packs, day
from storage.workingdays import bank_holidays

if TYPE_CHECKING:
    from storage.learnerfile import Learner

DONE, LATE, DUE, COMING, UNSET = "done", "late", "due", "coming", "unset"


@dataclass(frozen=True)
class Kept:
    """A programme as kept, with what was recorded in it. ``item`` is its kind, ``title`` what that is called.

    ``item`` is empty for a way to a higher grade, and for a kind that is not ``known`` to any pack. ``reached`` are the
    days of its milestones by their kind; ``days`` and ``closures`` belong to placements.
    """

    id: int
    worker: str
    name: str
    team: str
    nation: str
    grade: str
    fte: int
    contract_hours: int
    kind: str
    item: Mapping[str, Any]
    starts: date
    ends: date | None
    ended: date | None
    outcome: str
    level: str | None
    university: str
    educator: str | None
    on_site: str | None
    target: int | None
    pattern: Sequence[int]
    settings: Mapping[str, Any]
    reached: Mapping[str, Sequence[date]] = field(default_factory=dict)
    days: Sequence[DayLine] = ()
    closures: Sequence[tuple[date, date]] = ()
    absences: Sequence[tuple[date, date]] = ()
    holidays: frozenset[date] = frozenset()
    title: str = ""
    known: bool = True

    @property
    def sort(self) -> str:
        """Whether it is a newly qualified year, a placement or an early-career programme."""
        return str(self.item.get("sort", ""))

    @cached_property
    def calendar(self) -> Workdays:
        """The working days of the learner's nation."""
        return Workdays(Nation(self.nation), self.holidays)

    @cached_property
    def placement(self) -> Placement | None:
        """The placement as the arithmetic sees it; None for other programmes, and where no days are set."""
        if self.sort != "placement" or not self.target:
            return None
        recorded = {line.on: line for line in self.days}
        pattern = tuple(self.pattern) or WEEKDAYS
        return Placement(self.starts, self.target, pattern, recorded, self.closures, self.holidays)

    @cached_property
    def year(self) -> Year | None:
        """The newly qualified year as the arithmetic sees it."""
        months = self.item.get("months")
        if self.sort != "asye" or not months:
            return None
        return Year(self.starts, int(months), self._fte, self.absences)

    @property
    def _fte(self) -> int:
        scales = self.settings.get("pro_rata", self.item.get("pro_rata", False))
        return int(self.settings.get("fte", self.fte)) if scales else WHOLE_DAY

    @property
    def planned_end(self) -> date | None:
        """When it ends, as it looks now: by the days still to be done, by the months, or as it was given."""
        if self.placement is not None:
            return self.placement.ends
        return self.year.ends if self.year is not None else self.ends

    @cached_property
    def stages(self) -> tuple[Mapping[str, Any], ...]:
        """The stages asked for: the optional ones only where the settings say so."""
        return tuple(stage for stage in self.item.get("stages", ()) if self._asked(stage))

    def _asked(self, stage: Mapping[str, Any]) -> bool:
        wanted = bool(stage.get("setting") and self.settings.get(stage["setting"]))
        return wanted or not stage.get("optional") or stage["id"] in self.reached


def dated_stages(kept: Kept) -> list[tuple[Mapping[str, Any], date | None]]:
    """Return the programme's stages, each with the day it is due; None where nobody says."""
    return [(stage, _stage_day(kept, _when(kept, stage))) for stage in kept.stages]


def _stage_day(kept: Kept, when: Mapping[str, Any]) -> date | None:
    reckoned = kept.placement or kept.year
    if reckoned is None:
        return None
    return reckoned.stage_day(when, kept.calendar if when.get("working_days_after") else None)


def _when(kept: Kept, stage: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return when a stage is due: a number among the settings moves it, in months or to a placement day."""
    when: Mapping[str, Any] = stage["when"]
    given = kept.settings.get(stage.get("setting") or "")
    if isinstance(given, bool) or not isinstance(given, int):
        return when
    return {"placement_day": given} if kept.sort == "placement" else {"months": given}


# reading ---------------------------------------------------------------------------------------------------------

_PROGRAMMES = """
SELECT p.id, p.worker, w.name, w.team, t.nation, w.grade, w.fte, t.full_time_hours, p.kind, p.starts, p.ends,
  p.ended_on, p.outcome, p.level, p.university, p.educator, p.on_site, p.days, p.pattern, p.settings
FROM programme p JOIN worker w ON w.staff_id = p.worker JOIN team t ON t.name = w.team
WHERE (:ids IS NULL OR p.id IN (SELECT value FROM json_each(:ids)))
  AND (:workers IS NULL OR p.worker IN (SELECT value FROM json_each(:workers)))
  AND (:team IS NULL OR w.team = :team) AND (:open = 0 OR p.ended_on IS NULL)
ORDER BY p.starts, p.id
"""
_IN = "(SELECT value FROM json_each(?))"


def kept_programmes(
    conn: sqlite3.Connection,
    packs: Packs,
    *,
    ids: Sequence[int] | None = None,
    workers: Sequence[str] | None = None,
    team: str | None = None,
    open_only: bool = False,
) -> list[Kept]:
    """Return programmes with what was recorded in them, the earliest first, in one pass."""
    given = {
        "ids": None if ids is None else json.dumps(list(ids)),
        "workers": None if workers is None else json.dumps(list(workers)),
        "team": team,
        "open": int(open_only),
    }
    rows = conn.execute(_PROGRAMMES, given).fetchall()
    if not rows:
        return []
    numbers = json.dumps([row[0] for row in rows])
    found = _Recorded(
        _reached(conn, numbers),
        _days(conn, numbers),
        _closures(conn, numbers),
        _absences(conn, packs, json.dumps([row[1] for row in rows])),
        {nation: bank_holidays(packs, nation) for nation in {row[4] for row in rows}},
    )
    return [_kept(row, packs, found) for row in rows]


class _Recorded(NamedTuple):
    """What was recorded: by programme, but absences by worker and bank holidays by nation."""

    reached: Mapping[int, Mapping[str, Sequence[date]]]
    days: Mapping[int, Sequence[DayLine]]
    closures: Mapping[int, Sequence[tuple[date, date]]]
    absences: Mapping[str, Sequence[tuple[date, date]]]
    holidays: Mapping[str, frozenset[date]]


def _kept(row: Sequence[Any], packs: Packs, found: _Recorded) -> Kept:
    number, worker, name, team, nation, grade, fte, hours, kind, starts, ends, ended, *rest = row
    outcome, level, university, educator, on_site, target, pattern, settings = rest
    item = packs.get("programme", kind)
    return Kept(
        id=number,
        worker=worker,
        name=name,
        team=team,
        nation=nation,
        grade=grade,
        fte=fte,
        contract_hours=(hours or FULL_TIME_HOURS) * fte // 100,
        kind=kind,
        item=item,
        starts=date.fromisoformat(starts),
        ends=day(ends),
        ended=day(ended),
        outcome=outcome,
        level=level or item.get("level"),
        university=university or item.get("university", ""),
        educator=educator,
        on_site=on_site,
        target=target or item.get("days", 0) * WHOLE_DAY or None,
        pattern=json.loads(pattern),
        settings=json.loads(settings),
        reached=found.reached.get(number, {}),
        days=found.days.get(number, ()),
        closures=found.closures.get(number, ()),
        absences=found.absences.get(worker, ()),
        holidays=found.holidays[nation],
        title=packs.title("programme" if item else "progression", kind),
        known=bool(item or packs.get("progression", kind)),
    )


def _reached(conn: sqlite3.Connection, numbers: str) -> dict[int, dict[str, list[date]]]:
    found: dict[int, dict[str, list[date]]] = defaultdict(lambda: defaultdict(list))
    query = f'SELECT programme, kind, "on" FROM milestone WHERE programme IN {_IN} ORDER BY "on", id'  # noqa: S608
    for number, kind, on in conn.execute(query, (numbers,)):
        found[number][kind].append(date.fromisoformat(on))
    return found


def _days(conn: sqlite3.Connection, numbers: str) -> dict[int, list[DayLine]]:
    found: dict[int, list[DayLine]] = defaultdict(list)
    query = f"""SELECT programme, "on", kind, part, hours FROM placement_day WHERE programme IN {_IN}
                ORDER BY programme, "on" """  # noqa: S608
    for number, on, kind, part, hours in conn.execute(query, (numbers,)):
        found[number].append(DayLine(date.fromisoformat(on), kind, part, hours))
    return found


def _closures(conn: sqlite3.Connection, numbers: str) -> dict[int, list[tuple[date, date]]]:
    found: dict[int, list[tuple[date, date]]] = defaultdict(list)
    query = f"SELECT programme, starts, ends FROM closure WHERE programme IN {_IN} ORDER BY starts"  # noqa: S608
    for number, first, last in conn.execute(query, (numbers,)):
        found[number].append((date.fromisoformat(first), date.fromisoformat(last)))
    return found


def _absences(conn: sqlite3.Connection, packs: Packs, workers: str) -> dict[str, list[tuple[date, date]]]:
    """Return the absences that lengthen a year: wholly away, and over or with a known end (leave does not count)."""
    away = [key for key, said in packs.all("reduction_reason").items() if said.get("away") and said.get("counts", True)]
    found: dict[str, list[tuple[date, date]]] = defaultdict(list)
    query = f"""SELECT worker, starts, ends FROM reduction WHERE worker IN {_IN} AND kind IN {_IN} AND percent = 100
                AND ends IS NOT NULL"""  # noqa: S608
    for worker, first, last in conn.execute(query, (workers, json.dumps(away))):
        found[worker].append((date.fromisoformat(first), date.fromisoformat(last)))
    return found


# the board of learners -------------------------------------------------------------------------------------------


class StageLine(NamedTuple):
    """A stage of a programme: when it is due, when it was reached, and how it stands."""

    id: str
    title: str
    due: date | None
    done_on: date | None
    state: str
    note: str = ""


class LearnerLine(NamedTuple):
    """A learner on the board. ``done`` and ``whole`` in hundredths of ``unit`` (placement days or months).

    ``ends`` is how it looks now, ``given_end`` what was planned; ``warning`` says in words what is wrong, or "".
    """

    id: int
    worker: str
    name: str
    team: str
    kind: str
    title: str
    sort: str
    starts: date
    ends: date | None
    given_end: date | None
    done: int
    whole: int
    unit: str
    next: StageLine | None
    late: int
    educator: str | None
    on_site: str | None
    warning: str


def learners(conn: sqlite3.Connection, team: str | None, today: date) -> list[LearnerLine]:
    """Return a line for everybody in an open programme, those with something late first, then by what comes next."""
    packs = Packs(conn)
    kept = kept_programmes(conn, packs, team=team, open_only=True)
    over = over_protected(conn, packs, kept, team, today)
    lines = [line_of(one, stage_lines(one, today), today, over.get(one.id, "")) for one in kept]
    return sorted(lines, key=lambda line: (-line.late, _soonest(line), line.name.casefold(), line.id))


def _soonest(line: LearnerLine) -> date:
    return (line.next.due if line.next else None) or date.max


def over_protected(
    conn: sqlite3.Connection, packs: Packs, kept: Sequence[Kept], team: str | None, today: date
) -> dict[int, str]:
    """Return what to say of newly qualified workers who carry more than their protected level, by programme."""
    from domain.asye import over_protected as too_much
    from storage.board import team_board

    years = [one for one in kept if one.sort == "asye" and one.starts <= today]
    if not years:
        return {}
    alone = years[0].worker if len(years) == 1 else None
    used = {line.staff_id: line.utilisation for line in team_board(conn, team, today, alone, packs)}
    loads = ((one.id, used.get(one.worker)) for one in years)
    return {
        number: f"carries {load / 10:g} % of the protected level"
        for number, load in loads
        if load is not None and too_much(load)
    }


def stage_lines(kept: Kept, today: date) -> list[StageLine]:
    """Return the stages of a programme in the order of the pack, each with how it stands."""
    return [_stage_line(kept, stage, due, today) for stage, due in dated_stages(kept)]


def _stage_line(kept: Kept, stage: Mapping[str, Any], due: date | None, today: date) -> StageLine:
    reached = kept.reached.get(stage["id"], ())
    note = str(stage.get("note") or "")
    if due is None:
        note = str(stage["when"].get("unset") or note or "no date can be given")
    state = DONE if reached else _state(due, today)
    return StageLine(stage["id"], stage["title"], due, reached[0] if reached else None, state, note)


def _state(due: date | None, today: date) -> str:
    if due is None:
        return UNSET
    return LATE if due < today else DUE if (due - today).days <= DUE_SOON_DAYS else COMING


def line_of(kept: Kept, stages: Sequence[StageLine], today: date, warning: str) -> LearnerLine:
    """Return the board's line of a programme."""
    open_stages = sorted((s for s in stages if s.due and s.state != DONE), key=lambda s: s.due or date.max)
    done, whole, unit = progress(kept, today)
    return LearnerLine(
        kept.id, kept.worker, kept.name, kept.team, kept.kind, kept.title, kept.sort, kept.starts, kept.planned_end,
        kept.ends, done, whole, unit, open_stages[0] if open_stages else None,
        sum(s.state == LATE for s in stages), kept.educator, kept.on_site, warning or _unready(kept),
    )  # fmt: skip


def progress(kept: Kept, today: date) -> tuple[int, int, str]:
    """Return what is done and the whole, in hundredths of placement days or of months."""
    if kept.placement is not None:
        return kept.placement.done, kept.placement.target, "days"
    if kept.year is not None:
        return kept.year.done(today), kept.year.months * 100, "months"
    return 0, 0, ""


def _unready(kept: Kept) -> str:
    """Say why nothing can be worked out for a programme; empty when it can."""
    if not kept.known:
        return "no pack knows this kind of programme"
    if kept.sort == "placement" and kept.placement is None:
        return "placement days not set"
    return "its days never add up: see the pattern" if kept.placement and kept.placement.ends is None else ""


def learner(conn: sqlite3.Connection, number: int, today: date) -> Learner:
    """Return one programme with all that its page shows; raises NotFound."""
    from storage.learnerfile import learner

    return learner(conn, number, today)
