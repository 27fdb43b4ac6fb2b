"""A supervision agenda: what stands on it, how each thing stands, and in which order. Plain values, no packs.

The order, so that what matters most comes first:

1. the worker's own wellbeing, because it is what is left out when time runs short;
2. what is late: actions, then workload, cases, and the rest;
3. what is new: raised by either, changed since last time, cases never discussed;
4. what falls due, then what is as it should be;
5. the next date; and at the very end what is parked, with its reason.

Within each of these the kinds keep the order of ``KINDS``; within a kind what is furthest behind comes first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

KIND_TITLES = {
    "wellbeing": "Wellbeing",
    "action": "Actions and decisions",
    "item": "Raised",
    "workload": "Workload",
    "change": "Since last time",
    "case": "Cases",
    "reduction": "Reductions",
    "agreement": "Agreement",
    "programme": "Programme",
    "registration": "Registration and training",
    "learning": "Learning",
    "leave": "Leave and time owed",
    "next": "Next date",
}
KINDS = tuple(KIND_TITLES)
LATE, NEW, DUE, OK = "late", "new", "due", "ok"
_STATES = (LATE, NEW, DUE, OK)
SOON = 7  # days before its policy runs out that a case counts as due to be discussed
PARKS = "Talk about this case"  # the words under which a case is parked


class Item(NamedTuple):
    """One thing to talk about. ``subject`` is a case's reference or a worker's staff id.

    ``days_since`` counts from when it was last talked about (a case), set (an action) or raised; ``parked`` says why
    it waits; ``key`` stays the same from one reading to the next.
    """

    kind: str
    subject: str
    title: str
    why: str
    days_since: int | None
    state: str
    parked: str = ""
    key: str = ""
    lines: tuple[str, ...] = ()


class Agenda(NamedTuple):
    """What supervisor and worker have to talk about; ``due`` is the day of the session, or by when it is due."""

    worker: str
    supervisor: str | None
    due: date | None
    last: date | None
    items: tuple[Item, ...]


class Weighed(NamedTuple):
    """An item and how far behind it is, in any unit that its kind shares."""

    item: Item
    behind: int = 0


def in_order(found: Iterable[Weighed]) -> tuple[Item, ...]:
    """Return the items in the order in which they are talked about."""
    return tuple(one.item for one in sorted(found, key=_place))


def _place(one: Weighed) -> tuple[int, int, int, int, str]:
    item = one.item
    return (_part(item), _STATES.index(item.state), KINDS.index(item.kind), -one.behind, item.key)


def _part(item: Item) -> int:
    if item.parked:
        return 3
    return {"wellbeing": 0, "next": 2}.get(item.kind, 1)


class Gap(NamedTuple):
    """How long a case has waited: ``days`` since it was discussed (None: never), ``known`` since it could have been."""

    days: int | None
    known: int


def waited(last: date | None, opened: date, policy: int | None, in_use: date | None, today: date) -> Gap:
    """Return how long a case has waited to be discussed.

    What fell due before the program was ``in_use`` is not counted: the case then has waited since that day.
    """
    days, since = (today - last).days if last else None, max(opened, in_use or opened)
    due_before = last is not None and in_use is not None and (policy or 0) < (in_use - last).days
    return Gap(days, (today - (since if last is None or due_before else last)).days)


def discussion_state(days: int | None, policy: int | None, known: int) -> str:
    """Return how a case stands: ``days`` since it was discussed (None: never), ``known`` how long there was to do so.

    Without a policy for its pathways nothing is late.
    """
    if policy is None:
        return NEW if days is None else OK
    if days is None:
        return LATE if known > policy else NEW
    return LATE if days > policy else DUE if days > policy - SOON else OK


def policy_days(intervals: Iterable[Mapping[str, Any]], pathways: Collection[str]) -> int | None:
    """Return within how many days the packs ask for a case on ``pathways`` to be discussed: the shortest that fits.

    An interval for every case counts only where none names a pathway of this one.
    """
    active = [one for one in intervals if one.get("active", True)]
    named = [one["days"] for one in active if set(one.get("pathways") or ()) & set(pathways)]
    return min(named or [one["days"] for one in active if not one.get("pathways")], default=None)


def since_words(days: int | None, policy: int | None) -> str:
    """Say how long ago a case was discussed, and what the policy asks for."""
    said = "never discussed" if days is None else "discussed today" if days == 0 else f"{_days(days)} since discussed"
    return said if policy is None else f"{said}, policy {_days(policy)}"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
