"""How the change log reads: fields by their titles, values as people write them, names only where they may be."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from typing import Any

from domain.core.clock import Clock
from domain.core.dates import DAYS, show_day
from domain.core.field_facts import FieldFacts, Shape
from domain.core.fields import Marker
from domain.core.text import clean_line, plural
from storage.home.recorded import RecordedLine, RecordedSet
from storage.opening import kinds
from tui.core.look import in_words
from tui.home.record_commands import in_units, without_names

WITHHELD = "not yours to read: it is for the pair, and whoever stands above the supervisor"
_LONGEST = 300
_OWN_WORD = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+_?|[a-z]+_")


def state(line: RecordedLine, values: Mapping[str, Any] | None, *, no_names: bool) -> dict[str, Any] | None:
    """Return one side of a line as `show` prints a record."""
    if values is None:
        return None
    plain = in_units(dict(values))
    return without_names(line.kind, plain) if no_names else plain


def title(line: RecordedLine) -> str:
    """Return which record a line is about."""
    return f"{line.kind.replace('-', ' ')} {line.key}"


def changes(line: RecordedLine, today: date, *, no_names: bool) -> Iterator[tuple[str, str]]:
    """Yield the fields of a line, each with what it was and became."""
    if line.withheld:
        yield "", WITHHELD
        return
    before, after = (state(line, one, no_names=no_names) for one in (line.before, line.after))
    for name in _in_order(line.kind, {*(before or {}), *(after or {})}):
        fact = _fact(line.kind, name)
        was, became = (
            value(side.get(name), today, name, fact) if side is not None else None for side in (before, after)
        )
        label = field_title(line.kind, name)
        if _unshown(name, line, before, after):
            yield label, "changed" if before is not None and after is not None else "not shown"
        elif was is None:
            yield label, became or "–"
        elif became is None:
            yield label, was
        else:
            yield label, f"{was} → {became}"


def _unshown(name: str, line: RecordedLine, *sides: Mapping[str, Any] | None) -> bool:
    """Whether a field says something that is hidden now."""
    kept = [values.get(name) for values in (line.before, line.after) if values is not None]
    shown = [values.get(name) for values in sides if values is not None]
    return any(value not in (None, "") for value in kept) and all(value is None for value in shown)


def verb(line: RecordedLine) -> str:
    """Return what was done to the record."""
    if line.withheld:
        return "written"
    return "removed" if line.after is None else "new" if line.before is None else "changed"


def field_title(kind: str, name: str) -> str:
    """Return what a field of a kind is called, as its record declares it; ``name`` is the word that documents use."""
    fact = _fact(kind, name)
    words = fact.title if fact is not None else _in_words(name)
    return words[:1].upper() + words[1:]


def _in_order(kind: str, names: Collection[str]) -> list[str]:
    """Return fields in the order in which their record declares them, and then what the program adds."""
    of = kinds().named(kind)
    place = {name: number for number, name in enumerate(of.names)}
    return sorted(names, key=lambda name: (place.get(of.as_field(name), len(place)), name))


def _fact(kind: str, name: str) -> FieldFacts | None:
    """Return what is declared of a field; of what the program adds to a record, nothing is."""
    of = kinds().named(kind)
    return of.facts.get(of.as_field(name))


# values --------------------------------------------------------------------------------------------------------------


def value(given: Any, today: date, name: str = "", fact: FieldFacts | None = None) -> str:
    """Return a value as a line of text: days, times and words of our own as people write them."""
    if given is None or given == "":
        return "–"
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, Mapping):
        parts = (f"{_in_words(key)} {_within(one, today)}" for key, one in given.items())
        return _cut(", ".join(parts)) or "–"
    if isinstance(given, list | tuple):
        return _cut(", ".join(_within(one, today) for one in given)) or "–"
    if name in _UNITS and isinstance(given, int):
        return _UNITS[name](given)
    return _cut(_in_words(str(given)) if _is_word(fact) else _day(given, today))


def _within(given: Any, today: date) -> str:
    """Return one of several values: what looks like a word of our own is one."""
    is_word = isinstance(given, str) and _OWN_WORD.fullmatch(given)
    return _in_words(given) if is_word else value(given, today)


def _is_word(fact: FieldFacts | None) -> bool:
    return fact is not None and (fact.shape is Shape.CHOICE or Marker.CODE in fact.markers)


def _in_words(code: str) -> str:
    """Return a word of our own as people write it ("lac_visit" as "lac visit"); one of another's list as it is."""
    return in_words(code).strip()


def _cut(text: str) -> str:
    line = clean_line(text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _day(given: Any, today: date) -> str:
    if isinstance(given, str) and len(given) == len("2026-11-20"):
        try:
            return show_day(date.fromisoformat(given), today)
        except ValueError:
            pass
    return str(given)


def _minutes(number: int) -> str:
    """Return minutes as people say them: "45 minutes", "1 h 30 min"."""
    hours, rest = divmod(number, 60)
    if not hours:
        return plural(rest, "minute")
    return f"{hours} h {rest} min" if rest else f"{hours} h"


_UNITS: Mapping[str, Callable[[int], str]] = {
    "minutes": _minutes,
    "weekday": lambda number: DAYS[number] if 0 <= number < len(DAYS) else str(number),
    "percent": lambda number: f"{number} %",
}


def moment(one: RecordedSet, clock: Clock, today: date) -> str:
    """Return when something was recorded, by the clock on the wall."""
    at = clock.local(one.at)
    return f"{show_day(at.date(), today)} {at:%H:%M}"


def lateness(one: RecordedSet | RecordedLine) -> str:
    """Say how late something was recorded; nothing where it was on its day, or is of none."""
    return f"{plural(one.late_days, 'day')} later" if one.late_days else ""
