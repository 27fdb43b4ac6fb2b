"""The newly qualified year: when its stages fall, how its supervision phases follow, and what is still missing.

A part-time year is longer in proportion to the hours (0.6 of a week: 12 months become 20), and by every day of an
absence within it. Months are counted from the first day, never one from another.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from domain.core.intervals import Interval
from domain.core.workdays import Workdays, add_months
from domain.supervision.frequency import UNITS, stretch

FULL = 100
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Year:
    """A newly qualified year. ``fte`` in hundredths (over 100 does not shorten it); ``absences`` first and last days.

    ``moved`` are stages that the programme's settings put on other months.
    """

    starts: date
    months: int
    fte: int = FULL
    absences: Sequence[tuple[date, date]] = ()

    def reached(self, months: int) -> date:
        """Return the day on which so many months of a full-time year are done."""
        return lengthened(self.starts, months_on(self.starts, months, self.fte), self.absences)

    @cached_property
    def ends(self) -> date:
        """The day that the year comes to."""
        return self.reached(self.months)

    def done(self, today: date) -> int:
        """Return how many hundredths of the year's months lie behind, as full-time months."""
        if today <= self.starts:
            return 0
        month = next((n for n in range(1, self.months + 1) if self.reached(n) > today), None)
        if month is None:
            return self.months * 100
        last, following = (self.reached(month - 1) if month > 1 else self.starts), self.reached(month)
        return (month - 1) * 100 + (today - last).days * 100 // (following - last).days

    def stage_day(self, when: Mapping[str, Any], calendar: Workdays | None = None) -> date | None:
        """Return the day that a stage of a pack is due (see programmekinds.When); None where nobody says."""
        if months := when.get("months"):
            return self.reached(months)
        if weeks := when.get("weeks"):
            return lengthened(self.starts, self.starts + timedelta(weeks=weeks), self.absences)
        if when.get("start"):
            return self.starts - _DAY
        if days := when.get("working_days_after"):
            return calendar.add(self.ends, days) if calendar else None
        known = "end" in when or "weeks_before_end" in when
        return self.ends - timedelta(weeks=when.get("weeks_before_end", 0)) if known else None


