"""Disagreements: raised, taken to the next stage, ended with an outcome; one unit each. And those that are open.

The days of a stage are working days of the nation of the team that the worker or the case is with.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from domain import agenda
from domain.agenda import Item, Weighed
from domain.dates import show_day
from domain.errors import BadInput, NotFound
from domain.ladders import DUE, LATE, Rung, following, rungs, standing
from storage.reading import HELD_BY, Packs, day

if TYPE_CHECKING:
    from storage.packs import PackSet
    from storage.unit import Unit

KIND = "disagreement"
OF_SUPERVISION, OF_CASE = "supervision", "case"


class DisagreementLine(NamedTuple):
    """A disagreement and how it stands: late, due, open, unset (its stage has no date) or ended.

    ``next_stage`` is the title of the stage that follows; empty on the last one.
    """

    id: int
    worker: str | None
    case: str | None
    session: int | None
    about: str
    raised_by: str
    raised_on: date
    ladder: str
    stage: str
    stage_title: str
    stage_on: date
    with_whom: str
    due: date | None
    outcome: str
    ended_on: date | None
    next_stage: str
    state: str
    version: int

    @property
    def subject(self) -> str:
        """The case or the worker that it is about."""
        return self.case or self.worker or ""


# reading -----------------------------------------------------------------------------------------------------------

_OPEN = f"""
SELECT d.id, d.worker, d."case", d.session, d.about, d.raised_by, d.raised_on, d.ladder, d.stage, d.stage_on,
  d.with_whom, d.due, d.outcome, d.ended_on, d.version
FROM disagreement d LEFT JOIN worker w ON w.staff_id = d.worker LEFT JOIN cases c ON c.reference = d."case"
WHERE (:ended OR d.ended_on IS NULL) AND (:id IS NULL OR d.id = :id)
  AND (:team IS NULL OR w.team = :team OR c.team = :team)
  AND (:worker IS NULL OR d.worker = :worker OR (d."case" IS NOT NULL AND {HELD_BY} = :worker))
