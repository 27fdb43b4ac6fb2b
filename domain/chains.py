"""Cycles that follow one another: each counted from the day the one before was held.

A day's events are taken together, so the order in which they were typed cannot matter. Where another rule comes to
apply in the middle of a cycle, the date is counted anew from the last answer and the earlier date stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from domain.conditions import Interval, Moment
from domain.dates import show_day
from domain.obligations import Findings, Gap, Happening, Obligation, Subject
from domain.rulebook import ANSWERS, LEARNS, STARTS, STOPS, Effect, Rule, Series, Trigger
from domain.workdays import Workdays

_NO_EFFECT = Effect()


class Chain:
    """One series of one subject, gone through day by day."""

    __slots__ = (
        "anchor",
        "began",
        "calendar",
        "chosen",
        "cycle",
        "due",
        "ever",
        "findings",
        "heard",
        "interval",
        "last_answer",
        "level",
        "moment",
        "next_change",
        "opens",
        "options",
        "provisional",
        "rule",
        "running",
        "series",
        "spent",
        "stale",
        "start",
        "subject",
        "titles",
        "winner",
    )

    def __init__(
        self,
        series: Series,
        subject: Subject,
        calendar: Workdays,
        titles: Mapping[str, str],
        findings: Findings,
    ) -> None:
        self.series = series
        self.subject = subject
        self.calendar = calendar
        self.titles = titles
        self.findings = findings
        self.moment = Moment(subject, facts={}, latest={})
        self.cycle = 0
        self.spent = True  # whether the present cycle ever had a date: a number without one is given again
        self.running = False
        self.provisional = False  # begun by an answer: a real start takes its place
        self.ever = False  # whether it ever started
        self.heard: Happening | None = None  # an answer or stop that came before any start
        self.start = ("", date.min)  # the event that began this run
        self.began = date.min  # the day this run began
        self.last_answer: tuple[str, date] | None = None
        self.anchor = ("", date.min)  # what the present cycle counts from
        self.rule: Rule | None = None  # the rule that applies now
        self.interval: Interval | None = None
        self.due: date | None = None
        self.opens: date | None = None
        self.winner: tuple[Rule, tuple[str, date]] | None = None  # whose date stands, and what it counts from
        self.next_change: date | None = None
        self.chosen: tuple[Rule | None, Interval | None] = (None, None)
        self.level = -1  # how often it was answered when the rule was chosen, as far as that matters
        self.stale = True  # whether the rule must be looked for again
        self.options: dict[str, tuple[str, date]] = {}  # the latest start of each rule, where they differ

    def run(self, events: list[Happening]) -> None:
        """Go through ``events``, which are in order of day, and add what follows to the findings."""
        closed = self.subject.closed
        for day, group in _by_day(events, self.series.effects):
            if closed is not None and day > closed:
                break
            self._day(day, group)
        self._finish(closed)

    # one day --------------------------------------------------------------------------------------------------

    def _day(self, day: date, group: Sequence[Happening]) -> None:
        if self.next_change is not None and self.next_change <= day:
            self._pass_time(day)
            self.stale = True
        known, roles = self.series.roles, 0
        for happening in group:
            roles |= known[happening.kind]
        was_running = self.running
        answered = bool(was_running and roles & ANSWERS) and self._answered(day, group)
        stopped = bool(roles & STOPS) and self._stopped(group)
        self.moment.on = day
        if roles & LEARNS:
            self._learn(day, group)
        if was_running and stopped:
            self._end(day, lapse=not answered)
        elif answered:
            self._next_cycle(day, group)
        elif self.running and self.stale:
            self._review(day)
        if roles & STARTS:
            self._begin(day, group)
            if stopped and not was_running and self.running:
                self._end(day, lapse=True)
        if not self.ever:
            self._hear(day, group, stopped=stopped)

    def _hear(self, day: date, group: Sequence[Happening], *, stopped: bool) -> None:
        """Take in answers and stops that come before any start."""
        if not stopped and self.heard is None and _any(self.series.begins, group):
            self._begin_with_answer(day, group)
        elif self.heard is None:
            self.heard = next((h for h in group if h.kind in self.series.ends), None)

    def _answered(self, day: date, group: Sequence[Happening]) -> bool:
        triggers = self.rule.answers if self.rule else self.series.answers
        if not _any(triggers, group):
            return False
        self._settle(day)
        return True

    def _settle(self, day: date) -> None:
        """Close the present cycle as held on ``day``."""
        found = self._obligation(day)
        if found is None:
            return
        rule = self.winner[0] if self.winner else None
        if rule is not None and rule.minimum:
            self.findings.floors.append(found)
            if found.legal_due is not None and day < found.legal_due:
                title = self._title(rule.answers[0].kind)
                self._say(f"{title} on {show_day(day)}, not allowed before {show_day(found.legal_due)}")
        else:
            self.findings.obligations.append(found)

    def _stopped(self, group: Sequence[Happening]) -> bool:
        triggers = self.rule.stops if self.rule else self.series.stops
        return bool(triggers) and _any(triggers, group)

    def _learn(self, day: date, group: Sequence[Happening]) -> None:
        series, moment = self.series, self.moment
        for happening in group:
            kind = happening.kind
            if kind in series.learns:
                self.stale = True
                assert moment.facts is not None
                assert moment.latest is not None
                series.effects.get(kind, _NO_EFFECT).apply(moment.facts, happening.details)
                moment.latest[kind] = day

    def _next_cycle(self, day: date, group: Sequence[Happening]) -> None:
        kind = next(h.kind for h in group if h.kind in self.series.answer_kinds)
        self.moment.answered += 1
        self.last_answer = (kind, day)
        self._open_cycle(self.last_answer)

    # starting and ending --------------------------------------------------------------------------------------

    def _begin(self, day: date, group: Sequence[Happening]) -> None:
        for happening in group:
            if happening.kind in self.series.starts:
                self._take_start(day, happening)
        if self.running and self.began == day and self.moment.answered == 0:
            self._same_day(day, group)

    def _begin_with_answer(self, day: date, group: Sequence[Happening]) -> None:
        self.running = self.ever = self.provisional = True
        self.start = ("", day)
        self.moment.since = day
        self.stale = True
        self._next_cycle(day, group)

    def _take_start(self, day: date, happening: Happening) -> None:
        if self.series.mixed:
            self._remember(happening)
        idle = not self.running or self.rule is None or self.provisional
        rule = self._fresh_rule()
        trigger = next((t for t in rule.starts if t.matches(happening)), None) if rule else None
        if rule is None or trigger is None:
            if rule is not None and not self.running and rule.id in self.options:
                self._resume(self.options[rule.id], day)
        elif idle:
            self._open_run((happening.kind, day), day)
        elif day != self.start[1]:
            self._start_again(day, happening, trigger, rule)

    def _start_again(self, day: date, happening: Happening, trigger: Trigger, rule: Rule) -> None:
        if trigger.effect == "restarts":
            self._end(day, lapse=True)
            self._open_run((happening.kind, day), day)
        elif trigger.effect == "shortens":
            if rule.first is not None:
                self._offer(rule, (happening.kind, day), rule.first)
        elif self.series.gap and happening.kind == self.start[0] and happening.kind not in self.series.answer_kinds:
            title = self._title(happening.kind)
            self._say(f"{title} recorded on {show_day(self.start[1])} and again on {show_day(day)} with no end between")

    def _resume(self, anchor: tuple[str, date], day: date) -> None:
        """Begin with a rule whose own start lies back: from the last answer since then, or from that start."""
        last = self.last_answer
        if last is not None and last[1] >= anchor[1]:
            self._open_run(last, day, answered=1)
        else:
            self._open_run(anchor, day)

    def _remember(self, happening: Happening) -> None:
        for rule in self.series.rules:
            if any(trigger.matches(happening) for trigger in rule.starts):
                self.options[rule.id] = (happening.kind, happening.on)

    def _fresh_rule(self) -> Rule | None:
        """Return the rule that would apply if the series began now."""
        moment = self.moment
        answered, moment.answered = moment.answered, 0
        found = _first(self.series.rules, moment)
        moment.answered = answered
        return found

    def _same_day(self, day: date, group: Sequence[Happening]) -> None:
        """An answer on the very day it starts counts, where the rule says so."""
        rule = self.rule
        if rule is None or not rule.same_day:
            return
        others = [h for h in group if h.kind != self.start[0]]
        if _any(rule.answers, others):
            self._settle(day)
            self._next_cycle(day, others)

    def _open_run(self, anchor: tuple[str, date], day: date, answered: int = 0) -> None:
        self.running = self.ever = True
        self.provisional = False
        self.start = anchor
        self.began = day
        self.moment.answered = answered
        self.moment.since = anchor[1]
        self.stale = True
        self.moment.on = day
        self._open_cycle(anchor)

    def _open_cycle(self, anchor: tuple[str, date]) -> None:
        self.cycle += self.spent
        self.spent = False
        self.anchor = anchor
        self.due = self.opens = self.winner = self.rule = self.interval = None
        self._review(self.moment.on)

    def _end(self, day: date, *, lapse: bool) -> None:
        if lapse and self.anchor[1] < day and (found := self._obligation(None)) is not None:
            kept = self.findings.floors if self.winner and self.winner[0].minimum else self.findings.lapsed
            kept.append(found._replace(ended_on=day))
        self.running = False
        self.due = self.winner = self.rule = None
        self.next_change = None

    # which rule, which date -----------------------------------------------------------------------------------

    def _review(self, day: date) -> None:
        """Find the rule that applies on ``day``; where it is another one, count anew and keep the earlier date."""
        moment = self.moment
        moment.on = day
        level = min(moment.answered, self.series.levels)
        if self.stale or level != self.level:
            self._choose(level)
        rule, interval = self.chosen
        if rule is self.rule and interval == self.interval and self.winner is not None:
            return
        self.rule, self.interval = rule, interval
        if rule is None or interval is None:
            self.due = self.winner = None
        else:
            self._offer(rule, self.anchor, interval)

    def _choose(self, level: int) -> None:
        """Look for the rule that applies now, and for the next day on which time alone may change that."""
        moment = self.moment
        rule = _first(self.series.rules, moment)
        self.chosen = (rule, rule.interval(moment) if rule else None)
        self.stale, self.level = False, level
        changes = [condition.change(moment) for condition in self.series.timed]
        self.next_change = min((day for day in changes if day is not None and day > moment.on), default=None)

    def _offer(self, rule: Rule, anchor: tuple[str, date], interval: Interval) -> None:
        if interval.unset:
            self.spent = True
            self.winner = self.winner or (rule, anchor)
            return
        due = interval.after(anchor[1], self.calendar)
        if self.findings.notes is not None:
            words = f"{rule.title}: {interval.words} from {show_day(anchor[1])} gives {show_day(due)}"
            self.findings.notes.append((self.cycle, self.moment.on, words))
        self.spent = True
        if self.due is None or due < self.due:
            self.due, self.winner = due, (rule, anchor)
            self.opens = rule.opens.after(anchor[1], self.calendar) if rule.opens else None

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

    # the end --------------------------------------------------------------------------------------------------

    def _finish(self, closed: date | None) -> None:
        if closed is None:
            self._report_start()
        if not self.running:
            return
        self._pass_time(closed or date.max)
        if closed is not None:
            self._end(closed, lapse=True)
            return
        found = self._obligation(None)
        if found is not None:
            assert self.winner is not None
            (self.findings.floors if self.winner[0].minimum else self.findings.obligations).append(found)
        elif self.rule is not None and self.rule.undated:
            self._say(self.rule.undated)

    def _report_start(self) -> None:
        series = self.series
        if not series.gap:
            return
        if self.heard is not None:
            title, on = self._title(self.heard.kind), show_day(self.heard.on)
            self._say(f"{title} recorded on {on} with no start before it")
        if not self.ever and (self.heard or series.pathways.intersection(self.subject.pathways)):
            self._say(series.gap)

    def _title(self, kind: str) -> str:
        return self.titles.get(kind, kind.replace("_", " "))

    def _say(self, message: str) -> None:
        self.findings.gaps.append(Gap(self.series.id, message))


def _any(triggers: Sequence[Trigger], group: Sequence[Happening]) -> bool:
    for happening in group:
        for trigger in triggers:
            if trigger.matches(happening):
                return True
    return False


def _first(rules: Sequence[Rule], moment: Moment) -> Rule | None:
    for rule in rules:
        if rule.applies(moment):
            return rule
    return None


def _by_day(events: list[Happening], effects: Mapping[str, Effect]) -> Iterator[tuple[date, list[Happening]]]:
    """Yield each day's events in an order that does not depend on how they were typed."""
    first, total = 0, len(events)
    while first < total:
        day = events[first].on
        last = first + 1
        while last < total and events[last].on == day:
            last += 1
        group = events[first:last]
        if len(group) > 1:
            group.sort(key=lambda h: (effects.get(h.kind, _NO_EFFECT).rank, h.kind, str(sorted(h.details.items()))))
        yield day, group
        first = last
