"""How long a record took: from session to record, and from record to everybody's agreement."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from domain.core.text import plural
from storage.database.connection import Connection
from storage.rules.kept_packs import Packs
from storage.supervision.session.record_parts import Material

if TYPE_CHECKING:
    from storage.rules.pack_set import PackSet

RULES = {"sup_record_case": "case decisions", "sup_record_personal": "personal record"}


class Limit(NamedTuple):
    """By when a pack wants a record; ``due`` is None where the council has set no time."""

    words: str
    due: date | None
    active: bool


class Clock(NamedTuple):
    """One stretch: ``days`` so far or in all, and whether it has ended."""

    title: str
    days: int | None
    ended: bool
    limits: tuple[Limit, ...] = ()
    late: bool = False

    @property
    def words(self) -> str:
        """The stretch in words."""
        if self.days is None:
            return f"{self.title}: {'recorded elsewhere' if self.ended else 'not begun'}"
        said = "the same day" if self.ended and not self.days else plural(self.days, "day")
        return f"{'● ' if self.late else ''}{self.title}: {said}{' late' if self.late else ''}" + (
            "" if self.ended else " so far"
        )


def switched_on(conn: Connection) -> bool:
    """Return whether a pack in force sets a time for records, so that the packs need reading at all."""
    known = Packs(conn)
    return any(known.get("rule", name).get("active") for name in RULES)


def clocks(material: Material, today: date, packs: PackSet | None = None) -> tuple[Clock, Clock]:
    """Return both stretches of a session's record, with ``packs`` together with the limits that they set."""
    card = material.card
    if card.elsewhere and card.recorded_on is None:
        return Clock("Session to record", None, ended=True), Clock("Record to agreement", None, ended=True)
    limits = tuple(_limits(card.held_on, packs)) if packs is not None and card.held_on else ()
    ends = card.recorded_on or today
    late = any(limit.active and limit.due is not None and ends > limit.due for limit in limits)
    first = Clock("Session to record", _days(card.held_on, ends), card.recorded_on is not None, limits, late)
    days = material.signatures.values()
    agreed = max((day for day in days if day), default=None) if all(days) else None
    second = Clock("Record to agreement", _days(card.recorded_on, agreed or today), agreed is not None)
    return first, second


def _days(start: date | None, end: date) -> int | None:
    return max((end - start).days, 0) if start is not None else None


def _limits(held: date, packs: PackSet) -> list[Limit]:
    found = []
    for name, title in RULES.items():
        rule = packs.rulebook.all_rules.get(name)
        if rule is None:
            continue
        length = rule.first or rule.every
        if length is None or length.unset:
            found.append(Limit(f"{title}: no time is set", None, rule.active))
        else:
            off = "" if rule.active else " (not switched on)"
            due = length.reach(held, packs.calendar(rule.nation))
            found.append(Limit(f"{title} within {length.words}{off}", due, rule.active))
    return found
