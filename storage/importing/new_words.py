"""What an import would bring of words that no rule can read: taken, and said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from domain.allocation.known_words import Words
from domain.core.text import plural
from storage.cases.strange_words import unknown_factors
from storage.database.connection import Connection
from storage.importing.diff import Diff
from storage.rules.kept_packs import Packs


def note_new_words(conn: Connection, diff: Diff) -> None:
    """Note the factors that a difference would put on cases and no pack declares, each once."""
    factors = [(reference, new) for reference, new in _factors(diff) if new]
    if not factors:
        return
    known = Words(Packs(conn).all("factor").values())
    found = Counter(one.words for reference, new in factors for one in unknown_factors(known, reference, new))
    diff.notes += [f"{words} (on {plural(count, 'case')})" for words, count in found.items()]


def _factors(diff: Diff) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield by case the factors that are new to it."""
    yield from ((row["reference"], tuple(row["factors"])) for row in diff.additions["case"])
    for change in diff.changes["case"]:
        before = change.before.get("factors", ())
        yield change.after["reference"], tuple(word for word in change.after["factors"] if word not in before)
