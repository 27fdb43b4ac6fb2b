"""The words that rules read on a case and of a worker: which are one though they are spelled otherwise, which are none.

Words come as the plain values that packs leave in the database, so nothing here needs pydantic.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from domain.core.text import shown, sort_key

_BETWEEN = re.compile(r"[\W_]+")
_ALIKE = 0.6


@lru_cache(maxsize=4096)
def fold(word: str) -> str:
    """Return what a word is compared by: capitals, accents, hyphens and spaces make no other word of it."""
    plain = sort_key(word)
    return _BETWEEN.sub(" ", plain).strip() or plain.strip()


def spellings(item: Mapping[str, Any]) -> list[str]:
    """Return every way to write one word of a pack: its id, its title, and what else it is called."""
    return [str(item["id"]), str(item["title"]), *map(str, item.get("also", ()))]


class Words:
    """The words of one kind that packs declare, by what they are compared by."""

    def __init__(self, items: Iterable[Mapping[str, Any]]) -> None:
        self.ids: dict[str, str] = {}
        self._written: dict[str, str] = {}
        for item in items:
            for word in spellings(item):
                self.ids.setdefault(fold(word), str(item["id"]))
                self._written.setdefault(fold(word), word)

    def id_of(self, word: str) -> str | None:
        """Return the id of the word that is meant; None where no pack declares it."""
        return self.ids.get(fold(word))

    def near(self, word: str, more: Iterable[str] = ()) -> str:
        """Return the known word that a strange one is most like, as it is written; "" where it is like none.

        ``more`` are words that are known besides.
        """
        written = {**{fold(one): one for one in more}, **self._written}
        found = difflib.get_close_matches(fold(word), written, n=1, cutoff=_ALIKE)
        return written[found[0]] if found else ""


def not_known(word: str, near: str) -> str:
    """Return in words that a factor is known to no rule, and which one may be meant."""
    return f"factor “{shown(word)}” is not known to any rule{or_near(near)}"


def or_near(near: str) -> str:
    """Return what is added to "there is no ...": the known word that may be meant."""
    return f"; did you mean {near}?" if near else ""
