"""What a forecast rests on, in plain sentences: the same on the screen and from the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from domain.core.enums import PATHWAY_TITLES, Pathway
from domain.core.text import plural
from domain.load.back_test import BAND, FEWEST
from domain.load.rates import OWN, PUBLISHED, PUBLISHED_SOURCE, TOGETHER

if TYPE_CHECKING:
    from domain.load.back_test import Check
    from domain.load.forecast import Forecast
    from domain.load.rates import Chance

HIDDEN = "only what is booked is shown: tried on the past, the forecast came no closer than “nothing changes”"
UNTRIED = (
    f"Only what is booked is shown, and no band: a forecast is tried from at least {FEWEST} Mondays, "
    "and the team's past is too short for that."
)
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
    """Return in which weeks the upper layers are not shown, and why; empty when they are in all of them."""
    checks = found.of(whose)
    if not any(check.enough for check in checks):
        return UNTRIED
    hidden = [weeks_of(check, checks) for check in checks if not check.better]
    if len(hidden) == len(checks):
        return f"{HIDDEN[0].upper()}{HIDDEN[1:]}."
    return f"In weeks {' and '.join(hidden)} {HIDDEN}." if hidden else ""


def weeks_of(check: Check, checks: Sequence[Check]) -> str:
    """Return the weeks that a trial judges: from after the nearer horizon to its own."""
    first = max((one.weeks for one in checks if one.weeks < check.weeks), default=0) + 1
    return f"{first} to {check.weeks}"


def tried(check: Check) -> str:
    """Return how a trial on the past came out, and what its band held of what had not gone into it."""
    off = f"{check.weeks} weeks ahead, {WHOSE[check.whose]} was within ±{points(check.ours)} points on average"
    closer = f"{off}, “nothing changes” within ±{points(check.still)}: {'closer' if check.better else 'no closer'}"
    return f"{closer}. {held(check)}"


def briefly(check: Check) -> str:
    """Return the same in as few words as stand above the weeks."""
    band = "" if check.coverage is None else f", and its band of {BAND} in 100 held {check.coverage}"
    return f"{check.weeks} weeks ahead it was within ±{points(check.ours)} points on average{band}."


def held(check: Check) -> str:
    """Return how much the band held, counted on tries that had taught nothing yet."""
    if check.coverage is None:
        return "How much its band holds cannot be counted yet."
    return f"Its band of {BAND} in 100 held {check.coverage} of 100, counted on {check.counted:,} later tries."


def sentences(found: Forecast) -> Iterator[str]:
    """Yield everything a forecast rests on."""
    yield METHOD
    for check in found.checks:
        if check.enough:
            yield tried(check)
    yield from map(ending, found.chances)
    yield coming(found)
    if mondays := max((check.mondays for check in found.checks if check.better), default=0):
        yield (
            f"The band reaches as far as {BAND} of 100 such forecasts were off, tried from up to {mondays} Mondays "
            "with nothing but what was known on each; the figure in it is moved by what they were off on average."
        )


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
