"""A small reader of calendar files for tests, written from RFC 5545 alone: it shares no code with what writes them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

_LINE = re.compile(r'([A-Z0-9-]+)((?:;[A-Z0-9-]+=(?:"[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*)*):(.*)', re.DOTALL)
_SPAN = re.compile(r"(-?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass
class Part:
    """A component: its kind, its properties as (parameters, raw value) by name, and the components in it."""

    kind: str
    lines: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)

    def one(self, name: str) -> str:
        """The raw value of a property that has to be there once."""
        ((_, value),) = self.lines[name]
        return value

    def text(self, name: str) -> str:
        """The same, with its escapes undone."""
        return _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], self.one(name))

    def when(self, name: str) -> date | datetime:
        """The same as a day, or as a moment in UTC; a time in any other zone or in none is refused."""
        ((given, value),) = self.lines[name]
        if given == ";VALUE=DATE":
            return datetime.strptime(value, "%Y%m%d").replace(tzinfo=UTC).date()
        assert given == "", f"{name} carries {given}"
        return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    @property
    def uid(self) -> str:
        return self.one("UID")

    @property
    def sequence(self) -> int:
        return int(self.one("SEQUENCE"))

    @property
    def start(self) -> date | datetime:
        return self.when("DTSTART")

    @property
    def alarm(self) -> timedelta | None:
        """How long before the start it rings, or None where it does not."""
        return -span(self.parts[0].one("TRIGGER")) if self.parts else None


def span(value: str) -> timedelta:
    """Return a DURATION value."""
    found = _SPAN.fullmatch(value)
    assert found, value
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    whole = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -whole if found[1] else whole


def read(data: bytes) -> Part:
    """Return the calendar in ``data``; asserts what the standard asks of lines and nesting."""
    physical = data.split(b"\r\n")
    assert physical.pop() == b"", "the last line ends, too"
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in physical)
    open_parts = [Part("")]
    for line in data.replace(b"\r\n ", b"").replace(b"\r\n\t", b"").decode().split("\r\n")[:-1]:
        found = _LINE.fullmatch(line)
        assert found, line
        name, given, value = found.groups()
        if name == "BEGIN":
            open_parts.append(Part(value))
        elif name == "END":
            done = open_parts.pop()
            assert done.kind == value
            open_parts[-1].parts.append(done)
        else:
            assert not open_parts[-1].parts, f"{name} after a component"
            open_parts[-1].lines.setdefault(name, []).append((given, value))
    (outside,) = open_parts
    (calendar,) = outside.parts
    assert calendar.kind == "VCALENDAR"
    return calendar


def events(data: bytes) -> list[Part]:
    """Return the events of a calendar file, soonest first."""
    found = [part for part in read(data).parts if part.kind == "VEVENT"]
    return sorted(found, key=lambda event: (event.one("DTSTART"), event.uid))
