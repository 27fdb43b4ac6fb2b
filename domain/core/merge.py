"""Two people wrote into the same fields: what can stand together, and what a person has to choose between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Clash(NamedTuple):
    """A field that both changed: its words before, theirs and mine."""

    field: str
    was: str
    theirs: str
    mine: str


def merge(
    was: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]
) -> tuple[dict[str, str], list[Clash]]:
    """Return the fields as they may stand, and those that both changed in different ways.

    ``mine`` holds only the fields that I touched; ``theirs`` is the whole as it stands now.
    """
    merged, clashes = dict(theirs), []
    for name, text in mine.items():
        before, now = was.get(name, ""), theirs.get(name, "")
        if now in (before, text):
            merged[name] = text
        elif text != before:
            clashes.append(Clash(name, before, now, text))
    return {name: text for name, text in merged.items() if text}, clashes


def both(theirs: str, mine: str) -> str:
    """Return both texts, one under the other; what one holds already is not said twice."""
    if theirs in mine:
        return mine
    return theirs if mine in theirs else f"{theirs}\n\n{mine}"
