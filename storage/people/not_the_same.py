"""The kind of record that says that two cases, or two workers, which look like one are two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.core.dates import show_day
from domain.core.errors import BadInput
from domain.people.not_the_same import PAIRS, NotTheSame, NotTheSameFields
from storage.records.checking import not_ahead, there
from storage.tables import NotTheSameRow

if TYPE_CHECKING:
    from storage.records.unit import Unit
    from storage.rules.pack_set import PackSet


def of_not_the_same(unit: Unit, fields: NotTheSameFields, before: NotTheSame | None) -> None:
    """Refuse a case or worker there is not, a day to come, and what was said of the two already."""
    for name in PAIRS[fields.of]:
        there(unit, unit.kinds.named(fields.of).record, getattr(fields, name), name)
    not_ahead(fields.on, unit.today, "on")
    for other in unit.all(NotTheSame, getattr(NotTheSameRow, PAIRS[fields.of][0]).in_(fields.pair)):
        if other.pair == fields.pair and (before is None or other.id != before.id):
            one, two = sorted(fields.pair)
            raise BadInput(
                f"That {one} and {two} are two was said on {show_day(other.on)} already.", field=PAIRS[fields.of][1]
            )


def in_words(kept: NotTheSame, _packs: PackSet) -> str:
    """Say what a record says, by its keys."""
    one, other = (getattr(kept, name) for name in PAIRS[kept.of])
    return f"the note that {kept.of}s {one} and {other} are two"
