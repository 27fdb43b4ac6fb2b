"""How a case stands that nobody is allocated to, against the limits that the policies set for that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from domain.allocation.eligibility import CaseNeeds, Rule
from domain.allocation.reading import fits
from domain.core.dates import show_day
from domain.core.text import plural


class Limits(NamedTuple):
    """After how many days an unallocated case is reviewed, escalated, and its person seen; None where nobody says."""

    review_days: int | None = None
    escalate_days: int | None = None
    seen_days: int | None = None
    rules: tuple[str, ...] = ()


def limits(rules: Iterable[Rule], case: CaseNeeds) -> Limits:
    """Return the limits that the policies set for an unallocated case, the shortest where several do."""
    those = [rule for rule in rules if rule["kind"] == "unallocated" and fits(rule, case)]
    review, escalate, seen = (min((r[key] for r in those if r.get(key)), default=None) for key in Limits._fields[:3])
    return Limits(review, escalate, seen, tuple(rule["id"] for rule in those))


class Standing(NamedTuple):
    """One thing to be said of a waiting case: "late", "due" or "ahead" (or "unset": nobody set a limit), in words.

    ``day`` is the last day on which the limit is kept.
    """

    state: str
    words: str
    day: date = date.max


ORDER = ("late", "due", "ahead", "unset")


def standing(
    limits: Limits, since: date, reviewed_on: date | None, seen_on: date | None, today: date
) -> list[Standing]:
    """Return how a case stands that lies with nobody ``since`` a day, worst first.

    Each limit is kept on its last day and passed on the day after. A review counts only while the case was waiting.
    """
    found = list(_found(limits, since, reviewed_on, seen_on, today))
    return sorted(found, key=_pressing) or [Standing("unset", "no limit set")]


def _found(
    limits: Limits, since: date, reviewed_on: date | None, seen_on: date | None, today: date
) -> Iterator[Standing]:
    if limits.escalate_days is not None:
        yield _by(since + timedelta(days=limits.escalate_days), today, "escalate")
    if limits.review_days is not None:
        last = max(since, reviewed_on or since)
        yield _by(last + timedelta(days=limits.review_days), today, "review")
    if limits.seen_days is not None:
        last = max(seen_on, since) if seen_on is not None else since
        yield _by(last + timedelta(days=limits.seen_days), today, "see the child")


def _by(day: date, today: date, what: str) -> Standing:
    left = (day - today).days
    if left < 0:
        return Standing("late", f"{what}: {plural(-left, 'day')} late", day)
    if left == 0:
        return Standing("due", f"{what} today", day)
    return Standing("ahead", f"{what} by {show_day(day, today)}", day)


def _pressing(one: Standing) -> tuple[int, date]:
    """What is late in the order of its weight (escalating first), what is ahead by its day."""
    return ORDER.index(one.state), one.day if one.state == "ahead" else date.min
