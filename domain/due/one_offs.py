"""Rules that are not a chain: before a dated event, by a birthday, with another rule, after the n-th event."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from domain.cases.subject import Gap, Happening, Subject
from domain.core.dates import parse_day, show_day
from domain.core.workdays import Workdays, birthday
from domain.due.obligation import Findings, Obligation
from domain.rules.conditions import Moment
from domain.rules.rule import Effect, Rule, Trigger
from domain.rules.rule_index import Series

_NO_EFFECT = Effect()


class _Asked(NamedTuple):
    """One thing to be done: by when, counted from what, and from which day on an answer counts."""

    due: date | None
    kind: str
    on: date
    floor: date
    opens: date | None = None


def run_oneoff(
    series: Series, subject: Subject, events: Sequence[Happening], calendar: Workdays, findings: Findings
) -> None:
    """Add what follows from the one rule of such a series to ``findings``."""
    rule = series.rules[0]
    closed = subject.closed or date.max
    known = [event for event in events if event.on <= closed or rule.kind == "before"]
    answers = _days(rule.answers, known)
    stops = _days(rule.stops, known)
    asked = [a for a in _ASKING[rule.kind](rule, subject, known, calendar, findings) if a.on <= closed]
    if rule.conditions:
        asked = [a for a in asked if _holds(rule, _moment(series, subject, known, a.on, calendar))]
    used = date.min
    for cycle, one in enumerate(asked, 1):
        held = next((day for day in answers if day >= one.floor and day > used), None)
        closing = () if subject.closed is None or subject.owes(one.due) else (subject.closed,)
        ended = next((day for day in (*stops, *closing) if day >= one.on), None)
        if held is None and ended is None and cycle < len(asked):
            ended = max(one.on, asked[cycle].on)  # the next of its kind takes its place
        if ended is not None and (held is None or held > ended):
            findings.lapsed.append(_obligation(rule, cycle, one, calendar, None)._replace(ended_on=ended))
            continue
        used = held or used
        findings.obligations.append(_obligation(rule, cycle, one, calendar, held))


def _obligation(rule: Rule, cycle: int, one: _Asked, calendar: Workdays, held_on: date | None) -> Obligation:
    plan_by = calendar.on_or_before(one.due) if one.due else None
    return Obligation(rule.series, rule.id, cycle, one.due, plan_by, one.opens, one.kind, one.on, held_on)


def _days(triggers: Sequence[Trigger], events: Sequence[Happening]) -> list[date]:
    return sorted({event.on for event in events for trigger in triggers if trigger.matches(event)})


def _holds(rule: Rule, moment: Moment) -> bool:
    return all(condition.holds(moment) for condition in rule.conditions)


def _moment(series: Series, subject: Subject, events: Sequence[Happening], on: date, calendar: Workdays) -> Moment:
    moment = Moment(subject, on=on, calendar=calendar)
    known = (event for event in events if event.on <= on)
    for event in sorted(known, key=lambda e: (e.on, series.effects.get(e.kind, _NO_EFFECT).rank, e.kind)):
        series.effects.get(event.kind, _NO_EFFECT).apply(moment.facts, event.details)
        moment.latest[event.kind] = event.on
    return moment


def _before(
    rule: Rule, _subject: Subject, events: Sequence[Happening], calendar: Workdays, _findings: Findings
) -> Iterator[_Asked]:
    assert rule.first is not None
    floor = date.min
    for kind, on in _starts(rule, events):
        yield _Asked(rule.first.before(on, calendar), kind, on, floor)
        floor = on


def _by_age(
    rule: Rule, subject: Subject, events: Sequence[Happening], calendar: Workdays, _findings: Findings
) -> Iterator[_Asked]:
    if subject.born is None:
        return
    day = birthday(subject.born, rule.birthday)
    if rule.asked_from and not _known_since(subject, birthday(subject.born, rule.asked_from)):
        return
    if not rule.starts:
        yield _Asked(_offset(rule, day, calendar), "born", day, date.min)
    runs = list(_runs(rule, events))
    reached = _accrued(rule, birthday(subject.born, rule.accrued[0]), runs) if rule.accrued else date.min
    for kind, start, end in runs if reached is not None else ():
        on = max(day, start, reached or day)
        if end is None or end > on:
            anchor = "born" if on == day else kind if on == start else "eligible"
            yield _Asked(_offset(rule, on, calendar), anchor, on, start)


def _known_since(subject: Subject, day: date) -> bool:
    return any(happening.on >= day for happening in subject.happenings)


def _accrued(rule: Rule, since: date, runs: Sequence[tuple[str, date, date | None]]) -> date | None:
    """Return the day on which the runs since a day have added up to what the rule asks; None when they never do."""
    assert rule.accrued is not None
    left = timedelta(days=rule.accrued[1])
    for _, start, end in runs:
        begin = max(start, since)
        if end is None or end - begin >= left:
            return begin + left
        left -= max(end - begin, timedelta(0))
    return None


def _offset(rule: Rule, day: date, calendar: Workdays) -> date | None:
    if rule.first is None:
        return day
    if rule.first.unset:
        return None
    return rule.first.before(day, calendar) if rule.back else rule.first.after(day, calendar)


def _dated(
    rule: Rule, _subject: Subject, events: Sequence[Happening], calendar: Workdays, findings: Findings
) -> Iterator[_Asked]:
    if rule.on_day is not None:
        yield from _on_a_fixed_day(rule, rule.on_day, events, calendar)
        return
    for (kind, on), given in sorted(_given(rule, events).items(), key=lambda one: (one[0][1], one[0][0])):
        day = min((found for value in given if (found := given_day(value))), default=None)
        if day is None:
            said = "is not a day" if any(given) else "is not recorded"
            message = f"{rule.title}: the day it hangs on {said} with the event of {show_day(on)}"
            findings.gaps.append(Gap(rule.series, message))
            continue
        if rule.ceiling is not None:
            day = min(day, rule.ceiling.after(on, calendar))
        floor = on if rule.same_day else on + timedelta(days=1)
        opens = rule.opens.before(day, calendar) if rule.opens else None
        yield _Asked(rule.first.before(day, calendar) if rule.first else day, kind, on, floor, opens)


def _given(rule: Rule, events: Sequence[Happening]) -> dict[tuple[str, date], list[object]]:
    """Return what the starting events of each day give: said twice, the earlier day stands."""
    found: dict[tuple[str, date], list[object]] = {}
    for event in events:
        if any(trigger.matches(event) for trigger in rule.starts):
            found.setdefault((event.kind, event.on), []).append(event.details.get(rule.detail))
    return found


def _on_a_fixed_day(rule: Rule, day: date, events: Sequence[Happening], calendar: Workdays) -> Iterator[_Asked]:
    """Ask once for what began before ``day`` and has not ended by then."""
    stops = _days(rule.stops, events)
    started = [e for e in events if e.on < day and any(t.matches(e) for t in rule.starts)]
    running = [
        e
        for e in started
        if not any(e.on <= stop < day for stop in stops) and (given_day(e.details.get(rule.detail)) or day) >= day
    ]
    if running:
        latest = max(running, key=lambda e: (e.on, e.kind))
        yield _Asked(rule.first.before(day, calendar) if rule.first else day, latest.kind, latest.on, day)


def given_day(value: object) -> date | None:
    """Return the day that a detail of an event gives; None when it gives none."""
    if isinstance(value, date):
        return value
    try:
        return parse_day(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _linked(
    rule: Rule, _subject: Subject, events: Sequence[Happening], _calendar: Workdays, findings: Findings
) -> Iterator[_Asked]:
    starts = [day for _, day in _starts(rule, events)]
    linked = [o for o in (*findings.obligations, *findings.lapsed) if rule.linked_to in (o.rule, o.series)]
    for one in sorted(linked, key=lambda o: o.cycle):
        floor = max((day for day in starts if day <= one.anchor_on), default=date.min)
        yield _Asked(one.legal_due, one.anchor_event, one.anchor_on, floor)


def _counted(
    rule: Rule, _subject: Subject, events: Sequence[Happening], calendar: Workdays, _findings: Findings
) -> Iterator[_Asked]:
    assert rule.first is not None
    assert rule.within is not None
    seen: list[tuple[str, date]] = []
    for kind, on in _starts(rule, events):
        seen = [(k, day) for k, day in seen if rule.within.after(day) >= on]
        seen.append((kind, on))
        if len(seen) == rule.count:
            due = None if rule.first.unset else rule.first.after(on, calendar)
            yield _Asked(due, kind, on, on)
            seen = []


def _in_a_row(
    rule: Rule, _subject: Subject, events: Sequence[Happening], _calendar: Workdays, findings: Findings
) -> Iterator[_Asked]:
    """Ask once ``starts`` came so often with no answer between: by the next date of the linked rule."""
    answered = set(_days(rule.answers, events))
    dates = {o.anchor_on: o.legal_due for o in findings.obligations if rule.linked_to in (o.rule, o.series)}
    missed, last = 0, date.min
    for day in sorted({*answered, *_days(rule.stops, events), *(on for _, on in _starts(rule, events))}):
        missed = missed + 1 if day not in answered and any(on == day for _, on in _starts(rule, events)) else 0
        if missed == rule.count and (due := dates.get(day)) is not None:
            kind = next(kind for kind, on in _starts(rule, events) if on == day)
            yield _Asked(due, kind, day, max(last, day + timedelta(days=1)))
        last = day


def _starts(rule: Rule, events: Sequence[Happening]) -> list[tuple[str, date]]:
    found = {(event.on, event.kind) for event in events if any(t.matches(event) for t in rule.starts)}
    return [(kind, on) for on, kind in sorted(found)]


def _runs(rule: Rule, events: Sequence[Happening]) -> Iterator[tuple[str, date, date | None]]:
    """Yield each stretch from a start to the stop that ended it."""
    stops = _days(rule.stops, events)
    covered = date.min
    for kind, on in _starts(rule, events):
        if on >= covered:
            end = next((day for day in stops if day > on), None)
            yield kind, on, end
            covered = end or date.max


_ASKING = {
    "before": _before,
    "age": _by_age,
    "dated": _dated,
    "linked": _linked,
    "counted": _counted,
    "in_a_row": _in_a_row,
}
