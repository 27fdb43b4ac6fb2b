"""The act of saying that two cases, or two workers, which look like one are two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.people.not_the_same import PAIRS, NotTheSame, NotTheSameFields
from storage.records import acts, by_hand
from storage.records.unit import Done

if TYPE_CHECKING:
    from storage.records.unit import Unit


def say_two(unit: Unit, kind: str, one: str, other: str, reason: str) -> Done[NotTheSame]:
    """Note that ``one`` and ``other`` are two and how that is known: from then on they are told as alike no more.

    Raises BadInput where they are the same, where that was said already, and where no reason is given.
    """
    of = unit.kinds.named(kind)
    keys = [getattr(by_hand.find(unit, of, key), of.key) for key in (one, other)]
    given = {**dict(zip(PAIRS[kind], keys, strict=True)), "reason": reason, "on": unit.today}
    return acts.record(unit, unit.kinds.of(NotTheSameFields).read(given))
