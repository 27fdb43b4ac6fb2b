"""Whether supervision was held when it was due: every date that fell due, and what they come to.

The engine dates the next session alone: after three months without supervision one date is late. To count what was
held of what should have been, a date that passed before the next was due is missed, and the next is counted from it.
Pure and additive: workers stream through, and tallies of groups are filled on the way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from domain.cases.subject import Happening, Subject
from domain.core.intervals import Interval
from domain.core.workdays import Workdays
from domain.due.cycles import first_rule
from domain.due.engine import events_by_series, run_series
from domain.due.obligation import Findings, Obligation
from domain.due.override_effect import in_force, varied
from domain.due.timeliness import Period, share
from domain.rules.conditions import Moment
from domain.rules.rule_index import RuleBook, Series

SERIES = "supervision"
HELD, LATE, MISSED, AWAY = "held", "late", "missed", "away"
MOST_DATES = 3000  # of one gap: as many weeks as anybody works

CONVENTION = (
    "Counted by due date in the period, each from the session before: held on or before it (held), held before the "
    "next would have been due (late), or not (missed; the next is then counted from that date). A date that falls in "
    "an absence and was not kept counts as away, not as due. Group, joint and unplanned sessions come on top."
)
UNVERIFIED = "The convention is Almoner's own and not verified against a published return."
Every = Callable[[date], Interval | None]


class Expected(NamedTuple):
    """A session that was due, and how that went; ``held_on`` is None for one that was missed."""

    due: date
    held_on: date | None
    state: str


class Spell(NamedTuple):
    """Days on which a worker is away, both ends included; open-ended without ``last``."""

    first: date
    last: date | None


# what was due ------------------------------------------------------------------------------------------------------


def expected(
    subject: Subject, rulebook: RuleBook, calendar: Workdays, last: date, away: Sequence[Spell] = ()
) -> list[Expected]:
    """Return every session of ``subject`` that was due up to ``last``, or up to their last day, the earliest first."""
    last = min(last, subject.closed or last)
    index, findings = rulebook.index(subject.nation, subject.kind), Findings()
    found: list[Expected] = []
    for place, events in events_by_series(subject, index).items():
        if index.series[place].id == SERIES:
            run_series(index.series[place], subject, events, calendar, rulebook, findings)
            every = pace(subject, index.series[place], events, calendar)
            cycles = [*findings.obligations, *findings.lapsed]
            found = [one for cycle in cycles for one in _dates(cycle, every, calendar, last)]
    return [_excused(one, away) for one in sorted(found)]


def pace(subject: Subject, series: Series, events: Sequence[Happening], calendar: Workdays) -> Every:
    """Return how to ask how often supervision is due after a session held on a day, as rules and agreement say."""
    names = {series.id, *(rule.id for rule in series.rules)}
    own = [one for one in subject.overrides if one.rule in names]

    def every(on: date) -> Interval | None:
        latest = {h.kind: h.on for h in events if h.on <= on}
        moment = Moment(subject, on=on, since=on, answered=1, latest=latest, calendar=calendar)
        rule = first_rule(series.rules, moment)
        interval = rule.interval(moment) if rule else None
        if rule is None or interval is None or interval.unset:
            return None
        override = in_force(own, on)
        return interval if override is None else varied(series, rule, interval, override)[0]

    return every


def _dates(cycle: Obligation, every: Every, calendar: Workdays, last: date) -> Iterator[Expected]:
    """Yield the date of a cycle, and those that would have followed until it was held or ended."""
    due, held = cycle.legal_due, cycle.held_on
    for _ in range(MOST_DATES):
        if due is None or due > last or (cycle.ended_on is not None and due >= cycle.ended_on):
            return
        if held is not None and held <= due:
            yield Expected(due, held, HELD)
            return
        interval = every(due)
        following = interval.after(due, calendar) if interval else None
        if held is not None and (following is None or held < following):
            yield Expected(due, held, LATE)
            return
        yield Expected(due, None, MISSED)
        due = following


def _excused(one: Expected, away: Sequence[Spell]) -> Expected:
    gone = any(spell.first <= one.due and (spell.last is None or one.due <= spell.last) for spell in away)
    return one._replace(state=AWAY) if gone and one.state != HELD else one


# what it comes to --------------------------------------------------------------------------------------------------


class Filed(NamedTuple):
    """A held session and its record: the days it was recorded and agreed by both, and by when it was to be recorded."""

    held_on: date
    recorded_on: date | None
    agreed_on: date | None
    record_by: date | None = None

    def is_late(self, today: date) -> bool:
        """Whether it was recorded after its limit, or is still not; never where no limit is set."""
        return self.record_by is not None and (self.recorded_on or today) > self.record_by


@dataclass(slots=True)
class Tally:
    """What a group comes to. ``gaps`` are days between two sessions; ``longest`` counts one still running, too.

    ``covered`` sessions were held by somebody in the supervisor's place. Of the records: ``unrecorded`` and
    ``unsigned`` (recorded, not agreed by both) as they stand, ``record_late`` beyond the limit where one is set.
    """

    due: int = 0
    held: int = 0
    late: int = 0
    missed: int = 0
    away: int = 0
    sessions: int = 0
    covered: int = 0
    workers: set[str] = field(default_factory=set)
    gaps: list[int] = field(default_factory=list)
    longest: int | None = None
    reasons: Counter[str] = field(default_factory=Counter)
    unrecorded: int = 0
    unsigned: int = 0
    record_late: int = 0
    to_record: list[int] = field(default_factory=list)
    to_agree: list[int] = field(default_factory=list)

    @property
    def percent(self) -> float | None:
        """How many of the sessions due were held in time, in percent to one decimal; None when none was due."""
        return share(self.held, self.due)

    @property
    def median_gap(self) -> float | None:
        """The median of the days between two sessions."""
        return median(self.gaps) if self.gaps else None

    @property
    def median_to_record(self) -> float | None:
        """The median of the days from session to record."""
        return median(self.to_record) if self.to_record else None

    @property
    def median_to_agree(self) -> float | None:
        """The median of the days from record to agreement by both."""
        return median(self.to_agree) if self.to_agree else None

    def count(self, one: Expected) -> None:
        """Count a session that was due."""
        if one.state == AWAY:
            self.away += 1
            return
        self.due += 1
        setattr(self, one.state, getattr(self, one.state) + 1)

    def lasted(self, days: int, *, running: bool = False) -> None:
        """Count a gap; one that is still ``running`` only among the longest."""
        if not running:
            self.gaps.append(days)
        self.longest = max(days, self.longest or 0)

    def file(self, one: Filed, today: date) -> None:
        """Count a held session's record."""
        self.record_late += one.is_late(today)
        if one.recorded_on is None:
            self.unrecorded += 1
            return
        self.to_record.append((one.recorded_on - one.held_on).days)
        if one.agreed_on is None:
            self.unsigned += 1
        else:
            self.to_agree.append((one.agreed_on - one.recorded_on).days)


def together(tallies: Iterable[Tally]) -> Tally:
    """Return several tallies as one."""
    whole = Tally()
    for one in tallies:
        for name in ("due", "held", "late", "missed", "away", "sessions", "covered"):
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
        for name in ("unrecorded", "unsigned", "record_late"):
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
        whole.workers |= one.workers
        whole.gaps += one.gaps
        whole.to_record += one.to_record
        whole.to_agree += one.to_agree
        whole.reasons += one.reasons
        if one.longest is not None:
            whole.longest = max(one.longest, whole.longest or 0)
    return whole


def gaps(held: Sequence[date], period: Period, until: date) -> Iterator[tuple[date, int, bool]]:
    """Yield (day it ended, days, still running) of the gaps between sessions that ended or run in the period.

    ``held`` is in order of day; ``until`` the last day that counts for a gap that no session ended.
    """
    for before, after in pairwise(held):
        if period.holds(after):
            yield after, (after - before).days, False
    before_the_end = [day for day in held if day <= until]
    if before_the_end and until >= period.start and (until - before_the_end[-1]).days:
        yield until, (until - before_the_end[-1]).days, True
