"""The alias tables: what headings and words are taken to mean (aliases.toml)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from domain.core.enums import ChangeReason, Pathway, Role
from storage.importing.files.headings import heading_key

YES = frozenset({"y", "yes", "true", "t", "1"})
NO = frozenset({"n", "no", "false", "f", "0"})
FALLBACK_GRADE = "children-sw"
CLOSED = "closed"
OPEN = "open"


@cache
def tables() -> dict[str, Any]:
    """Return aliases.toml as read."""
    return tomllib.loads((files("storage.importing.files") / "aliases.toml").read_text("utf-8"))


@cache
def headings() -> dict[str, tuple[str, ...]]:
    """Return what each known heading may mean: one meaning, or several that a person must choose from."""
    meanings: dict[str, tuple[str, ...]] = {}
    for name, spellings in tables()["fields"].items():
        meanings.update({heading_key(s): (name,) for s in [name, *spellings]})
    for name, spellings in tables()["events"].items():
        meanings.update({heading_key(s): (f"event:{name}",) for s in [name, *spellings]})
    for name, spellings in tables()["due"].items():
        meanings.update({heading_key(s): (f"due:{name}",) for s in spellings})
    meanings.update({heading_key(s): tuple(map(meaning, choices)) for s, choices in tables()["unclear"].items()})
    return meanings


def meaning(name: str) -> str:
    """Return what a name in a mapping file stands for: a field, or the day of an event, or a due date ("due:...")."""
    return name if name in tables()["fields"] or ":" in name else f"event:{name}"


def meanings() -> frozenset[str]:
    """Return every meaning a column can be given."""
    found = tables()
    return frozenset(
        [*found["fields"], *(f"event:{n}" for n in found["events"]), *(f"due:{n}" for n in found["due"]), "ignore"]
    )


@cache
def ignored() -> frozenset[str]:
    """Return headings that are understood and left alone."""
    return frozenset(heading_key(s) for s in tables()["ignored"]["headings"])


@cache
def _words(group: str) -> dict[str, str]:
    return {heading_key(s): name for name, spellings in tables()[group].items() for s in [name, *spellings]}


def _find(group: str, text: str) -> str | None:
    """The meaning of ``text``: as a whole, else the longest known word within it."""
    known = _words(group)
    whole = known.get(heading_key(text))
    if whole is not None:
        return whole
    padded = f" {' '.join(_split(text))} "
    inside = [(len(s), name) for name, spellings in tables()[group].items() for s in spellings if f" {s} " in padded]
    return max(inside)[1] if inside else None


def _split(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.casefold()).split()


@cache
def pathway(text: str) -> Pathway | str | None:
    """Return the pathway a word stands for, "closed", "open", or None when it is not known."""
    found = _find("pathways", text)
    return found if found in (None, CLOSED, OPEN) else Pathway(found)


@cache
def role(text: str) -> Role | str | None:
    """Return the role a word stands for, "none" for those who hold no cases, or None when it is not known."""
    if not text:
        return Role.ALLOCATED
    found = _words("roles").get(heading_key(text))
    return found if found is None or found == "none" else Role(found)


@cache
def grade(title: str) -> str | None:
    """Return the grade a job title points to, or None."""
    plain = " ".join(_split(title))
    return next((t["grade"] for t in tables()["titles"] if t["words"] in plain), None)


@cache
def health(text: str) -> str | None:
    """Return the event a kind of health check stands for, or None."""
    return _find("health", text)


@cache
def nobody(text: str) -> bool:
    """Whether a worker cell says that nobody holds the case."""
    return text.casefold().strip() in tables()["nobody"]["words"]


def yes(text: str) -> bool | None:
    """Return whether a cell says yes, or None when it says neither."""
    plain = text.casefold()
    return True if plain in YES else False if plain in NO else None


def change_reason(text: str) -> ChangeReason | None:
    """Return the reason for a change of worker, by its code."""
    return next((reason for reason in ChangeReason if reason.value == text.upper()), None)
