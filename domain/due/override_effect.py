"""What an override of one case does to a rule: the shorter figure always, a longer one only where the rule is local."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.cases.subject import Decided, Varying
from domain.core.dates import show_day
from domain.core.intervals import Interval, within
from domain.rules.rule import Rule
from domain.rules.rule_index import Series


def in_force(overrides: Sequence[Varying], on: date) -> Varying | None:
    """Return the one decided last that counts on ``on``."""
    current = [o for o in overrides if o.decided_on <= on and (o.ended_on is None or on < o.ended_on)]
    return max(current, key=lambda o: (o.decided_on, o.interval.unit, o.interval.number), default=None)


def next_change(overrides: Sequence[Varying], on: date) -> date | None:
    """Return the next day after ``on`` on which one begins or ends."""
    days = [day for o in overrides for day in (o.decided_on, o.ended_on) if day is not None and day > on]
    return min(days, default=None)


def ceiling(rule: Rule, interval: Interval) -> Interval | None:
    """Return the figure that ``interval`` of ``rule`` may not exceed; None where it is a local one throughout."""
    if rule.tier != "local":
        return interval
    name = next(name for name in ("first", "every", "then") if getattr(rule, name) is interval)
    return rule.law.get(name)


def refused(rule: Rule, wanted: Interval) -> str:
    """Return why ``rule`` cannot be varied to ``wanted``, with both figures; empty when it can."""
    own = rule.then or rule.every or rule.first
    if own is None or rule.minimum:
        return f"{rule.title} has no interval of its own that could be varied."
    most = ceiling(rule, own)
    if most is None or most.unset or within(wanted, most):
        return ""
    return f"{wanted.words} is longer than the {most.words} that {rule.id} allows: {most.words} stands"


def varied(series: Series, rule: Rule, interval: Interval, override: Varying) -> tuple[Interval, str]:
    """Return the interval that counts, and what to say where the override would loosen a limit.

    A first interval with others after it is only ever shortened: the override is about how often, not how soon.
    """
    wanted = override.interval
    most = ceiling(rule, interval)
    if rule.minimum:
        return interval, ""
    if isinstance(override, Decided) and override.stands:
        return wanted, ""
    if interval is rule.first and (rule.then or rule.every or len(series.rules) > 1):
        return (wanted if (most is None and interval.unset) or within(wanted, interval) else interval), ""
    if most is None or within(wanted, most):
        return wanted, ""
    decided = f"decided by {override.decided_by} on {show_day(override.decided_on)}"
    longer = f"is longer than the {most.words} that {rule.id} allows"
    return interval, f"{wanted.words} ({decided}) {longer}: {most.words} stands"
