"""Progression from one grade to the next: the criteria of a pack, and how far a worker's evidence meets them.

The criteria are a council's own; those that come with the program are examples put together from published ones.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

MET, PART, EMPTY = "held", "due", "late"


class Shown(NamedTuple):
    """A piece of evidence as it counts towards criteria; ``domains`` by the ids of capabilities."""

    id: int
    on: date
    kind: str
    title: str
    domains: tuple[str, ...] = ()
    criterion: str | None = None
    source: str = ""
    seen_by: str = ""
    text: str = ""


class Row(NamedTuple):
    """One criterion and its evidence: it asks for ``needs`` pieces, or for one piece for each of ``domains``."""

    criterion: str
    title: str
    needs: int
    evidence: tuple[Shown, ...]
    note: str = ""
    domains: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The capabilities that still need a piece of their own."""
        shown = {domain for one in self.evidence for domain in one.domains}
        return tuple(domain for domain in self.domains if domain not in shown)

    @property
    def there(self) -> int:
        """How many of the pieces asked for there are; without capabilities of its own, how many pieces in all."""
        return self.needs - self.gap if self.domains else len(self.evidence)

    @property
    def gap(self) -> int:
        """How many pieces are still missing."""
        return len(self.missing) if self.domains else max(self.needs - len(self.evidence), 0)

    @property
    def state(self) -> str:
        """Whether it is met, begun or empty."""
        return MET if not self.gap else PART if self.evidence else EMPTY


def rows(criteria: Iterable[Mapping[str, Any]], evidence: Sequence[Shown]) -> list[Row]:
    """Return a row for each criterion, in the pack's order; a piece of evidence may count for several.

    Evidence counts where it names the criterion, or names none and is of a kind and a capability that it asks for.
    """
    return [_row(one, tuple(piece for piece in evidence if fits(one, piece))) for one in criteria]


def _row(criterion: Mapping[str, Any], evidence: tuple[Shown, ...]) -> Row:
    each = tuple(criterion["domains"]) if criterion.get("each") else ()
    needs = len(each) or criterion.get("needs", 1)
    return Row(criterion["id"], criterion["title"], needs, evidence, criterion.get("note", ""), each)


def fits(criterion: Mapping[str, Any], evidence: Shown) -> bool:
    """Whether a piece of evidence counts towards a criterion."""
    if evidence.criterion is not None:
        return evidence.criterion == str(criterion["id"])
    kinds, domains = criterion.get("kinds") or (), set(criterion.get("domains") or ())
    if not kinds and not domains:
        return False
    return (not kinds or evidence.kind in kinds) and (not domains or not domains.isdisjoint(evidence.domains))


def gaps(found: Iterable[Row]) -> list[Row]:
    """Return the criteria for which evidence is missing."""
    return [row for row in found if row.gap]


def offered(progressions: Mapping[str, Mapping[str, Any]], grade: str, open_kinds: Collection[str] = ()) -> str | None:
    """Return the progression a worker is in: one they have begun, else the one that leads on from their grade."""
    begun = next((name for name in progressions if name in open_kinds), None)
    active = (name for name, one in progressions.items() if one.get("active", True) and grade in one["from_grades"])
    return begun or next(active, None)
