"""One learner's programme with all that its page shows: checklist, phases, supervision hours, warnings."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.asye import Check, Known, PhaseDates, checklist, phases, protected_minutes, sessions_due
from domain.dates import show_day
from domain.errors import NotFound
from domain.placements import Hours, entitled
from storage.programmes import (
    Kept,
    LearnerLine,
    StageLine,
    dated_stages,
    kept_programmes,
    line_of,
    over_protected,
    stage_lines,
)
from storage.reading import Packs

NOT_SET = "not set"
_ONE_TO_ONE = ("line", "reflective", "on_site", "off_site")
_LAST = frozenset({"last", "final", "end_of_last"})


class SessionHeld(NamedTuple):
    """A session that was held within the programme, as the supervision log lists it."""

    on: date
    minutes: int
    kind: str
    supervisor: str
    supervisor_name: str


class Learner(NamedTuple):
    """A programme with all that its page shows.

    ``hours`` is None where no entitlement is set (``entitlement`` says so in words); ``protected`` in minutes a week;
    ``concerns`` are the steps of the procedure, those taken with their day; ``unrecorded`` planned days that passed
    without a word in the register; ``warnings`` plain sentences.
    """

    line: LearnerLine
    kept: Kept
    stages: Sequence[StageLine]
    checks: Sequence[Check]
    phases: Sequence[PhaseDates]
    hours: Hours | None
    entitlement: str
    protected: int | None
    held: Sequence[SessionHeld]
    concerns: Sequence[StageLine]
    unrecorded: Sequence[date]
    warnings: Sequence[str]

    @property
    def missing(self) -> list[Check]:
        """What the checklist still asks for."""
        return [check for check in self.checks if check.state in ("late", "open")]


def learner(conn: sqlite3.Connection, number: int, today: date) -> Learner:
    """Return one programme; raises NotFound."""
    packs = Packs(conn)
    kept = next(iter(kept_programmes(conn, packs, ids=[number])), None)
    if kept is None:
        raise NotFound(f"There is no programme {number}.", field="programme", hint="See: almoner list programme --toml")
    stages = stage_lines(kept, today)
    held = _held(conn, kept, today)
    found = year_phases(kept)
    over = over_protected(conn, packs, [kept], None, today) if kept.ended is None else {}
    line = line_of(kept, stages, today, over.get(kept.id, ""))
    given = _hours(kept, held)
    percent = kept.item.get("protected_percent")
    return Learner(
        line=line,
        kept=kept,
        stages=stages,
        checks=checklist(kept.item.get("pieces", ()), _known(conn, packs, kept, held, found), today),
        phases=found,
        hours=given,
        entitlement=entitlement_words(kept.item),
        protected=None if percent is None else protected_minutes(kept.contract_hours, int(percent)),
        held=held,
        concerns=_concerns(kept),
        unrecorded=kept.placement.unrecorded(today) if kept.placement and kept.ended is None else (),
        warnings=list(_warnings(conn, kept, line, today)),
    )


def year_phases(kept: Kept) -> list[PhaseDates]:
    """Return the supervision phases of a newly qualified year; none for other programmes."""
    if kept.year is None:
        return []
    return phases(kept.starts, kept.year.ends, kept.item.get("phases", ()), kept.settings)


# supervision -----------------------------------------------------------------------------------------------------


def _held(conn: sqlite3.Connection, kept: Kept, today: date) -> list[SessionHeld]:
    """Return the one-to-one sessions held within the programme; group and unplanned ones come on top of it."""
    marks = ",".join("?" * len(_ONE_TO_ONE))
    query = f"""SELECT s.held_on, s.minutes, s.kind, s.supervisor, w.name
                FROM session s JOIN worker w ON w.staff_id = s.supervisor
                WHERE s.worker = ? AND s.state = 'held' AND s.kind IN ({marks}) AND s.held_on >= ? AND s.held_on <= ?
                ORDER BY s.held_on, s.id"""  # noqa: S608
    until = min(kept.ended or today, today)
    rows = conn.execute(query, (kept.worker, *_ONE_TO_ONE, kept.starts.isoformat(), until.isoformat()))
    return [SessionHeld(date.fromisoformat(on), *rest) for on, *rest in rows]


def _hours(kept: Kept, held: Sequence[SessionHeld]) -> Hours | None:
    """Return the hours given against those due; None where the university's rule is not set."""
    rule = kept.item.get("entitlement")
    if not rule or kept.placement is None:
        return None
    due, whole = entitled(rule, kept.placement)
    by: Counter[str] = Counter()
    for session in held:
        side = {kept.educator: "educator", kept.on_site: "on_site"}.get(session.supervisor, "others")
        by[side] += session.minutes
    return Hours(due, whole, by["educator"], by["on_site"], by["others"], len(held))


