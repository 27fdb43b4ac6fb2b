"""What an act did, in words, with the due dates that followed from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from domain.core.dates import show_day
from storage.due import due_list

if TYPE_CHECKING:
    from storage.due.due_list import DueLine
    from storage.records.derivation import Followed
    from storage.records.unit import Unit

_NAMED = 2  # dates that are named; of more, their number


class DoneText(NamedTuple):
    """What was done, in words, and on what day; the dates it made, and the ids of those that are over with it.

    ``held`` is false where what was recorded is that a thing did not take place.
    """

    words: str
    on: date
    made: Sequence[DueLine] = ()
    over: frozenset[str] = frozenset()
    held: bool = True

    def next_of(self, series: str) -> DueLine | None:
        """Return the new date of one series."""
        return next((line for line in self.made if line.series == series), None)


def with_dates(unit: Unit, words: str, on: date, subject: str, followed: Followed, *, held: bool = True) -> DoneText:
    """Return what was done to ``subject``, with the dates that followed named."""
    made = [line for line in _lines(unit, followed.made) if line.subject == subject]
    dated = [f"{small(one.title)} by {show_day(one.legal_due, unit.today)}" for one in made if one.legal_due]
    more = f" and {len(dated) - _NAMED} more" if len(dated) > _NAMED else ""
    follows = f" Now due: {'; '.join(dated[:_NAMED])}{more}." if dated else ""
    return DoneText(words + follows, on, made, followed.over, held)


def with_moved_date(unit: Unit, words: str, line: DueLine, followed: Followed) -> str:
    """Return what was done, with the day on which ``line`` is due now where that has moved."""
    moved = next((one for one in _lines(unit, followed.moved & {line.id}) if one.legal_due), None)
    return f"{words} Now due {show_day(moved.legal_due, unit.today)}." if moved and moved.legal_due else words


def _lines(unit: Unit, ids: frozenset[str]) -> list[DueLine]:
    return list(due_list.due(unit.reader, today=unit.today, ids=sorted(ids))) if ids else []


def small(title: str) -> str:
    """Return a title as it stands inside a sentence: its first letter small, unless it is an abbreviation."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]
