"""A record of supervision as it is filed: a title, a few facts, and sections of words and tables.

One session leaves two kinds: a case record for the file of each person discussed, and a personal record for each
supervisee. Screens, documents and the paste-ready text all come from the same value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from domain.core.text import clean, slug

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
    return clean("\n\n".join(parts)) + "\n"


def _section(section: Section) -> Iterator[str]:
    yield section.heading.upper()
    for label, text in section.passages:
        yield f"{label}\n{text}" if label else text
    if section.table is not None:
        for number, row in enumerate(section.table.rows, 1):
            said = (f"{name}: {cell}" for name, cell in zip(section.table.headings, row, strict=True) if cell)
            yield f"{number}. " + "\n   ".join(said)


_PLAIN = frozenset({"Case", "What happened", "0 to 10", "On", "By when", "Set on", "Follow up by"})
KEPT_BACK = "(kept back while names are hidden)"


def veiled(filed: Filed) -> Filed:
    """Return a record without anything that people wrote, where a name could stand: for screens that show no names."""
    return filed._replace(sections=tuple(_veiled(section) for section in filed.sections))


def _veiled(section: Section) -> Section:
    heading = section.heading.partition(":")[0]
    passages = tuple(Passage(label.partition(", because")[0], KEPT_BACK) for label, _ in section.passages)
    if section.table is None:
        return Section(heading, passages)
    heads = section.table.headings
    rows = (
        tuple(cell if name in _PLAIN or not cell else KEPT_BACK for name, cell in zip(heads, row, strict=True))
        for row in section.table.rows
    )
    return Section(heading, passages, Table(heads, tuple(rows)))


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
