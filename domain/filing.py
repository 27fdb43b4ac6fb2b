"""A record of supervision as it is filed: a title, a few facts, and sections of words and tables.

One session leaves two kinds: a case record for the file of each person discussed, and a personal record for each
supervisee. Screens, documents and the paste-ready text all come from the same value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from domain.text import slug

CASE, PERSONAL = "case", "personal"


class Passage(NamedTuple):
    """What was said, under its label."""

    label: str
    text: str


class Table(NamedTuple):
    """Rows of cells under headings; an empty cell says nothing."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Section(NamedTuple):
    """A part of a record with its heading."""

    heading: str
    passages: tuple[Passage, ...] = ()
    table: Table | None = None


class Filed(NamedTuple):
    """One record. ``about`` is a case's reference or a supervisee's staff id; ``on`` the day of the session."""

    kind: str
    about: str
    session: int
    on: date
    title: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]

    @property
    def stem(self) -> str:
        """What its file is called, without an ending: numbers, a date and a reference, never a name."""
        return f"supervision-{self.session}-{self.on.isoformat()}-{self.kind}-{slug(self.about, 64)}"


def as_text(filed: Filed) -> str:
    """Return a record as plain text to paste into another system: the same words as in the document."""
    parts = [filed.title.upper(), "\n".join(f"{name}: {value}" for name, value in filed.facts)]
    for section in filed.sections:
        parts += _section(section)
    return "\n\n".join(parts) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield section.heading.upper()
    for label, text in section.passages:
        yield f"{label}\n{text}" if label else text
    if section.table is not None:
        for number, row in enumerate(section.table.rows, 1):
            said = (f"{name}: {cell}" for name, cell in zip(section.table.headings, row, strict=True) if cell)
            yield f"{number}. " + "\n   ".join(said)


def stems(records: Iterable[Filed]) -> list[str]:
    """Return a file name (without ending) for each record, with a number where two references would give the same."""
    taken: set[str] = set()
    found = []
    for record in records:
        name, n = record.stem, 1
        while name in taken:
            n += 1
            name = f"{record.stem}-{n}"
        taken.add(name)
        found.append(name)
    return found
