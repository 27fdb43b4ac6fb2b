"""Actions followed through: how one stands, and what makes it stale. Thresholds and words here are our own.

Plain values and no packs, so that lists of actions open as fast as any other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from difflib import SequenceMatcher
from typing import NamedTuple

from domain.core.dates import show_day

CARRIED = "Carried forward"  # why an action was dropped whose place a later one took
TOO_OFTEN = 2  # carried forward this many times or more
ALIKE = 80  # percent of the words, in order, that two actions share before one counts as the other again
FEWEST_TO_COMPARE = 3  # words; anything shorter is alike by accident
SHORT = 3  # words or fewer say something only with a verb among them
LONG_ENOUGH = 8  # words or more say more than their vague first word
SOON = timedelta(days=7)

# What an action begins with when nobody could tell whether it was done.
VAGUE = frozenset({
    "monitor", "monitoring", "continue", "continuing", "ongoing", "discuss", "consider", "explore", "maintain", "keep",
    "liaise", "support", "progress", "remain", "oversee", "tbc",
})  # fmt: skip
# What people do, for short actions: without one of these they name a thing and not what is to be done about it.
VERBS = frozenset({
    "agree", "allocate", "apply", "arrange", "ask", "attend", "book", "bring", "call", "cancel", "chase", "check",
    "close", "collect", "complete", "contact", "draft", "email", "end", "file", "find", "finish", "fix", "get", "give",
    "hold", "invite", "issue", "make", "meet", "move", "open", "order", "pay", "phone", "plan", "prepare", "print",
    "read", "record", "refer", "register", "renew", "request", "return", "review", "ring", "scan", "see", "send", "set",
    "share", "show", "sign", "speak", "start", "submit", "take", "talk", "tell", "transfer", "update", "upload",
    "visit", "weigh", "write",
})  # fmt: skip
_WORDS = re.compile(r"\w+(?:['’]\w+)*")

UNDATED, OVERDUE, CARRIED_ON, COPIED, UNCLEAR = "undated", "overdue", "carried", "copied", "vague"
STALE_TITLES = {
    UNDATED: "no date",
    OVERDUE: "overdue",
    CARRIED_ON: "carried",
    COPIED: "copied",
    UNCLEAR: "vague",
}
LATE, WEEK, LATER, DONE, DROPPED, MOVED = "late", "week", "later", "done", "dropped", "carried"


class Stale(NamedTuple):
    """Why an action is stale: a key of ``STALE_TITLES``, and in words."""

    kind: str
    words: str


class ActionFacts(NamedTuple):
    """What the finder needs to know of an open action; ``earlier`` are actions set before, as (day, wording)."""

    what: str
    due: date | None
    carried: int
    earlier: Sequence[tuple[date, str]] = ()


def state(due: date | None, done: date | None, dropped: date | None, today: date, why: str = "") -> str:
    """Return how an action stands; one without a date is late, since nothing says when it would be."""
    if done is not None:
        return DONE
    if dropped is not None:
        return MOVED if why.startswith(CARRIED) else DROPPED
    if due is None or due < today:
        return LATE
    return WEEK if due < today + SOON else LATER


def stale(told: ActionFacts, today: date) -> tuple[Stale, ...]:
    """Return every reason for which an open action is stale, the plainest first; empty when there is none."""
    found = (_undated(told), _overdue(told, today), _carried(told), _copied(told), _vague(told))
    return tuple(one for one in found if one is not None)


def _undated(told: ActionFacts) -> Stale | None:
    return Stale(UNDATED, "nothing says by when") if told.due is None else None


def _overdue(told: ActionFacts, today: date) -> Stale | None:
    if told.due is None or told.due >= today:
        return None
    days = (today - told.due).days
    return Stale(OVERDUE, f"{days} {'day' if days == 1 else 'days'} overdue")


def _carried(told: ActionFacts) -> Stale | None:
    return Stale(CARRIED_ON, f"carried forward {told.carried} times") if told.carried >= TOO_OFTEN else None


def _copied(told: ActionFacts) -> Stale | None:
    same = max((day for day, words in told.earlier if alike(words, told.what) >= ALIKE), default=None)
    return None if same is None else Stale(COPIED, f"nearly the same words as on {show_day(same)}")


def _vague(told: ActionFacts) -> Stale | None:
    words = _split(told.what)
    if not words:
        return Stale(UNCLEAR, "says nothing that could be done")
    if words[0] in VAGUE and len(words) < LONG_ENOUGH:
        return Stale(UNCLEAR, f"“{words[0]}” cannot be seen to be done: say what is different then")
    if len(words) <= SHORT and not VERBS.intersection(words):
        return Stale(UNCLEAR, "names a thing, not what is done about it")
    return None


def alike(one: str, other: str) -> int:
    """Return how alike two wordings are, in percent of their words in order; 0 where one is too short to tell."""
    first, second = _split(one), _split(other)
    there = set(first)
    shared = sum(word in there for word in second)
    # Never fewer than the words that match in order: where even these are too few there is no need to look closer.
    if min(len(first), len(second)) < FEWEST_TO_COMPARE or 200 * shared < ALIKE * (len(first) + len(second)):
        return 0
    return round(100 * SequenceMatcher(None, first, second, autojunk=False).ratio())


def _split(text: str) -> list[str]:
    return [found.group().casefold() for found in _WORDS.finditer(text)]
