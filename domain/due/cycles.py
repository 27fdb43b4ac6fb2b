"""One cycle of a series: which rule dates it now, by which interval, and what stands when that changes.

Where another rule comes to apply in the middle of a cycle, the date is counted anew from the last answer and the
earlier date stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from domain.cases.subject import Gap, Happening, Subject, Varying
from domain.core.dates import show_day
from domain.core.intervals import Interval
from domain.core.workdays import Workdays
from domain.due.obligation import Findings, Obligation
from domain.due.override_effect import in_force, next_change, varied
from domain.rules.conditions import Moment
from domain.rules.rule import Rule
from domain.rules.rule_index import Series


class Cycle:
    """The present cycle of one series of one subject, and how it came to be."""

    # Beginnings live on the class: most series never touch most of them, and setting each would cost much of the work.
    cycle = 0
    spent = True  # whether the present cycle ever had a date: a number without one is given again
    running = False
    provisional = False  # begun by an answer: a real start takes its place
    ever = False  # whether it ever started
    heard: Happening | None = None  # an answer or stop that came before any start
    start = ("", date.min)  # the event that began this run
    began = date.min  # the day this run began
    last_answer: tuple[str, date] | None = None
    anchor = ("", date.min)  # what the present cycle counts from
    rule: Rule | None = None  # the rule that applies now
    interval: Interval | None = None
    due: date | None = None
    opens: date | None = None
    winner: tuple[Rule, tuple[str, date]] | None = None  # whose date stands, and what it counts from
    next_change: date | None = None
    chosen: tuple[Rule | None, Interval | None] = (None, None)
    level = -1  # how often it was answered when the rule was chosen, as far as that matters
    stale = True  # whether the rule must be looked for again
    clock: object = None  # the time of day of what the cycle counts from, where it is recorded
    spare: tuple[str, date] | None = None  # an answer that may count for a start still to come
    extended = date.min  # the day of the latest extension
    overrides: tuple[Varying, ...] = ()  # the intervals decided for this subject

    def __init__(
        self, series: Series, subject: Subject, calendar: Workdays, titles: Mapping[str, str], findings: Findings
    ) -> None:
        self.series = series
        self.subject = subject
        self.calendar = calendar
        self.titles = titles
        self.findings = findings
        self.moment = Moment(subject, calendar=calendar)
        self.options: dict[str, tuple[str, date]] = {}  # the latest start of each rule, where they differ
        if subject.overrides:
            self.overrides = _own(subject.overrides, series)

    def _review(self, day: date) -> None:
        """Find the rule that applies on ``day``; where it is another one, count anew and keep the earlier date."""
        moment = self.moment
        moment.on = day
        level = min(self.series.levels, moment.answered)
        if self.stale or level != self.level:
            self._choose(level)
        rule, interval = self.chosen
        if self.winner is not None and rule is self.rule and (interval is self.interval or interval == self.interval):
            return
        if self.overrides and rule is self.rule and self.due is not None and self.due >= day:
            self.due = self.winner = None  # a decision about this case counts at once, unless the date has passed
        self.rule, self.interval = rule, interval
        if rule is None or interval is None:
            self.due = self.winner = None
        else:
            self._offer(rule, self.anchor, interval)

    def _choose(self, level: int) -> None:
        """Look for the rule that applies now, and for the next day on which time alone may change that."""
        moment = self.moment
        rule = first_rule(self.series.rules, moment)
        interval = rule.interval(moment) if rule else None
        soonest = None
        for condition in self.series.timed:
            day = condition.change(moment)
            if day is not None and day > moment.on and (soonest is None or day < soonest):
                soonest = day
        if self.overrides:
            interval = self._vary(rule, interval)
            soonest = earliest(soonest, next_change(self.overrides, moment.on))
        self.chosen = (rule, interval)
        self.stale, self.level, self.next_change = False, level, soonest

    def _vary(self, rule: Rule | None, interval: Interval | None) -> Interval | None:
        """Return the interval decided for this subject, where one is and the rule's ceiling lets it stand."""
        override = in_force(self.overrides, self.moment.on)
        if override is None or rule is None or interval is None:
            return interval
        found, why_not = varied(self.series, rule, interval, override)
        if why_not:
            self._say(f"{rule.title}: {why_not}")
        elif found != interval:
            decided = f"{override.decided_by} on {show_day(override.decided_on)}"
            self._note(f"{rule.title}: {found.words} instead of {interval.words}, decided by {decided}")
        return found

    def _offer(self, rule: Rule, anchor: tuple[str, date], interval: Interval) -> None:
        due = interval.after(anchor[1], self.calendar) if interval.plain else self._reach(anchor, interval, rule)
        if due is None:
            return
        if self.findings.notes is not None:
            self._note(f"{rule.title}: {interval.words} from {show_day(anchor[1])} gives {show_day(due)}")
        if due < self.moment.on and self.winner is None:
            due = self.moment.on  # nothing is due before the day on which the rule came to apply
            self._note(f"{rule.title}: applies only from {show_day(due)}, so it is due then")
        self.spent = True
        if self.due is None or due < self.due:
            self.due, self.winner = due, (rule, anchor)
            self.opens = rule.opens.after(anchor[1], self.calendar) if rule.opens else None

    def _reach(self, anchor: tuple[str, date], interval: Interval, rule: Rule) -> date | None:
        if interval.unset:
            self.spent = True
            self.winner = self.winner or (rule, anchor)
            return None
        due = interval.reach(anchor[1], self.calendar, self.clock)
        if due is None:
            beyond = f" after {show_day(self.calendar.terms[-1][1])}" if self.calendar.terms else ""
            self._say(f"no term dates set{beyond}: {rule.title} cannot be dated")
        return due

    def _note(self, words: str) -> None:
        """Keep a line of the working, where somebody asked for it."""
        if self.findings.notes is not None:
            self.findings.notes.append((self.cycle, self.moment.on, words))

    def _pass_time(self, until: date) -> None:
        """Let birthdays and anniversaries before ``until`` change the rule, up to the day the cycle falls due."""
        while self.running and self.next_change is not None and self.next_change < until:
            if self.due is not None and self.next_change > self.due:
                return
            self.stale = True
            self._review(self.next_change)

    def _obligation(self, held_on: date | None) -> Obligation | None:
        if self.winner is None:
            return None
        rule, (kind, on) = self.winner
        if self.due is None:
            return Obligation(self.series.id, rule.id, self.cycle, None, None, None, kind, on, held_on)
        plan_by = (self.calendar.on_or_after if rule.minimum else self.calendar.on_or_before)(self.due)
        opens = self.due if rule.minimum else self.opens
        return Obligation(self.series.id, rule.id, self.cycle, self.due, plan_by, opens, kind, on, held_on)

    def _title(self, kind: str) -> str:
        return self.titles.get(kind, kind.replace("_", " "))

    def _say(self, message: str) -> None:
        self.findings.gaps.append(Gap(self.series.id, message))


def _own(overrides: Sequence[Varying], series: Series) -> tuple[Varying, ...]:
    """Return those that are about the series or one of its rules."""
    names = {series.id, *(rule.id for rule in series.rules)}
    return tuple(override for override in overrides if override.rule in names)


def earliest(one: date | None, other: date | None) -> date | None:
    """Return the earlier of two days, either of which may not be there."""
    return min((day for day in (one, other) if day is not None), default=None)


def first_rule(rules: Sequence[Rule], moment: Moment) -> Rule | None:
    for rule in rules:
        if rule.applies(moment):
            return rule
    return None