def entitlement_words(item: Mapping[str, Any]) -> str:
    """Return a placement's supervision rule in words; "not set" where no pack gives one, "" for other programmes."""
    if item.get("sort") != "placement":
        return ""
    rule = item.get("entitlement")
    if not rule:
        return NOT_SET
    hours = f"{rule['minutes'] / 60:g} hour{'' if rule['minutes'] == 60 else 's'}"
    return f"{hours} every week" if rule.get("weekly") else f"{hours} in {rule['placement_days']} placement days"


# the checklist ---------------------------------------------------------------------------------------------------


def _known(
    conn: sqlite3.Connection, packs: Packs, kept: Kept, held: Sequence[SessionHeld], found: Sequence[PhaseDates]
) -> Known:
    pieces: Counter[str] = Counter()
    evidence: Counter[str] = Counter()
    rows = conn.execute("SELECT piece, kind FROM evidence WHERE programme = ?", (kept.id,))
    for piece, kind in rows:
        if piece:
            pieces[piece] += 1  # named for a part, it counts there alone
        else:
            evidence[kind] += 1
    return Known(
        milestones={kind: len(days) for kind, days in kept.reached.items()},
        pieces=pieces,
        evidence=evidence,
        stages={stage["id"]: day for stage, day in dated_stages(kept)},
        sessions=[session.on for session in held],
        asked=list(sessions_due(found)),
        reduced=_reduced(conn, packs, kept),
    )


def _reduced(conn: sqlite3.Connection, packs: Packs, kept: Kept) -> bool:
    """Whether the workload is reduced: by the grade, or by a ramp within the programme."""
    if packs.get("grade", kept.grade).get("capacity_percent", 100) < 100:
        return True
    ramps = [key for key, said in packs.all("reduction_reason").items() if said.get("ramp")]
    last = (kept.ended or kept.planned_end or date.max).isoformat()
    query = f"""SELECT 1 FROM reduction WHERE worker = ? AND starts <= ? AND (ends IS NULL OR ends >= ?)
                AND kind IN ({",".join("?" * len(ramps))}) LIMIT 1"""  # noqa: S608
    return conn.execute(query, (kept.worker, last, kept.starts.isoformat(), *ramps)).fetchone() is not None


def _concerns(kept: Kept) -> list[StageLine]:
    steps = []
    for step in kept.item.get("concerns", ()):
        taken = kept.reached.get(step["id"], ())
        state = "done" if taken else "unset"
        steps.append(StageLine(step["id"], step["title"], None, taken[0] if taken else None, state))
    return steps


# what is wrong ---------------------------------------------------------------------------------------------------


def _warnings(conn: sqlite3.Connection, kept: Kept, line: LearnerLine, today: date) -> Iterator[str]:
    if line.warning:
        yield f"{line.warning[:1].upper()}{line.warning[1:]}."
    if kept.sort == "placement":
        yield from _of_educator(conn, kept, today)
        if (days := line.ends) and kept.ends and days > kept.ends:
            yield f"Ends on {show_day(days)} as it looks now, after {show_day(kept.ends)} as planned."
    most = kept.settings.get("most_months", kept.item.get("most_months"))
    if kept.year is not None and most and kept.year.ends > _capped(kept, int(most)):
        yield f"Longer than the {most} months that are set as the most."


def _capped(kept: Kept, most: int) -> date:
    from domain.workdays import add_months

    return add_months(kept.starts, most)


def stage_asked(kept: Kept) -> int | None:
    """Return the practice educator's stage that the placement's level asks for; None where nobody says."""
    own: int | None = kept.item.get("educator_stage")
    return 2 if kept.level in _LAST else own


def _of_educator(conn: sqlite3.Connection, kept: Kept, today: date) -> Iterator[str]:
    """Say what is wrong with the practice educator's stage and currency."""
    if kept.educator is None:
        yield "No practice educator is recorded."
        return
    asked = stage_asked(kept)
    rows = conn.execute(_STAGES, (kept.educator, today.isoformat())).fetchall()
    current = [kind for kind, stopped in rows if stopped is None or stopped >= today.isoformat()]
    stage = max((int(kind[-1]) for kind in current), default=0)
    if not rows:
        yield "The practice educator's stage is not recorded."
    elif not current:
        yield f"The practice educator's currency ended on {show_day(date.fromisoformat(max(day for _, day in rows)))}."
    elif asked and stage < asked:
        yield f"The practice educator is at stage {stage}; this placement asks for stage {asked}."


_STAGES = """SELECT kind, CASE WHEN ended_on IS NULL THEN expires WHEN expires IS NULL THEN ended_on
  ELSE min(ended_on, expires) END FROM registration WHERE worker = ? AND kind IN ('pe1', 'pe2') AND granted <= ?"""
