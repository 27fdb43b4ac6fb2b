"""Something to choose, as dialogs, forms and lists to tick take it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from domain.core.text import sort_key

EVERY = "*"  # the key of a choice that stands for all the others together


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose: what it is known by, its words, and quieter words beside them.

    ``before`` stands in front of the words; ``room`` gives the widths of both where lines stand in columns.
    """

    key: str
    words: str
    quiet: str = ""
    before: str = ""
    room: tuple[int, int] = (0, 0)

    def matches(self, letters: str) -> bool:
        """Whether every word of ``letters`` is found in it."""
        said = sort_key(f"{self.words} {self.quiet}")
        return all(part in said for part in sort_key(letters).split())

    def farness(self, letters: str) -> int:
        """How far from ``letters`` its words are: called so, beginning so, a word of it, all in it, only beside it."""
        wanted, words = " ".join(sort_key(letters).split()), sort_key(self.words)
        nearest = (
            words == wanted,
            words.startswith(wanted),
            any(word.startswith(wanted) for word in words.split()),
            Choice("", self.words).matches(letters),
        )
        return nearest.index(True) if True in nearest else len(nearest)


def found(choices: Iterable[Choice], letters: str) -> list[Choice]:
    """Return the choices that match, the nearest first; in their own order where nothing is typed."""
    matching = [one for one in choices if one.matches(letters)]
    return sorted(matching, key=lambda one: one.farness(letters)) if letters.strip() else matching


def titled(titles: Mapping[Any, str]) -> list[Choice]:
    """Return a closed list of words to choose from, each by its title."""
    return [Choice(str(word), title) for word, title in titles.items()]
