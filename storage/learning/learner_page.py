"""One learner's programme with all that their page shows: checklist, phases, supervision hours, warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from domain.core.dates import show_day
from domain.core.enums import SupervisionKind
from domain.core.workdays import add_months
from domain.learning.asye import Check, Known, PhaseDates, checklist, phases, protected_minutes, sessions_due
from domain.learning.placements import Hours, entitled
from storage.database.connection import Connection
from storage.learning.programme_record import Kept, dated_stages
from storage.learning.programmes import LearnerLine, StageLine, kept_programme, line_of, over_protected, stage_lines
from storage.rules.kept_packs import Packs

NOT_SET = "not set"
_LAST = frozenset({"last", "final", "end_of_last"})
# One-to-one sessions alone: group and unplanned ones come on top of what is due.
_HELD = """SELECT s.held_on AS "on", s.minutes, s.kind, s.supervisor, w.name AS supervisor_name
FROM session s JOIN worker w ON w.staff_id = s.supervisor
WHERE s.worker = :worker AND s.state = 'held' AND s.held_on BETWEEN :first AND :last
  AND s.kind IN ('line', 'reflective', 'on_site', 'off_site') ORDER BY s.held_on, s.id"""
_EVIDENCE = """SELECT id, "on", kind, title, seen_by, piece FROM evidence
WHERE programme = :programme ORDER BY "on", id"""


class SessionHeld(NamedTuple):
    """A session that was held within the programme, as the supervision log lists it."""

    on: date
    minutes: int
    kind: SupervisionKind
    supervisor: str
    supervisor_name: str


class EvidenceLine(NamedTuple):
    """A piece of evidence that belongs to the programme; ``piece`` is the part of the programme that it is."""

    id: int
    on: date
    kind: str
    title: str
    seen_by: str
    piece: str | None


class Learner(NamedTuple):
    """A programme with all that the learner's page shows.

    ``hours`` is None where no entitlement is set, and ``entitlement`` says that in words; ``protected`` is in minutes a
    week; ``concerns`` are the steps of the concerns procedure, with the day of those that were taken; ``unrecorded``
    are planned days up to yesterday for which the register says nothing.
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
    evidence: Sequence[EvidenceLine]
    concerns: Sequence[StageLine]
    unrecorded: Sequence[date]
    warnings: Sequence[str]

    @property
    def missing(self) -> list[Check]:
        """What the checklist still asks for."""
        return [check for check in self.checks if check.state in ("late", "open")]


def learner(conn: Connection, number: int, today: date) -> Learner:
    """Return one programme; raises NotFound."""
    packs = Packs(conn)
    kept = kept_programme(conn, packs, number, today)
    stages = stage_lines(kept, today)
    last = min(kept.ended or today, today)
    held = conn.all(SessionHeld, _HELD, worker=kept.worker, first=kept.starts, last=last)
    evidence = conn.all(EvidenceLine, _EVIDENCE, programme=number)
    found = year_phases(kept)
    over = over_protected(conn, packs, [kept], None, today) if kept.ended is None else {}
    line = line_of(kept, stages, today, over.get(kept.id, ""))
    known = _known(kept, held, evidence, sessions_due(found), _reduced(conn, packs, kept))
    percent = kept.item.get("protected_percent")
    return Learner(
        line=line,
        kept=kept,
        stages=stages,
        checks=checklist(kept.item.get("pieces", ()), known, today),
        phases=found,
        hours=_hours(kept, held),
        entitlement=entitlement_words(kept.item),
        protected=None if percent is None else protected_minutes(kept.contract_hours, int(percent)),
        held=held,
        evidence=evidence,
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
    kept: Kept, held: Sequence[SessionHeld], evidence: Sequence[EvidenceLine], due: Iterable[date], reduced: bool
) -> Known:
    """Return what the checklist is filled from; evidence for a named part counts for that part alone."""
    return Known(
        milestones={kind: len(days) for kind, days in kept.reached.items()},
        pieces=Counter(one.piece for one in evidence if one.piece),
        evidence=Counter(one.kind for one in evidence if not one.piece),
        stages={stage["id"]: day for stage, day in dated_stages(kept)},
        sessions=[session.on for session in held],
        asked=list(due),
        reduced=reduced,
    )


def _reduced(conn: Connection, packs: Packs, kept: Kept) -> bool:
    """Whether the workload is reduced: by the grade, or by a ramp within the programme."""
    if packs.get("grade", kept.grade).get("capacity_percent", 100) < 100:
        return True
    ramps = [key for key, reason in packs.all("reduction_reason").items() if reason.get("ramp")]
    query = """SELECT 1 FROM reduction WHERE worker = :worker AND starts <= :last AND (ends IS NULL OR ends >= :first)
        AND kind IN :ramps LIMIT 1"""
    last = kept.ended or kept.planned_end or date.max
    return conn.value(query, worker=kept.worker, first=kept.starts, last=last, ramps=ramps) is not None


def _concerns(kept: Kept) -> list[StageLine]:
    steps = ((step, next(iter(kept.reached.get(step["id"], ())), None)) for step in kept.item.get("concerns", ()))
    return [StageLine(step["id"], step["title"], None, on, "done" if on else "unset") for step, on in steps]


# what is wrong ---------------------------------------------------------------------------------------------------


def _warnings(conn: Connection, kept: Kept, line: LearnerLine, today: date) -> Iterator[str]:
    if line.warning:
        yield f"{line.warning[:1].upper()}{line.warning[1:]}."
    if kept.sort == "placement":
        yield from _of_educator(conn, kept, today)
        if line.ends and kept.ends and line.ends > kept.ends:
            yield f"Ends on {show_day(line.ends)} as it looks now, after {show_day(kept.ends)} as planned."
    most = kept.settings.get("most_months", kept.item.get("most_months"))
    if kept.year is not None and most and kept.year.ends > add_months(kept.starts, int(most)):
        yield f"Longer than the {most} months that are set as the most."


def stage_asked(kept: Kept) -> int | None:
    """Return the practice educator's stage that the placement's level asks for; None where none is given."""
    own: int | None = kept.item.get("educator_stage")
    return 2 if kept.level in _LAST else own


def _of_educator(conn: Connection, kept: Kept, today: date) -> Iterator[str]:
    """Say what is wrong with the practice educator's stage and currency."""
    if kept.educator is None:
        yield "No practice educator is recorded."
        return
    asked = stage_asked(kept)
    recorded = conn.all(_Stage, _STAGES, educator=kept.educator, today=today)
    current = [one for one in recorded if one.until is None or one.until >= today]
    stage = max((int(one.kind[-1]) for one in current), default=0)
    if not recorded:
        yield "The practice educator's stage is not recorded."
    elif not current:
        yield f"The practice educator's currency ended on {show_day(max(one.until for one in recorded if one.until))}."
    elif asked and stage < asked:
        yield f"The practice educator is at stage {stage}; this placement asks for stage {asked}."


class _Stage(NamedTuple):
    kind: str
    until: date | None


_STAGES = """SELECT kind, CASE WHEN ended_on IS NULL OR expires < ended_on THEN expires ELSE ended_on END AS until
FROM registration WHERE worker = :educator AND kind IN ('pe1', 'pe2') AND granted <= :today"""
