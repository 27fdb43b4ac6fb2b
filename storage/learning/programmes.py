"""Programmes as they are read: every learner in one pass, with the stages of each and how they stand.

A programme is read with what its kind in the packs says; nothing here needs pydantic or the packs' files.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from domain.core.dates import DUE_SOON_DAYS, short_day
from domain.core.errors import NotFound
from domain.learning.placements import WHOLE_DAY, DayLine
from storage.database.connection import Connection
from storage.database.fragments import IN_TEAM, NOT_LEFT
from storage.learning.programme_record import ClosureLine, ExtensionLine, Kept, StageClosed, dated_stages
from storage.rules.kept_packs import Packs
from storage.rules.working_days import bank_holidays

DONE, LATE, DUE, COMING, UNSET, CLOSED = "done", "late", "due", "coming", "unset", "closed"

# reading ---------------------------------------------------------------------------------------------------------

_PROGRAMMES = f"""
SELECT p.id, p.worker, w.name, w.team, t.nation, w.grade, w.fte, w.hours, t.full_time_hours, p.kind, p.starts, p.ends,
  CASE WHEN p.ended_on <= :today THEN p.ended_on END AS ended,
  CASE WHEN p.ended_on > :today THEN '' ELSE p.outcome END AS outcome, p.level, p.university,
  p.educator, e.name AS educator_name, p.on_site,
  o.name AS on_site_name, p.days AS target, p.pattern, p.settings
FROM programme p JOIN worker_on(:today) w ON w.staff_id = p.worker JOIN team_on(:today) t ON t.name = w.team
LEFT JOIN worker e ON e.staff_id = p.educator LEFT JOIN worker o ON o.staff_id = p.on_site
WHERE (:ids IS NULL OR p.id IN :ids) AND (:workers IS NULL OR p.worker IN :workers)
  AND {IN_TEAM} AND (NOT :open_only
    OR ({NOT_LEFT} AND (p.ended_on IS NULL OR p.ended_on > :today) AND (:ahead OR p.starts <= :today)))
