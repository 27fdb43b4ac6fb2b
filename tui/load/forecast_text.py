"""What a forecast rests on, in plain sentences: the same on the screen and from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from domain.core.enums import PATHWAY_TITLES, Pathway
from domain.core.text import plural
from domain.load.rates import OWN, PUBLISHED, PUBLISHED_SOURCE, TOGETHER

if TYPE_CHECKING:
    from domain.load.forecast import Check, Forecast
    from domain.load.rates import Chance

HIDDEN = "Only what is booked is shown: tried on the past, the forecast came no closer than “nothing changes”."
UNTRIED = "Only what is booked is shown: there is too little past to try a forecast on."
WHOSE = {"worker": "each worker's load", "team": "the team's load"}
UNMEASURED = "No full-time load is set for this team, so nothing can be said in percent: set one with the team."
METHOD = "Our own method, local: likely ends by age and type, new work as it came lately, shared by capacity."


def lying(cases: int, weight: int) -> str:
    """Return what lies with nobody: load that is in no one's figures; empty when nothing does."""
    return f"{cases:,} unallocated, {points(weight)} points" if cases else ""


def points(value: int) -> str:
    """Return hundredths of a point with one decimal at most: points are judgements."""
    return f"{value / 100:.1f}".removesuffix(".0")


def verdict(found: Forecast, whose: str) -> str:
    """Return why the upper layers are shown or not; empty when they are."""
    if found.beats(whose):
        return ""
    return HIDDEN if any(check.tried for check in found.checks) else UNTRIED


def tried(check: Check) -> str:
    """Return how a trial on the past came out."""
    off = f"{check.weeks} weeks ahead, {WHOSE[check.whose]} was within ±{points(check.ours)} points on average"
    return f"{off}, “nothing changes” within ±{points(check.still)}: {'closer' if check.better else 'no closer'}."


def sentences(found: Forecast) -> Iterator[str]:
    """Yield everything a forecast rests on."""
    yield METHOD
    for check in found.checks:
        if check.tried:
            yield tried(check)
    yield from map(ending, found.chances)
    yield coming(found)
    if found.beats("worker") or found.beats("team"):
        yield f"The band holds 80 of 100 of {found.runs:,} drawn runs."


def ending(chance: Chance) -> str:
    """Return where the chance of a type's ending comes from."""
    name, few = type_title(chance.type), plural(chance.closures, "closure")
    if chance.basis == OWN:
        return f"{name}: expected to end as this team's own did ({few} in two years)."
    begin = f"{name}: too few of its own to go by ({few} in two years)"
    if chance.basis == PUBLISHED:
        return f"{begin}; expected to end as published: {PUBLISHED_SOURCE}."
    if chance.basis == TOGETHER:
        return f"{begin}; expected to end as all this team's cases together did."
    return f"{begin} and no published figure; taken as staying open."


def coming(found: Forecast) -> str:
    """Return what new work is assumed."""
    new = found.arrivals
    if not new.weeks:
        return "New work: none assumed, because the team's past is shorter than 13 weeks."
    kinds = ", ".join(f"{type_title(k.type)} {k.weekly:.1f} of {points(k.points)} points" for k in new.kinds)
    return f"New work, assumed as in the last {new.weeks} weeks: {new.weekly:.1f} cases a week ({kinds or 'none'})."


def type_title(kind: str) -> str:
    """Return the title of a case type."""
    return PATHWAY_TITLES[Pathway(kind)] if kind in Pathway.__members__.values() else kind.replace("_", " ")
