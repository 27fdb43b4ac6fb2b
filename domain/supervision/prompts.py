"""What is worth a second look before a record is agreed. A nudge never stands in the way, and never judges."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

WORDS = re.compile(r"\w+(?:['’]\w+)*")
TOGETHER = 3  # words that are held against last time's in a row
FEWEST = 8  # a text of fewer words says the same again without having been copied


class Nudge(NamedTuple):
    """Something to look at again: on which case or topic, of which kind, in words."""

    about: str
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Answered:
    """What was said and settled about one case, or on one topic (``case`` False).

    ``answers`` are this time's by field, ``last`` those of last time; ``voice`` names the fields for the person's own
    experience, ``standing`` those that are brought forward by design. ``reasons`` are those of the decisions taken,
    ``days`` every day by which something is to be followed up or done.
    """

    about: str
    case: bool = True
    pathways: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)
    last: Mapping[str, str] = field(default_factory=dict)
    voice: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    days: tuple[date, ...] = ()


Rules = Iterable[Mapping[str, Any]]


def nudges(told: Answered, rules: Rules) -> list[Nudge]:
    """Return what the packs' nudges find in what was said."""
    active = [rule for rule in rules if rule.get("active", True)]
    found: list[Nudge] = []
    for kind in dict.fromkeys(rule["kind"] for rule in active):
        look = _LOOKS.get(kind)
        if look is not None and (told.case or kind == "copied"):
            fitting = [rule for rule in active if rule["kind"] == kind and _fits(rule, told)]
            words = look(told, fitting) if fitting else ""
            if words:
                found.append(Nudge(told.about, kind, words))
    return found


def _fits(rule: Mapping[str, Any], told: Answered) -> bool:
    wanted = rule.get("pathways") or ()
    return not wanted or bool(set(wanted) & set(told.pathways))


def _no_decision(told: Answered, _: Sequence[Mapping[str, Any]]) -> str:
    return "" if told.reasons else "no decision is recorded"


def _no_rationale(told: Answered, _: Sequence[Mapping[str, Any]]) -> str:
    without = sum(not reason.strip() for reason in told.reasons)
    return (
        "" if not without else "a decision says no because" if without == 1 else f"{without} decisions say no because"
    )


def _no_date(told: Answered, _: Sequence[Mapping[str, Any]]) -> str:
    return "" if told.days else "nothing says by when: no follow-up day and no action with a day"


def _no_experience(told: Answered, _: Sequence[Mapping[str, Any]]) -> str:
    if not told.voice or any(told.answers.get(name, "").strip() for name in told.voice):
        return ""
    return "nothing says what life is like for the person"


def _copied(told: Answered, rules: Sequence[Mapping[str, Any]]) -> str:
    most = min(int(rule["percent"]) for rule in rules)
    same = [
        told.titles.get(name, name.replace("_", " "))
        for name, text in told.answers.items()
        if name not in told.standing and alike(text, told.last.get(name, "")) >= most
    ]
    return f"nearly the same words as last time: {', '.join(same)}" if same else ""


def _too_short(told: Answered, rules: Sequence[Mapping[str, Any]]) -> str:
    fewest = max(int(rule["words"]) for rule in rules)
    said = sum(count_words(text) for text in told.answers.values())
    if said >= fewest:
        return ""
    at_risk = any(rule.get("pathways") and int(rule["words"]) == fewest for rule in rules)
    return f"{said} words{' for this risk' if at_risk else ''}; at least {fewest} are usual"


_LOOKS = {
    "no_decision": _no_decision,
    "no_rationale": _no_rationale,
    "no_date": _no_date,
    "no_experience": _no_experience,
    "copied": _copied,
    "too_short": _too_short,
}


def count_words(text: str) -> int:
    """Return how many words a text has."""
    return sum(1 for _ in WORDS.finditer(text))


def alike(text: str, last: str) -> int:
    """Return which percentage of a text stood there last time, by runs of words; 0 for a text too short to tell."""
    now, then = _runs(text), _runs(last)
    return 100 * len(now & then) // len(now) if now and then else 0


def _runs(text: str) -> set[tuple[str, ...]]:
    words = [found.group().casefold() for found in WORDS.finditer(text)]
    if len(words) < FEWEST:
        return set()
    return set(zip(*(words[n:] for n in range(TOGETHER)), strict=False))
