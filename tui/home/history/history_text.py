"""How the change log reads: fields as `show` prints them, names only where they may be, and late records marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from domain.core.dates import show_day
from domain.core.text import clean_line, plural
from storage.home.recorded import RecordedLine, RecordedSet
from tui.home.record_commands import in_units, without_names

WITHHELD = "not yours to read: it is for the pair, and whoever stands above the supervisor"
_LONGEST = 300


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
    for name in dict.fromkeys((*(before or {}), *(after or {}))):
        was, became = (value(side.get(name), today) if side is not None else None for side in (before, after))
        label = name.replace("_", " ")
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


def value(given: Any, today: date) -> str:
    """Return a value as a line of text."""
    if given is None or given == "":
        return "–"
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, Mapping):
        return clean_line(", ".join(f"{name} {value(one, today)}" for name, one in given.items())) or "–"
    if isinstance(given, list | tuple):
        return clean_line(", ".join(value(one, today) for one in given)) or "–"
    return clean_line(_day(given, today))[:_LONGEST]


def _day(given: Any, today: date) -> str:
    if isinstance(given, str) and len(given) == len("2026-11-20"):
        try:
            return show_day(date.fromisoformat(given), today)
        except ValueError:
            pass
    return str(given)


def lateness(one: RecordedSet | RecordedLine) -> str:
    """Say how late something was recorded; nothing where it was on its day, or is of none."""
    return f"{plural(one.late_days, 'day')} later" if one.late_days else ""