ORDER BY p.starts, p.id
"""  # noqa: S608
_MILESTONES = """SELECT programme, kind, "on" FROM milestone
WHERE programme IN :programmes AND "on" <= :today ORDER BY "on", id"""
_DAYS = """SELECT programme, "on", kind, part, hours FROM placement_day
WHERE programme IN :programmes AND (:ahead OR "on" <= :today) ORDER BY programme, "on" """
_EXTENSIONS = """SELECT id, programme, "on", days, ends, "by", why FROM extension
WHERE programme IN :programmes AND "on" <= :today ORDER BY "on", id"""
_STAGES_CLOSED = """SELECT programme, stage, "on", "by", why FROM stage_closing
WHERE programme IN :programmes AND "on" <= :today"""
_CLOSURES = "SELECT id, programme, starts, ends, why FROM closure WHERE programme IN :programmes ORDER BY starts, id"
# Absences that lengthen a year: wholly away, and over or with a known end.
_ABSENCES = """SELECT p.id AS programme, r.starts, r.ends FROM programme p JOIN reduction r ON r.worker = p.worker
WHERE p.id IN :programmes AND r.kind IN :kinds AND r.percent = 100 AND r.ends IS NOT NULL"""


class _Milestone(NamedTuple):
    programme: int
    kind: str
    on: date


class _Day(NamedTuple):
    programme: int
    on: date
    kind: str
    part: int
    hours: int | None


class _Absence(NamedTuple):
    programme: int
    starts: date
    ends: date


def kept_programme(conn: Connection, packs: Packs, number: int, today: date) -> Kept:
    """Return one programme with what was recorded in it; raises NotFound."""
    found = kept_programmes(conn, packs, today, ids=[number])
    if not found:
        raise NotFound(f"There is no programme {number}.", field="programme", hint="See: almoner list programme --toml")
    return found[0]


def kept_programmes(
    conn: Connection,
    packs: Packs,
    today: date,
    *,
    ids: Sequence[int] | None = None,
    workers: Sequence[str] | None = None,
    team: str | None = None,
    open_only: bool = False,
    now: date | None = None,
) -> list[Kept]:
    """Return programmes with what was recorded in them, the earliest first, in one pass; learners as they are today.

    With ``open_only`` those under way of workers who have not left, and those that are to begin. ``now`` is the day on
    which that is asked, where it is another: of a day that has passed only what had begun by then is told.
    """
    given = {"today": today, "ahead": now is None or today >= now}
    rows = conn.all(Kept, _PROGRAMMES, ids=ids, workers=workers, team=team, open_only=open_only, **given)
    if not rows:
        return []
    holidays = {nation: bank_holidays(packs, nation) for nation in {row.nation for row in rows}}
    numbers = [row.id for row in rows]
    longer: dict[int, list[ExtensionLine]] = defaultdict(list)
    for extension in conn.each(ExtensionLine, _EXTENSIONS, programmes=numbers, today=today):
        longer[extension.programme].append(extension)
    found = {
        row.id: _extended(_with_packs(row, packs, holidays[row.nation]), tuple(longer.get(row.id, ())), today)
        for row in rows
    }
    for closed in conn.each(StageClosed, _STAGES_CLOSED, programmes=numbers, today=today):
        found[closed.programme].closed[closed.stage] = closed
    for milestone in conn.each(_Milestone, _MILESTONES, programmes=numbers, today=today):
        found[milestone.programme].reached.setdefault(milestone.kind, []).append(milestone.on)
    for day in conn.each(_Day, _DAYS, programmes=numbers, **given):
        found[day.programme].days.append(DayLine(day.on, day.kind, day.part, day.hours))
    for closure in conn.each(ClosureLine, _CLOSURES, programmes=numbers):
        found[closure.programme].closures.append(closure)
    reasons = packs.all("reduction_reason").items()
    away = [key for key, reason in reasons if reason.get("away") and reason.get("counts", True)]  # leave does not count
    for absence in conn.each(_Absence, _ABSENCES, programmes=numbers, kinds=away):
        found[absence.programme].absences.append((absence.starts, absence.ends))
    return list(found.values())


def _extended(kept: Kept, extensions: tuple[ExtensionLine, ...], today: date) -> Kept:
    """Return a programme as it was last extended, with what its kind asks of a placement of that length."""
    target = extensions[-1].days if extensions else kept.target
    pieces = [_of_length(piece, target or 0) for piece in kept.item.get("pieces", ())]
    return replace(
        kept,
        target=target,
        ends=next((one.ends for one in reversed(extensions) if one.ends), kept.ends),
        first_target=kept.target,
        first_ends=kept.ends,
        extensions=extensions,
        item={**kept.item, "pieces": pieces} if pieces else kept.item,
        today=today,
    )


def _of_length(piece: Mapping[str, Any], target: int) -> Mapping[str, Any]:
    longer = piece.get("longer")
    if not longer or target < longer["days"] * WHOLE_DAY:
        return piece
    return {**piece, "count": longer["count"], "by": longer["by"]}


def _with_packs(kept: Kept, packs: Packs, holidays: frozenset[date]) -> Kept:
    """Return a programme with what the packs say of its kind; they also fill what the programme leaves open."""
    item = packs.get("programme", kept.kind)
    return replace(
        kept,
        item=item,
        title=packs.title("programme" if item else "progression", kept.kind),
        known=bool(item or packs.get("progression", kept.kind)),
        level=kept.level or item.get("level"),
        university=kept.university or item.get("university", ""),
        target=kept.target or item.get("days", 0) * WHOLE_DAY or None,
        holidays=holidays,
    )


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


def learners(conn: Connection, team: str | None, today: date) -> list[LearnerLine]:
    """Return a line for everybody in an open programme, those with something late first, then by what comes next."""
    packs = Packs(conn)
    kept = kept_programmes(conn, packs, today, team=team, open_only=True)
    over = over_protected(conn, packs, kept, team, today)
    lines = [line_of(one, stage_lines(one, today), today, over.get(one.id, "")) for one in kept]
    return sorted(lines, key=lambda line: (-line.late, _soonest(line), line.name.casefold(), line.id))


def _soonest(line: LearnerLine) -> date:
    return (line.next.due if line.next else None) or date.max


def over_protected(
    conn: Connection, packs: Packs, kept: Sequence[Kept], team: str | None, today: date, now: date | None = None
) -> dict[int, str]:
    """Return what to say of newly qualified workers who carry more than their protected level, by programme."""
    from domain.learning.asye import over_protected as too_much
    from storage.load.worker_load import team_board

    years = [one for one in kept if one.sort == "asye" and one.starts <= today]
    if not years:
        return {}
    alone = years[0].worker if len(years) == 1 else None
    used = {line.staff_id: line.utilisation for line in team_board(conn, team, today, alone, packs, now)}
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
    closed = kept.closed.get(stage["id"])
    state = DONE if reached else CLOSED if closed else _state(due, today)
    if closed and not reached:
        note = f"closed {short_day(closed.on)} by {closed.by}: {closed.why}"
    return StageLine(stage["id"], stage["title"], due, reached[0] if reached else None, state, note)


def _state(due: date | None, today: date) -> str:
    if due is None:
        return UNSET
    return LATE if due < today else DUE if (due - today).days <= DUE_SOON_DAYS else COMING


def line_of(kept: Kept, stages: Sequence[StageLine], today: date, warning: str) -> LearnerLine:
    """Return the board's line of a programme."""
    open_stages = sorted(
        (s for s in stages if s.due and s.state not in (DONE, CLOSED)), key=lambda s: s.due or date.max
    )
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
