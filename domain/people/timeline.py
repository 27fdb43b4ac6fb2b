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


# two that are one ----------------------------------------------------------------------------------------------------


class Joined(NamedTuple):
    """One field of two records that are one: over time, when the one that goes spoke alone, and when the two differ."""

    line: Timeline
    alone: tuple[Span, ...]
    differ: tuple[Span, ...]


def join(goes: Timeline, stays: Timeline, here: tuple[Span, Span], *, old_counts: bool) -> Joined:
    """Return what holds of two people who are one, each of whom was ``here`` from one day to another.

    While one of them was here, what was true of that one holds; while both were, what one of them says where the other
    says nothing, and where they differ what that of the two says which counts.
    """
    was, now = here
    found: list[tuple[Span, Timeline]] = []
    alone, differ = [], []
    for first, last in _stretches((*goes.spans, *stays.spans, *here)):
        one, two = goes.on(first), stays.on(first)
        in_one, in_two = was.first <= first <= was.last, now.first <= first <= now.last
        from_old = one != two and in_one and (not in_two or _says_nothing(two) or old_counts)
        if from_old and in_two and _says_nothing(one):
            from_old = False
        span = _span(first, last, one if from_old else two)
        if in_one or in_two:
            found.append((span, goes if from_old else stays))
        if one != two and in_one and not in_two:
            alone.append(span)
        elif one != two and in_one and not (_says_nothing(one) or _says_nothing(two)):
            differ.append(span)
    otherwise = found[-1][1].otherwise if found else stays.otherwise
    line = _tidy(otherwise, [span for span, _ in found])
    return Joined(line, days_of(alone), days_of(differ))


def days_of(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return the days that spans cover, whatever they say, with neighbours as one."""
    return _tidy(None, [span._replace(value=True) for span in spans]).spans


def _stretches(spans: Sequence[Span]) -> Iterator[tuple[date, date]]:
    """Yield the first and last day of every stretch of time in which no span begins or ends."""
    starts = {date.min, *(span.first for span in spans), *(span.last + _DAY for span in spans if span.ends)}
    days = sorted(starts)
    yield from zip(days, [*(_before(day) for day in days[1:]), date.max], strict=True)


def _says_nothing(value: Any) -> bool:
    return value in (None, "") or (isinstance(value, tuple) and len(value) == 1 and value[0] in (None, ""))
