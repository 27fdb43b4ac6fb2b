"""Formats as readers have them, plain values: which suits a case or a topic, what is rated, what is brought forward.

Nothing here needs the packs or pydantic, so that a session opens as fast as any other screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from domain.core.text import clean_line

PLAIN = "update"
LONGEST_ABOUT = 200
MOST_PAIRS = 12


@dataclass(frozen=True, slots=True)
class Part:
    """One field of a format."""

    id: str
    title: str
    prompt: str = ""
    voice: bool = False
    stands: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """What is rated from 0 to 10, by whom, and what both ends mean."""

    title: str
    low: str
    high: str
    raters: tuple[str, ...]
    about: str = ""
    goal: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """A format: columns of fields, perhaps a scale, and questions to reflect on."""

    id: str
    title: str
    columns: tuple[tuple[str, tuple[Part, ...]], ...]
    scale: Scale | None = None
    prompts: tuple[str, ...] = ()
    of: str = "case"
    basis: str = "local"

    @property
    def parts(self) -> tuple[Part, ...]:
        """Every field, column by column."""
        return tuple(part for _, parts in self.columns for part in parts)


class Pair(NamedTuple):
    """Something that is rated, and the goal opposite it."""

    about: str
    goal: str


# What stands in for a format that no pack in force knows any more: whatever was written under it can still be read.
UNKNOWN = Shape(PLAIN, "Plain update", (("", (Part("update", "What is said"),)),), of="both")


def shape(says: Mapping[str, Any]) -> Shape:
    """Return a format from what the packs say of it."""
    columns = tuple((c["title"], tuple(_part(f) for f in c["fields"])) for c in says["columns"])
    return Shape(
        says["id"],
        says["title"],
        columns,
        _scale(says.get("scale")),
        tuple(says.get("prompts", ())),
        says.get("of", "case"),
        says.get("basis", "local"),
    )


def _part(says: Mapping[str, Any]) -> Part:
    return Part(says["id"], says["title"], says.get("prompt", ""), says.get("voice", False), says.get("stands", False))


def _scale(says: Mapping[str, Any] | None) -> Scale | None:
    if not says:
        return None
    ends = (says["title"], says["low"], says["high"])
    return Scale(*ends, tuple(says["raters"]), says.get("about") or "", says.get("goal") or "")


def suiting(formats: Mapping[str, Mapping[str, Any]], *, topic: str, pathways: Iterable[str] = ()) -> list[str]:
    """Return the formats that fit a case's pathways or a topic of the personal record, the usual one first."""
    wanted, of = set(pathways), "case" if topic == "case" else "worker"
    fitting = [
        (not (topic in says.get("topics", ()) or wanted & set(says.get("pathways", ()))), name != PLAIN, place, name)
        for place, (name, says) in enumerate(formats.items())
        if says.get("active", True) and says.get("of", "case") in (of, "both")
    ]
    return [name for *_, name in sorted(fitting)] or [PLAIN]


def with_strangers(known: Shape, answers: Mapping[str, str]) -> Shape:
    """Return a format with a field for each answer that it does not know, so that nothing kept goes unseen."""
    ids = {part.id for part in known.parts}
    strange = tuple(Part(name, name.replace("_", " ")) for name in sorted(answers) if name not in ids)
    if not strange:
        return known
    columns = (*known.columns, ("Kept from another format", strange))
    return Shape(known.id, known.title, columns, known.scale, known.prompts, known.of, known.basis)


def pairs(scale: Scale, answers: Mapping[str, str]) -> list[Pair]:
    """Return what is rated and the goal opposite: line by line, or the whole where nothing is listed."""
    if not scale.about:
        return [Pair("", "")]
    abouts, goals = lines_of(answers.get(scale.about, "")), lines_of(answers.get(scale.goal, ""))
    return [Pair(about, goals[n] if n < len(goals) else "") for n, about in enumerate(abouts)]


def lines_of(text: str) -> list[str]:
    """Return the lines that are not empty, each short enough to be what a rating is about; a few at most."""
    found: list[str] = []
    for line in text[: MOST_PAIRS * 2000].split("\n"):
        if said := clean_line(line):
            found.append(said[:LONGEST_ABOUT])
        if len(found) == MOST_PAIRS:
            break
    return found


def brought_forward(form: Shape, last: Mapping[str, str]) -> dict[str, str]:
    """Return what still stands of what was said last time: the dangers, goals and outcomes."""
    return {part.id: last[part.id] for part in form.parts if part.stands and last.get(part.id)}
