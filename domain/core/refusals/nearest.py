"""What to say of a word that is none of those known: all of a few, the nearest of many."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

FEW = 12
NEAREST = 3
_ALIKE = 0.5


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """Return the three of those known that ``word`` may have meant, the likeliest first; none where it is like none."""
    words = {one.casefold(): one for one in known}
    plain = word.casefold().strip().replace(" ", "_")
    if not difflib.get_close_matches(plain, words, n=1, cutoff=_ALIKE):
        return []
    return [words[near] for near in difflib.get_close_matches(plain, words, n=NEAREST, cutoff=0)]


def known_instead(word: str, known: Iterable[str], see: str = "") -> str:
    """Return the hint for a word that is not known: the few there are, or the nearest of many and where all are listed.

    ``see`` is the command that lists them.
    """
    words = sorted(known)
    if len(words) <= FEW:
        return f"Known: {', '.join(words)}."
    near = nearest(word, words)
    parts = [f"Nearest: {', '.join(near)}."] if near else []
    parts += [f"All of them: {see}"] if see else []
    return " ".join(parts) or f"One of {len(words)}, such as {words[0]}."
