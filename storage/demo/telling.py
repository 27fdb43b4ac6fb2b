"""When each record of the demonstration was written down: week by week, as it happened, and not all on one day.

So its change log reads like that of a team, and can be looked at as it was on an earlier day (`--as-of`). What all
teams wrote down in a week comes before what any wrote down in the next; meanwhile it waits in files, so that nothing
larger than a week of a team is held in memory.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import suppress
from datetime import date, timedelta
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple, Self

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]

_DAYS = ("held_on", "on", "set_on", "raised_on", "decided_on", "opened", "starts", "granted")  # the first given counts
_REFERS = ("case", "session", "programme")
_AT_FIRST = frozenset(("team", "worker"))  # what everything else names


_ENDS = frozenset(  # days that nobody knew before they came
    (
        "closed", "ended_on", "recorded_on", "agreed_worker", "agreed_supervisor", "signed_worker", "signed_supervisor",
        "done_on", "dropped_on", "followed_on", "closed_on",
    )
)  # fmt: skip
_BESIDE = {"closed": ("close_reason",)}  # what was said along with a day; of others, by whom

Numbered = tuple[int, Row]
ByKind = dict[str, list[Numbered]]


class DayRecords(NamedTuple):
    """What was written down on one day, by kind: new records with their numbers, and what was changed in earlier ones.

    A change holds the whole record as it is from then on.
    """

    on: date
    new: ByKind
    changed: ByKind


class Weeks:
    """What was written down, week by week: teams are added one after another, then all of it is read once."""

    def __init__(self, today: date, weeks: int) -> None:
        self._today, self._weeks = today, weeks
        self._files: dict[date, IO[bytes]] = {}
        self._added: Counter[str] = Counter()
        self.read: Counter[str] = Counter()  # how many records of each kind were read so far

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files.values():
            file.close()

    def add(self, rows: Rows) -> None:
        """Add what one team has, kind by kind; its records get the numbers that follow those added before."""
        first = {kind: self._added[kind] + 1 for kind in rows}
        self._added.update({kind: len(records) for kind, records in rows.items()})
        for told in _told(rows, first, self._today, self._weeks):
            if told.on not in self._files:
                self._files[told.on] = TemporaryFile()  # noqa: SIM115 - closed on leaving
            pickle.dump(told, self._files[told.on])

    def __iter__(self) -> Iterator[DayRecords]:
        for _, file in sorted(self._files.items()):
            file.seek(0)
            with suppress(EOFError):
                while True:
                    told: DayRecords = pickle.load(file)  # noqa: S301 - written above, in a file without a name
                    self.read.update({kind: len(new) for kind, new in told.new.items()})
                    yield told


def _told(rows: Rows, first: Mapping[str, int], today: date, weeks: int) -> Iterator[DayRecords]:
    """Yield the records as they were written down: those of the last ``weeks`` by the week, earlier ones at once.

    ``first`` is the number of the first record of each kind: numbers go by the order of ``rows``. What is of a day to
    come was written down today.
    """
    ends = _ends(today, weeks)
    written: dict[tuple[str, object], int] = {}  # in which week what is referred to was written down
    weekly = {end: DayRecords(end, {}, {}) for end in ends}
    for kind, records in rows.items():
        for number, row in enumerate(records, first[kind]):
            week = 0 if kind in _AT_FIRST else _week(row, ends)
            week = max([week, *(written.get((name, row.get(name)), 0) for name in _REFERS)])
            written[kind, row.get("reference", number)] = week
            unknown = {*_ENDS, "ends"} if kind == "allocation" else _ENDS
            known, *later = _as_known(row, ends[week:], unknown)
            weekly[ends[week]].new.setdefault(kind, []).append((number, known[1]))
            for end, then in later:
                weekly[end].changed.setdefault(kind, []).append((number, then))
    yield from (one for one in weekly.values() if one.new or one.changed)


def _as_known(row: Row, ends: Sequence[date], names: Set[str]) -> Iterator[tuple[date, Row]]:
    """Yield a record as it was first written down, and whenever something that came later was added: how it ended."""
    days = {name: day for name in names if isinstance(day := row.get(name), date)}
    later = {name: day for name, day in days.items() if ends[0] < day <= ends[-1]}
    left_out = {name: {name, f"{name}_by", *_BESIDE.get(name, ())} for name in later}
    for end in ends:
        if end == ends[0] or any(_end_of(day, ends) == end for day in later.values()):
            unknown = {one for name, day in later.items() if day > end for one in left_out[name]}
            yield end, {name: value for name, value in row.items() if name not in unknown}


def _end_of(day: date, ends: Sequence[date]) -> date:
    return next(end for end in ends if day <= end)


def _ends(today: date, weeks: int) -> list[date]:
    """Return the Fridays on which it was written down, and today, which is the last."""
    friday = today - timedelta(days=(today.weekday() - 4) % 7 or 7)
    return [*(friday - timedelta(weeks=back) for back in range(weeks, -1, -1)), today]


def _week(row: Row, ends: Sequence[date]) -> int:
    day = next((row[name] for name in _DAYS if row.get(name) is not None), None)
    if not isinstance(day, date):
        return 0
    return next((week for week, end in enumerate(ends) if day <= end), len(ends) - 1)
