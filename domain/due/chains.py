"""Cycles that follow one another: each counted from the day the one before was held.

A day's events are taken together, so the order in which they were typed cannot matter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from domain.cases.subject import Happening
from domain.core.dates import show_day
from domain.core.text import whole_number
from domain.due.cycles import Cycle, first_rule
from domain.rules.rule import Effect, Rule, Trigger
from domain.rules.rule_index import ANSWERS, LEARNS, STARTS, STOPS

_NO_EFFECT = Effect()
_MOVING = STARTS | LEARNS


class Chain(Cycle):
    """One series of one subject, gone through day by day."""

    def run(self, events: list[Happening]) -> None:
        """Go through ``events``, which are in order of day, and add what follows to the findings."""
        closed = self.subject.closed
        series, first, total = self.series, 0, len(events)
        known = series.roles
        while first < total:
            day, roles = events[first].on, known[events[first].kind]
            if closed is not None and day > closed:
                break
            last = first + 1
            while last < total and events[last].on == day:
                roles |= known[events[last].kind]
                last += 1
            if roles & _MOVING or not self._resting():
                group = events[first:last]
                self._day(day, group if last - first == 1 else _in_order(group, series.effects), roles)
            first = last
        self._finish(closed)

    def _resting(self) -> bool:
        """Whether answers and stops change nothing: it has ended, or was answered once and for all."""
        if not self.ever or self.series.early:
            return False
        return not self.running or (self.winner is None and self.moment.answered > 0 and not self.series.repeats)

    # one day --------------------------------------------------------------------------------------------------

    def _day(self, day: date, group: Sequence[Happening], roles: int) -> None:
        if self.next_change is not None and self.next_change <= day:
            self._pass_time(day)
            self.stale = True
        was_running = self.running
        answered = bool(roles & ANSWERS) and self._answered(day, group)
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
        if not self.running or not _any(triggers, group):
            if not self.running and self.series.early:
                self._keep_spare(day, group)
            return False
        if (missing := _number(group) - self.moment.answered - 1) > 0:
            self._skip(missing)
        settled = self._settle(day)
        if self.series.early and (self.series.repeats or not settled):
            self._keep_spare(day, group)
        return True

    def _skip(self, missing: int) -> None:
        """Take so many cycles as held on days that are not on record: they have no dates."""
        self.due = self.winner = None
        self.cycle += missing
        self.moment.answered += missing

    def _keep_spare(self, day: date, group: Sequence[Happening]) -> None:
        kind = next((h.kind for h in group if _any(self.series.answers, (h,))), None)
        self.spare = (kind, day) if kind else self.spare

    def _settle(self, day: date) -> bool:
        """Close the present cycle as held on ``day``; say whether it had one to close."""
        found = self._obligation(day)
        if found is None:
            return False
        rule = self.winner[0] if self.winner else None
        if rule is not None and rule.minimum:
            self.findings.floors.append(found)
            if found.legal_due is not None and day < found.legal_due:
                title = self._title(rule.answers[0].kind)
                self._say(f"{title} on {show_day(day)}, not allowed before {show_day(found.legal_due)}")
        else:
            self.findings.obligations.append(found)
        return True

    def _stopped(self, group: Sequence[Happening]) -> bool:
        triggers = self.rule.stops if self.rule else self.series.stops
        return bool(triggers) and _any(triggers, group)

    def _learn(self, day: date, group: Sequence[Happening]) -> None:
        series, moment = self.series, self.moment
        before = None if self.stale else [fact.value(moment) for fact in series.asked]
        for happening in group:
            kind = happening.kind
            if kind in series.watched:
                self.stale = True
                moment.latest[kind] = day
            if kind in series.touching:
                series.effects[kind].apply(moment.facts, happening.details)
        if before is not None and before != [fact.value(moment) for fact in series.asked]:
            self.stale = True

    def _next_cycle(self, day: date, group: Sequence[Happening]) -> None:
        last = group[0]
        if len(group) > 1:
            last = next(h for h in group if h.kind in self.series.answer_kinds)
        self.moment.answered += 1
        self.last_answer = (last.kind, day)
        self.clock = last.details.get("time") if last.details else None
        self._open_cycle(self.last_answer)

    # starting and ending --------------------------------------------------------------------------------------

    def _begin(self, day: date, group: Sequence[Happening]) -> None:
        starts = self.series.starts
        for happening in group:
            if happening.kind in starts:
                self._take_start(day, happening)
        if self.running and self.began == day and self.moment.answered == 0:
            self._same_day(day, group)

    def _begin_with_answer(self, day: date, group: Sequence[Happening]) -> None:
        self.running = self.ever = self.provisional = True
        self.start = ("", day)
        self.moment.since = day
        self.stale = True
        if (number := _number(group)) > 1:
            self.moment.answered = number - 1
            self.cycle += number
        self._next_cycle(day, group)

    def _take_start(self, day: date, happening: Happening) -> None:
        if self.series.mixed:
            self._remember(happening)
        idle = not self.running or self.rule is None or self.provisional
        rule = self._fresh_rule()
        trigger = _first(rule.starts, happening) if rule else None
        if rule is None or trigger is None:
            if rule is not None and not self.running and rule.id in self.options:
                self._resume(self.options[rule.id], day)
            elif rule is None and not self.running and self._awaited(happening):
                self._open_run((happening.kind, day), day)
        elif trigger.effect == "extends":
            self._extend(day, rule)
        elif idle:
            self.clock = happening.details.get("time")
            self._open_run((happening.kind, day), day)
        elif day != self.start[1]:
            self._start_again(day, happening, trigger, rule)

    def _awaited(self, happening: Happening) -> bool:
        """Whether only time stands between this start and a rule of its own, such as a birthday still to come."""
        if self.series.mixed or not self.series.timed:
            return False
        starting = (rule for rule in self.series.rules if any(t.matches(happening) for t in rule.starts))
        return any(rule.awaits(self.moment) for rule in starting)

    def _start_again(self, day: date, happening: Happening, trigger: Trigger, rule: Rule) -> None:
        if trigger.effect == "restarts" or (trigger.effect == "resumes" and self.due is not None and self.due < day):
            self._end(day, lapse=True)
            self.clock = happening.details.get("time")
            self._open_run((happening.kind, day), day)
        elif trigger.effect == "shortens":
            if rule.first is not None:
                self._offer(rule, (happening.kind, day), rule.first)
        elif trigger.effect == "resumes":
            return
        elif self.series.gap and happening.kind == self.start[0] and happening.kind not in self.series.answer_kinds:
            title = self._title(happening.kind)
            self._say(f"{title} recorded on {show_day(self.start[1])} and again on {show_day(day)} with no end between")

    def _extend(self, day: date, rule: Rule) -> None:
        """Put the rule's extension on top of the running cycle; twice on one day is once."""
        if self.due is None or rule.extension is None or self.extended == day:
            return
        self.extended = day
        self.due = rule.extension.after(self.due, self.calendar)
        self._note(f"{rule.title}: extended by {rule.extension.words} to {show_day(self.due)}")

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
        found = first_rule(self.series.rules, moment)
        moment.answered = answered
        return found

    def _same_day(self, day: date, group: Sequence[Happening]) -> None:
        """An answer on the very day it starts counts, where the rule says so."""
        rule = self.rule
        if rule is None or not rule.same_day:
            return
        if len(group) == 1:
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
        if self.spare is not None and answered == 0:
            self._done_before(self.spare)

    def _done_before(self, answer: tuple[str, date]) -> None:
        """Take an answer from before the start as this cycle's, where the rule lets it count."""
        rule, (_, start) = self.rule, self.start
        if rule is None or rule.early is None or answer[1] < rule.early.before(start, self.calendar):
            return
        self.spare = None
        if self._settle(answer[1]):
            self.moment.answered += 1
            self.last_answer = answer
            self._open_cycle(answer)

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

    # the end --------------------------------------------------------------------------------------------------

    def _finish(self, closed: date | None) -> None:
        if closed is None:
            self._report_start()
        if not self.running:
            return
        self._pass_time(closed or date.max)
        if closed is not None and not self.subject.owes(self.due):
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


def _number(group: Sequence[Happening]) -> int:
    """Return which one in its row an event says it is (its detail ``number``); 0 when it does not say."""
    if len(group) == 1 and not group[0].details:
        return 0
    said = [str(h.details["number"]) for h in group if "number" in h.details]
    return max((number for text in said if (number := whole_number(text, 3)) is not None), default=0)


def _first(triggers: Sequence[Trigger], happening: Happening) -> Trigger | None:
    for trigger in triggers:
        if trigger.matches(happening):
            return trigger
    return None


def _any(triggers: Sequence[Trigger], group: Sequence[Happening]) -> bool:
    for happening in group:
        kind = happening.kind
        for trigger in triggers:
            if trigger.kind == kind and (
                trigger.test is None or trigger.test.passes(happening.details.get(trigger.detail))
            ):
                return True
    return False


def _in_order(group: list[Happening], effects: Mapping[str, Effect]) -> list[Happening]:
    """Return a day's events in an order that does not depend on how they were typed."""
    group.sort(key=lambda h: (effects.get(h.kind, _NO_EFFECT).rank, h.kind, str(sorted(h.details.items()))))
    return group
