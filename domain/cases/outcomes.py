"""What became of a meeting or visit that was planned: which kinds of event have an outcome, and how one is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from domain.core.enums import Outcome

_MEETINGS = ("_held", "_visit", "_check", "_checked", "_contact", "_reviewed")
_OUTCOMES = frozenset(Outcome)


def takes_outcome(kind: str, details: Iterable[str] = ()) -> bool:
    """Whether a kind of event is a meeting or visit that may be called off; ``details`` are the names it has itself.

    A kind with an "outcome" of its own (what an assessment came to) keeps that meaning of the word.
    """
    return kind.endswith(_MEETINGS) and "outcome" not in details


def outcome_of(details: Mapping[str, Any]) -> Outcome:
    """Return what became of an event: held where nothing else, or something of the kind's own, is said."""
    said = details.get("outcome")
    return Outcome(said) if isinstance(said, str) and said in _OUTCOMES else Outcome.HELD