def months_on(start: date, months: int, fte: int = FULL) -> date:
    """Return the day ``months`` of a full-time year on; what is left over a month is its share of that month's days."""
    whole, rest = divmod(months * FULL, min(fte, FULL))
    day = add_months(start, whole)
    length = (add_months(start, whole + 1) - day).days
    return day + _DAY * (length * rest // min(fte, FULL))


def lengthened(start: date, day: date, absences: Iterable[tuple[date, date]]) -> date:
    """Return ``day`` put off by every day of absence from ``start`` up to it; days that overlap count once."""
    seen = start
    for first, last in sorted(absences):
        first = max(first, seen)
        if first > day or last < first:
            continue
        day += last - first + _DAY
        seen = last + _DAY
    return day


# supervision phases ----------------------------------------------------------------------------------------------


class PhaseDates(NamedTuple):
    """One phase of supervision: from ``starts`` up to the day before ``until``, where the next begins."""

    every: Interval
    starts: date
    until: date


def phases(
    starts: date, ends: date, specs: Sequence[Mapping[str, Any]], settings: Mapping[str, Any] | None = None
) -> list[PhaseDates]:
    """Return the phases from ``starts`` to ``ends``, one after another without a gap or an overlap.

    ``settings`` may set the end of the n-th phase: phase_1_weeks, phase_2_months, or the day of it (phase_2_on). What
    would end before it begins is left out.
    """
    found, begin = [], starts
    for number, spec in enumerate(specs, 1):
        until = min(_phase_end(number, spec, starts, settings or {}) or ends, ends)
        if until > begin:
            found.append(PhaseDates(stretch(spec["every"]), begin, until))
            begin = until
    if found and begin < ends:
        found[-1] = found[-1]._replace(until=ends)
    return found


def _phase_end(number: int, spec: Mapping[str, Any], starts: date, settings: Mapping[str, Any]) -> date | None:
    if (day := settings.get(f"phase_{number}_on")) is not None:
        return date.fromisoformat(str(day))
    for unit in UNITS:
        if (length := settings.get(f"phase_{number}_{unit}")) is not None:
            return Interval(unit, int(length)).after(starts)
    return stretch(spec["until"]).after(starts) if spec.get("until") else None


def sessions_due(found: Iterable[PhaseDates]) -> Iterator[date]:
    """Yield the days by which sessions fall due: each counted from the phase's first day, its last day included."""
    for phase in found:
        number = 1
        while (day := Interval(phase.every.unit, phase.every.number * number).after(phase.starts)) <= phase.until:
            yield day
            number += 1


# what is there and what is missing -----------------------------------------------------------------------------------

MET, LATE, OPEN, OPTIONAL = "met", "late", "open", "optional"


class Check(NamedTuple):
    """One line of the checklist: how many are needed and there, and by when the next is; ``says`` explains it."""

    id: str
    title: str
    need: int
    have: int
    due: date | None
    state: str
    says: str = ""


class Known(NamedTuple):
    """What the records say: how often each milestone and piece of evidence is there, by its name.

    ``sessions`` are the days of supervision held; ``reduced`` whether the workload was reduced within the programme;
    ``stages`` when each stage is due.
    """

    milestones: Mapping[str, int]
    pieces: Mapping[str, int]
    evidence: Mapping[str, int]
    stages: Mapping[str, date | None]
    sessions: Sequence[date] = ()
    asked: Sequence[date] = ()
    reduced: bool = False


def checklist(pieces: Iterable[Mapping[str, Any]], known: Known, today: date) -> list[Check]:
    """Return a line for every piece of a programme, filled from what is recorded."""
    return [_FILLING[piece.get("filled", "records")](piece, known, today) for piece in pieces]


def _from_records(piece: Mapping[str, Any], known: Known, today: date) -> Check:
    """Named milestones (observation_1) count once each, the others as often as they are there."""
    name, need = str(piece["id"]), int(piece.get("count", 1))
    numbered = [f"{name}_{n}" for n in range(1, need + 1)]
    named = sum(1 for one in numbered if known.milestones.get(one) or known.pieces.get(one))
    loose = known.milestones.get(name, 0) + known.pieces.get(name, 0)
    have = named + loose + known.evidence.get(str(piece.get("evidence")), 0)
    return _line(piece, need, have, known, today)


def _from_stages(piece: Mapping[str, Any], known: Known, today: date) -> Check:
    stages = [stage for stage in piece["stages"] if stage in known.stages]
    have = sum(1 for stage in stages if known.milestones.get(stage))
    return _line({**piece, "by": stages}, len(stages), have, known, today)


def _from_sessions(piece: Mapping[str, Any], known: Known, today: date) -> Check:
    """Sessions held against those due by now; the whole is what the year asks for."""
    asked, held = list(known.asked), len(known.sessions)
    so_far = sum(1 for day in asked if day <= today)
    due = asked[held] if held < len(asked) else None
    state = MET if asked and held >= len(asked) else LATE if held < so_far else OPEN
    return Check(
        str(piece["id"]), str(piece["title"]), len(asked), held, due, state, f"{held} held, {so_far} due by now"
    )


def _from_reductions(piece: Mapping[str, Any], known: Known, _today: date) -> Check:
    says = "" if known.reduced else "no reduction of the workload is recorded"
    state = MET if known.reduced else LATE
    return Check(str(piece["id"]), str(piece["title"]), 1, int(known.reduced), None, state, says)


_FILLING = {
    "records": _from_records, "stages": _from_stages, "sessions": _from_sessions, "reductions": _from_reductions,
}  # fmt: skip


def _line(piece: Mapping[str, Any], need: int, have: int, known: Known, today: date) -> Check:
    days = [known.stages.get(stage) for stage in piece.get("by", ())]
    due = days[have] if have < len(days) else days[-1] if days else None
    if have >= need:
        return Check(str(piece["id"]), str(piece["title"]), need, have, None, MET)
    late = due is not None and due < today
    state = LATE if late else OPEN if piece.get("required", True) else OPTIONAL
    return Check(str(piece["id"]), str(piece["title"]), need, have, due, state, f"{need - have} missing")


# load ------------------------------------------------------------------------------------------------------------


def protected_minutes(contract_hours: int, percent: int) -> int:
    """Return the protected time in minutes a week: a share of contract hours (hundredths of an hour), rounded down."""
    return contract_hours * percent * 60 // 10_000


def over_protected(utilisation: int | None) -> bool:
    """Whether somebody carries more than the protected level; utilisation in tenths of a percent of that level."""
    return utilisation is not None and utilisation > 1000
