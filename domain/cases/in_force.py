"""What is in force on a case: an authorisation, an order or a plan, from the events that begin and end it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.cases.subject import Happening
from domain.core.dates import parse_day, show_day
from domain.core.workdays import add_months

_DAY = timedelta(days=1)


class InForce(NamedTuple):
    """Something in force on a case: since which day, and its last day where one is known."""

    id: str
    title: str
    since: date
    until: date | None = None

    @property
    def words(self) -> str:
        """What it is and for how long, in words."""
        until = f" until {show_day(self.until)}" if self.until else ""
        return f"{self.title}, from {show_day(self.since)}{until}"


def in_force(spec: Mapping[str, Any], events: Iterable[Happening], on: date) -> InForce | None:
    """Return what a pack's entry says is in force on a day; None where it has not begun, was ended, or ran out.

    The day on which it begins counts, and so does its last. The day on which it is ended does not. What is ended and
    begins on one day has begun again.
    """
    begun: Happening | None = None
    for event in sorted(events, key=lambda one: (one.on, one.kind in spec["begins"])):
        if event.on > on:
            break
        if event.kind in spec["begins"] and _meant(spec, event):
            begun = event
        elif event.kind in spec["ended"]:
            begun = None
    if begun is None:
        return None
    last = last_day(spec, begun)
    return None if last is not None and last < on else InForce(spec["id"], spec["title"], begun.on, last)


def _meant(spec: Mapping[str, Any], event: Happening) -> bool:
    name = spec.get("detail")
    return name is None or event.details.get(name) == spec.get("is")


def last_day(spec: Mapping[str, Any], event: Happening) -> date | None:
    """Return the last day of what an event began: the day that it gives itself, and no later than the pack allows."""
    days = [day for day in (_given(spec, event), _longest(spec, event.on)) if day is not None]
    return min(days, default=None)


def _given(spec: Mapping[str, Any], event: Happening) -> date | None:
    try:
        return parse_day(str(event.details[spec["until"]]))
    except (KeyError, ValueError):
        return None


def _longest(spec: Mapping[str, Any], begun: date) -> date | None:
    if days := spec.get("days"):
        return begun + timedelta(days=days) - _DAY
    return add_months(begun, spec["months"]) - _DAY if spec.get("months") else None
