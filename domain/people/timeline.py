"""One fact over time: what holds otherwise, and for which days something else does. No pydantic: lists open with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, NamedTuple

CONTRACT = ("fte", "hours")  # two ways of saying one thing: what says one of them says the other is not given
_DAY = timedelta(days=1)


class Span(NamedTuple):
    """A value that holds from one day up to and including another; None: without a beginning, without an end."""

    starts: date | None
    ends: date | None
    value: Any

    @property
    def first(self) -> date:
        """The first day of it, as a day that compares."""
        return self.starts or date.min

    @property
    def last(self) -> date:
        """The last day of it, as a day that compares."""
        return self.ends or date.max


class Timeline(NamedTuple):
    """One field over time: what a record says of it, and the spans in which it is something else, in order."""

    otherwise: Any
    spans: tuple[Span, ...]

    def on(self, day: date) -> Any:
        """Return what holds on a day."""
        return next((span.value for span in self.spans if span.first <= day <= span.last), self.otherwise)

    def from_day(self, day: date, value: Any, today: date) -> Timeline:
        """Return the timeline with ``value`` from ``day`` up to the next change that is known of.

        What holds until further notice today is what the record itself says; what it said before stays behind as a
        span, so that the past keeps what stood then.
        """
        covering = next((span for span in self.spans if span.first <= day <= span.last), None)
        following = next((span for span in self.spans if span.first > day), None)
        last = covering.last if covering else _before(following.first) if following else date.max
        before = [*_cut(self.spans, day)]
        after = [span for span in self.spans if span.first > day]
        if covering is None and day <= today <= last:
            rest = [*_gaps(before, day, self.otherwise), *_gaps_after(after, self.otherwise)]
            return _tidy(value, [*before, *(rest if value != self.otherwise else []), *after])
        return _tidy(self.otherwise, [*before, _span(day, last, value), *after])


def _before(day: date) -> date:
    return day - _DAY


def _span(first: date, last: date, value: Any) -> Span:
    return Span(None if first == date.min else first, None if last == date.max else last, value)


def _cut(spans: Sequence[Span], day: date) -> Iterator[Span]:
    """Yield what of the spans lies before a day."""
    for span in spans:
        if span.first < day:
            yield _span(span.first, min(span.last, _before(day)), span.value)


def _gaps(spans: Sequence[Span], day: date, value: Any) -> Iterator[Span]:
    """Yield the time before a day that no span covers, as spans of what held otherwise."""
    open_from = date.min
    for span in spans:
        if open_from < span.first:
            yield _span(open_from, _before(span.first), value)
        open_from = span.last + _DAY
    if open_from < day:
        yield _span(open_from, _before(day), value)


def _gaps_after(spans: Sequence[Span], value: Any) -> Iterator[Span]:
    """Yield the time after the first of some spans that none of them covers, as spans of what held otherwise."""
    for one, following in pairwise(spans):
        if one.last + _DAY < following.first:
            yield _span(one.last + _DAY, _before(following.first), value)
    if spans and spans[-1].last < date.max:
        yield _span(spans[-1].last + _DAY, date.max, value)


def _tidy(otherwise: Any, spans: Sequence[Span]) -> Timeline:
    """Return a timeline in order, without spans that say what holds anyhow, and with like neighbours as one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: one.first):
        if span.value == otherwise:
            continue
        if found and found[-1].value == span.value and found[-1].ends == _before(span.first):
            found[-1] = found[-1]._replace(ends=span.ends)
        else:
            found.append(span)
    return Timeline(otherwise, tuple(found))
