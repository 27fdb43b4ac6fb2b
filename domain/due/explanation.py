"""Why this date: the working behind one obligation, step by step."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from domain.cases.subject import Subject
from domain.core.dates import show_day
from domain.core.errors import NotFound
from domain.core.intervals import Interval
from domain.core.workdays import Workdays
from domain.due.engine import events_by_series, run_series
from domain.due.obligation import Findings, Obligation
from domain.rules.rule import Rule
from domain.rules.rule_index import RuleBook, Series


class Step(NamedTuple):
    """One step of the working, with the date it gives or speaks of."""

    step: str
    detail: str
    date: date | None


class Explanation(NamedTuple):
    """An obligation, the rule that dates it, and the working."""

    obligation: Obligation
    rule: Rule
    steps: tuple[Step, ...]


def explain(
    subject: Subject, rulebook: RuleBook, calendar: Workdays, series_or_rule: str, cycle: int | None = None
) -> Explanation:
    """Return the working behind one cycle: the one named, else the open one, else the latest.

    Raises NotFound when nothing of that name is due or was due.
    """
    rule = rulebook.rule(series_or_rule)
    name = rule.series if rule else series_or_rule
    series, findings = _gone_through(subject, rulebook, calendar, name)
    everything = [*findings.obligations, *findings.floors, *findings.lapsed]
    found = _chosen([o for o in everything if series_or_rule in (o.series, o.rule)], cycle)
    if found is None and cycle is None:
        found = _chosen(everything, None)
    if found is None or series is None:
        message = "; ".join(gap.message for gap in findings.gaps) or "nothing calls for it"
        raise NotFound(f"{subject.reference}: no date for {series_or_rule}: {message}.", field="rule")
    chosen = next(one for one in series.rules if one.id == found.rule)
    steps = [*_steps(found, chosen, rulebook, calendar, findings), *_closed(found, subject), *_sources(chosen)]
    return Explanation(found, chosen, tuple(steps))


def _gone_through(
    subject: Subject, rulebook: RuleBook, calendar: Workdays, name: str
) -> tuple[Series | None, Findings]:
    index = rulebook.index(subject.nation, subject.kind)
    events = events_by_series(subject, index)
    wanted = next((place for place, one in enumerate(index.series) if one.id == name), None)
    findings = Findings(notes=[])
    if wanted is None:
        return None, findings
    series = index.series[wanted]
    if not series.chained and series.rules[0].linked_to:
        target = rulebook.rule(series.rules[0].linked_to)
        name = target.series if target else series.rules[0].linked_to
        first = next((n for n, one in enumerate(index.series) if one.id == name), None)
        if first is not None:
            run_series(index.series[first], subject, events.get(first, []), calendar, rulebook, findings)
    run_series(series, subject, events.get(wanted, []), calendar, rulebook, findings)
    return series, findings


def _chosen(found: list[Obligation], cycle: int | None) -> Obligation | None:
    if cycle is not None:
        return next((o for o in found if o.cycle == cycle), None)
    still_open = [o for o in found if o.held_on is None]
    return max(still_open or found, key=lambda o: o.cycle, default=None)


def _steps(found: Obligation, rule: Rule, rulebook: RuleBook, calendar: Workdays, findings: Findings) -> list[Step]:
    title = rulebook.titles.get(found.anchor_event, found.anchor_event.replace("_", " "))
    steps = [Step("Counts from", f"{title} on {show_day(found.anchor_on)}", found.anchor_on)]
    steps.append(Step("Rule", rule.plain, None))
    steps += [Step("Applies because", condition.words, None) for condition in rule.conditions]
    steps += _compared(found, findings)
    steps += _dated(found, rule, found.legal_due, calendar) if found.legal_due else [_not_set(rule)]
    if found.held_on is not None:
        steps.append(Step("Held", show_day(found.held_on), found.held_on))
    return steps


def _closed(found: Obligation, subject: Subject) -> list[Step]:
    """Return why a cycle ended unanswered, or until when it is owed."""
    if found.held_on is not None:
        return []
    if found.ended_on is not None:
        words = subject.why_closed if found.ended_on == subject.closed else "what it hung on ended"
        return [Step("Closed", words, found.ended_on)]
    owed = f"{subject.why_closed}: what falls due by then is owed"
    return [Step("Owed", owed, subject.closed)] if subject.closed else []


def _sources(rule: Rule) -> list[Step]:
    return [Step("Source", _source(rule, n), rule.citations[n].checked) for n in range(len(rule.citations))]


def _not_set(rule: Rule) -> Step:
    return Step("Due", f"local standard not set: {rule.not_set}", None)


def _dated(found: Obligation, rule: Rule, due: date, calendar: Workdays) -> list[Step]:
    steps = _counting(found, rule, due, calendar)
    if found.opens is not None and found.opens != due:
        steps.append(Step("Not before", f"the window opens on {show_day(found.opens)}", found.opens))
    steps.append(Step("Due", f"{'Not before' if rule.minimum else 'Due by'} {show_day(due)}", due))
    if found.plan_by is not None and found.plan_by != due:
        other = "after" if rule.minimum else "before"
        words = f"{show_day(due)} is not a day the council works; the working day {other} it is meant"
        steps.append(Step("Plan by", f"{words}: {show_day(found.plan_by)}", found.plan_by))
    return steps


def _compared(found: Obligation, findings: Findings) -> list[Step]:
    """Return the dates that rules gave in the course of the cycle, where there was more than one."""
    notes = [Step("Compared", words, day) for cycle, day, words in findings.notes or () if cycle == found.cycle]
    return [*notes, Step("Earliest", "the earlier date stands", found.legal_due)] if len(notes) > 1 else []


def _counting(found: Obligation, rule: Rule, due: date, calendar: Workdays) -> list[Step]:
    if rule.kind == "dated":
        return [_on_the_day(found, rule, due)]
    interval = _interval(found, rule, due, calendar)
    if interval is None:
        return []
    first = "counting that day as day 1" if interval.include else "that day is day 0"
    words = [f"{interval.words} {'before' if due < found.anchor_on else 'after'} {show_day(found.anchor_on)}"]
    words.append(first)
    if interval.unit == "working_days":
        start, end = sorted((found.anchor_on, due))
        skipped = calendar.skipped(start, end)
        words.append("Saturdays and Sundays are not counted")
        if skipped:
            words.append("nor bank holidays: " + ", ".join(show_day(day) for day in skipped))
    if interval.unit in ("months", "years"):
        words.append("same-numbered day, or the last of the month where there is none")
    return [Step("Counting", "; ".join(words), due)]


def _on_the_day(found: Obligation, rule: Rule, due: date) -> Step:
    """Return how a day that is given, not counted, was come by."""
    if rule.on_day:
        return Step("Fixed day", f"for everything that ran on {show_day(rule.on_day)}", due)
    back = f"{rule.first.words} before " if rule.first else ""
    most = f", at the latest {rule.ceiling.words} from {show_day(found.anchor_on)}" if rule.ceiling else ""
    return Step("Given day", f"{back}the day that the event gives{most}", due)


def _interval(found: Obligation, rule: Rule, due: date, calendar: Workdays) -> Interval | None:
    """Return which of the rule's intervals leads from the anchor to the date."""
    for interval in (rule.first, rule.every, rule.then):
        if interval is not None and interval.gives(found.anchor_on, due, calendar):
            return interval
    return None


def _source(rule: Rule, n: int) -> str:
    citation = rule.citations[n]
    seen = "read" if citation.verified else "not verified"
    return f"{citation.text} ({rule.tier}; {citation.source}; {seen}, checked {show_day(citation.checked)})"