ORDER BY d.ended_on IS NOT NULL, d.due IS NULL, d.due, d.id
"""  # noqa: S608


def disagreements(
    conn: sqlite3.Connection,
    today: date,
    *,
    worker: str | None = None,
    team: str | None = None,
    ended: bool = False,
    number: int | None = None,
) -> list[DisagreementLine]:
    """Return the disagreements about a worker and the cases held, or of a team; what is late first, ended ones last."""
    given = {"worker": worker, "team": team, "today": today.isoformat(), "ended": ended, "id": number}
    packs = Packs(conn)
    return [_line(row, packs, today) for row in conn.execute(_OPEN, given).fetchall()]


def open_disagreements(
    conn: sqlite3.Connection, today: date, *, worker: str | None = None, team: str | None = None
) -> list[DisagreementLine]:
    """Return the disagreements that have no outcome yet, the most urgent first."""
    return disagreements(conn, today, worker=worker, team=team)


def on_agenda(conn: sqlite3.Connection, worker: str, today: date) -> Iterator[Weighed]:
    """Yield what a worker's supervision has to settle: beside the agreement, or with the case that it is about.

    What was said stays out of it: the stage and its day are enough to bring it up.
    """
    for one in open_disagreements(conn, today, worker=worker):
        kind, subject = ("item", one.case) if one.case else ("agreement", worker)
        why = f"by {show_day(one.due, today)}" if one.due else "no day is set for this stage"
        state = {LATE: agenda.LATE, DUE: agenda.DUE}.get(one.state, agenda.NEW)
        days, key = (today - one.raised_on).days, f"disagreement:{one.id}"
        yield Weighed(Item(kind, subject, f"Not settled: {one.stage_title}", why, days, state, "", key), days)


def _line(row: tuple[Any, ...], packs: Packs, today: date) -> DisagreementLine:
    (number, worker, case, session, about, by, on, ladder, stage, stage_on, whom, due, outcome, ended, version) = row
    steps = rungs(packs.get("ladder", ladder))
    title = next((one.title for one in steps if one.id == stage), stage.replace("_", " ").capitalize())
    after = following(steps, stage)
    return DisagreementLine(
        number, worker, case, session, about, by, date.fromisoformat(on), ladder, stage, title,
        date.fromisoformat(stage_on), whom, day(due), outcome, day(ended), after.title if after else "",
        standing(day(due), day(ended), today), version,
    )  # fmt: skip


# what becomes of them ----------------------------------------------------------------------------------------------


def raise_one(unit: Unit, data: Mapping[str, Any]) -> Any:
    """Raise a disagreement on the first stage of its ladder: the case's where it is about a case alone.

    ``data`` gives worker or case, about, raised_by, and if wanted session, ladder, raised_on, with_whom.
    """
    given = {name: value for name, value in data.items() if value not in (None, "")}
    about_case = given.get("case") and not given.get("worker")
    name = str(given.pop("ladder", OF_CASE if about_case else OF_SUPERVISION))
    first = _ladder(unit.packs, name)[0]
    on = given.setdefault("raised_on", unit.today)
    on = date.fromisoformat(on) if isinstance(on, str) else on
    calendar = unit.packs.calendar(_nation(unit.raw, given.get("worker"), given.get("case")))
    stage = {"ladder": name, "stage": first.id, "stage_on": on, "due": first.due(on, calendar)}
    kept = unit.record(KIND, {"with_whom": first.with_whom, **given, **stage})
    unit.finish(f"Raised disagreement {kept.id}")
    return kept


def escalate(
    unit: Unit, number: int, *, on: date | None = None, with_whom: str = "", due: date | None = None, seen: Any = None
) -> Any:
    """Take a disagreement to the next stage of its ladder, from ``on``; raises BadInput on the last one."""
    found = _open_one(unit, number)
    stage = following(_ladder(unit.packs, found.ladder), found.stage)
    if stage is None:
        raise BadInput(
            "stage: this is the last stage of its ladder.", field="stage", hint="End it with its outcome instead."
        )
    on = on or unit.today
    if on < found.stage_on:
        raise BadInput(f"stage_on: the stage before began on {show_day(found.stage_on)}.", field="stage_on")
    if on > unit.today:
        raise BadInput(f"stage_on: {show_day(on)} lies in the future.", field="stage_on")
    calendar = unit.packs.calendar(_nation(unit.raw, found.worker, found.case))
    by = due or stage.due(on, calendar)
    changes = {"stage": stage.id, "stage_on": on, "with_whom": with_whom or stage.with_whom, "due": by}
    kept = unit.amend(KIND, number, changes, seen)
    unit.finish(f"Took disagreement {number} to the next stage")
    return kept


def end(unit: Unit, number: int, outcome: str, on: date | None = None, seen: Any = None) -> Any:
    """End a disagreement with its outcome."""
    found, on = _open_one(unit, number), on or unit.today
    if not outcome.strip():
        raise BadInput("outcome: say how it ended.", field="outcome")
    if on < found.stage_on:
        raise BadInput(f"ended_on: its stage began on {show_day(found.stage_on)}.", field="ended_on")
    kept = unit.amend(KIND, number, {"outcome": outcome, "ended_on": on}, seen)
    unit.finish(f"Ended disagreement {number}")
    return kept


def _open_one(unit: Unit, number: int) -> Any:
    found = unit.get(KIND, number)
    if found.ended_on is not None:
        raise BadInput(f"This disagreement ended on {show_day(found.ended_on)}.", field=KIND)
    return found


def _ladder(packs: PackSet, name: str) -> list[Rung]:
    found = packs.ladders.get(name)
    if found is None or not found.active:
        known = ", ".join(key for key, one in packs.ladders.items() if one.active)
        raise NotFound(f"ladder: {name!r} is not a ladder.", field="ladder", hint=f"Known: {known}.")
    return rungs(found.as_item())


def _nation(raw: sqlite3.Connection, worker: str | None, case: str | None) -> str:
    query = """SELECT t.nation FROM team t WHERE t.name = (SELECT team FROM worker WHERE staff_id = :worker)
        UNION ALL SELECT nation FROM cases WHERE reference = :case LIMIT 1"""
    row = raw.execute(query, {"worker": worker, "case": case}).fetchone()
    return str(row[0]) if row else "england"


def check(packs: PackSet, fields: Mapping[str, Any]) -> None:
    """Raise where a disagreement stands on a ladder or stage that the packs do not know."""
    known = [one.id for one in _ladder(packs, fields["ladder"])]
    if fields["stage"] not in known:
        hint = f"Stages: {', '.join(known)}."
        raise NotFound(f"stage: {fields['stage']!r} is not a stage of {fields['ladder']}.", field="stage", hint=hint)
