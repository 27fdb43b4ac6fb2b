"""Frameworks as readers see them: which are in force on a day, and what a capability written in a record means.

Plain values as packs leave them in the database, so that nothing here needs pydantic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

DRAFT, FRAME = "draft", "frame"


class Capability(NamedTuple):
    """One statement of a framework; ``marked`` where its title was not seen in a source or is only a draft's."""

    id: str
    framework: str
    number: int | None
    title: str
    marked: bool

    @property
    def words(self) -> str:
        """Its title as it is shown, with the mark."""
        numbered = f"{self.number} {self.title}" if self.number is not None else self.title
        return f"{numbered} ? unverified" if self.marked else numbered


def in_force(framework: Mapping[str, Any], on: date) -> bool:
    """Whether a framework counts on a day; one without content never does."""
    begins, ends = framework.get("valid_from"), framework.get("valid_to")
    return (
        bool(framework.get("active", True))
        and framework.get("status") != FRAME
        and (begins is None or date.fromisoformat(begins) <= on)
        and (ends is None or on <= date.fromisoformat(ends))
    )


def standing(framework: Mapping[str, Any], on: date) -> str:
    """Say where a framework stands on a day: in force, not yet, no longer, draft, or content not known."""
    if framework.get("status") == FRAME:
        return "content not known"
    if not framework.get("active", True):
        return "switched off"
    if (begins := framework.get("valid_from")) and on < date.fromisoformat(begins):
        return "not yet in force"
    if (ends := framework.get("valid_to")) and date.fromisoformat(ends) < on:
        return "no longer in force"
    return "draft" if framework.get("status") == DRAFT else "in force"


def capabilities(framework: Mapping[str, Any]) -> list[Capability]:
    """Return the statements of one framework, in its order."""
    draft = framework.get("status") == DRAFT
    return [
        Capability(one["id"], framework["id"], one.get("number"), one["title"], draft or not one.get("verified"))
        for one in framework.get("statements", ())
    ]


def known(frameworks: Iterable[Mapping[str, Any]]) -> dict[str, Capability]:
    """Return every capability by its id and by every other id it is written by."""
    found: dict[str, Capability] = {}
    for framework in frameworks:
        for said, one in zip(framework.get("statements", ()), capabilities(framework), strict=True):
            found[one.id] = one
            for name in said.get("also", ()):
                found.setdefault(name, one)
    return found


def meant(code: str, among: Mapping[str, Capability]) -> Capability:
    """Return the capability a record means; one that no framework knows stands under its own name, marked."""
    return among.get(code) or Capability(code, "", None, code, True)
