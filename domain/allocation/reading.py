"""Which cases a rule is about, what is recorded on a case that makes it so, and which workers it binds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from domain.allocation.known_words import fold
from domain.cases.in_force import InForce
from domain.core.enums import PATHWAY_TITLES, Pathway
from domain.core.text import shown

_ADULTS = frozenset(
    (
        Pathway.CARE_ACT, Pathway.CARER_SUPPORT, Pathway.DIRECT_PAYMENT, Pathway.SAFEGUARDING_ADULT,
        Pathway.MENTAL_CAPACITY, Pathway.MENTAL_HEALTH,
    )
)  # fmt: skip
_BOTH = frozenset({Pathway.TRANSITION})
_EITHER = ("pathways", "factors", "in_force")


class Read(Protocol):
    """What is read of a case."""

    @property
    def pathways(self) -> tuple[str, ...]: ...
    @property
    def factors(self) -> tuple[str, ...]: ...
    @property
    def in_force(self) -> tuple[InForce, ...]: ...
    @property
    def nation(self) -> str: ...
    @property
    def families(self) -> frozenset[str]: ...


def families_of(pathways: Iterable[str]) -> frozenset[str]:
    """Return whether a case on those pathways is a child's or an adult's; one in transition is both."""
    names = (
        ("children", "adults") if one in _BOTH else ("adults",) if one in _ADULTS else ("children",) for one in pathways
    )
    return frozenset(name for those in names for name in those)


def fits(rule: Mapping[str, Any], case: Read) -> bool:
    """Whether a rule is about a case."""
    when = rule.get("when", {})
    if not rule.get("active", True) or when.get("family", "") not in ("", *case.families):
        return False
    if when.get("nations") and case.nation not in when["nations"]:
        return False
    held = (next(_FOUND[key](when, case), None) is not None for key in _EITHER if when.get(key))
    return any(held) if when.get("either") else all(held)


def because(rule: Mapping[str, Any], case: Read) -> tuple[str, ...]:
    """Return what is recorded on a case that makes a rule be about it, in words; nothing where it is about any case."""
    when = rule.get("when", {})
    return tuple(dict.fromkeys(words for key in _EITHER if when.get(key) for words in _FOUND[key](when, case)))


def _pathways(when: Mapping[str, Any], case: Read) -> Iterator[str]:
    return (_pathway(one) for one in case.pathways if one in when["pathways"])


def _factors(when: Mapping[str, Any], case: Read) -> Iterator[str]:
    """Yield by what a case has one of a rule's factors: a mark, a pathway that says as much, or what is in force."""
    means = when.get("means")
    if means is None:  # a rule that was not written out with what its words stand for
        means = [{"words": [fold(word)], "pathways": (), "in_force": ()} for word in when["factors"]]
    for factor in means:
        yield from (f"factor “{shown(word)}”" for word in case.factors if fold(word) in factor["words"])
        yield from (_pathway(one) for one in case.pathways if one in factor["pathways"])
        yield from (one.words for one in case.in_force if one.id in factor["in_force"])


def _in_force(when: Mapping[str, Any], case: Read) -> Iterator[str]:
    return (one.words for one in case.in_force if one.id in when["in_force"])


def _pathway(name: str) -> str:
    return f"pathway {PATHWAY_TITLES[Pathway(name)]}"


_FOUND = {"pathways": _pathways, "factors": _factors, "in_force": _in_force}


class Bound(Protocol):
    """What a rule asks of a worker whom it may bind."""

    @property
    def grade(self) -> str: ...
    @property
    def newly_qualified(self) -> bool: ...
    @property
    def specialisms(self) -> tuple[str, ...]: ...


def binds(rule: Mapping[str, Any], worker: Bound) -> bool:
    """Whether a rule binds a worker: by grade, by being newly qualified, and unless they bring what frees from it."""
    bound = rule["bound"] if "bound" in rule else rule.get("grades") or (worker.grade,)
    if worker.grade not in bound or (rule.get("newly_qualified") and not worker.newly_qualified):
        return False
    excused = rule.get("excused")
    return not excused or {fold(one) for one in worker.specialisms}.isdisjoint(excused)
