"""What every case weighs, kept for fast reading: points under the scheme in force, and when the case goes dormant."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.capacity import share
from domain.errors import BadInput
from domain.scoring import default_item_answers, score_item

if TYPE_CHECKING:
    from storage.packs import PackSet

Row = tuple[Any, ...]
COLUMNS = '"case", scheme, points, assumed, stale, last_on, dormant_from, dormant_points'
# What was called off, or never came about, was no contact.
_HAPPENED = (
    """(details = '{}' OR coalesce(json_extract(details, '$.outcome'), 'held') NOT IN ('cancelled', 'not_done'))"""
)


class _Weighing(NamedTuple):
    """The newest answers to a scheme about a case: as kept, with the points given by hand and the points of its day."""

    answers: str
    uplift: int
    points: int


def case_points(raw: sqlite3.Connection, packs: PackSet, references: Sequence[str]) -> list[Row]:
    """Return the rows of ``case_points`` for those cases: the newest answers under the team's scheme as it is now.

    A case nobody has weighed gets the scheme's own default for its pathways, marked as assumed. Answers that no
    longer fit the scheme keep the points of their day, marked as stale.
    """
    marks = ",".join("?" * len(references))
    weighed = _newest(raw, references)
    query = f'SELECT "case", max("on") FROM event WHERE "case" IN ({marks}) AND {_HAPPENED} GROUP BY "case"'  # noqa: S608
    last = dict(raw.execute(query, references).fetchall())
    query = f"""SELECT c.reference, t.scheme, c.pathways, c.opened FROM cases c JOIN team t ON t.name = c.team
                WHERE c.reference IN ({marks})"""  # noqa: S608
    scale = Scale({name: scheme.item for name, scheme in packs.schemes.items()})
    rows: list[Row] = []
    for reference, scheme, pathways, opened in raw.execute(query, references).fetchall():
        newest = weighed.get((reference, scheme))
        points, stale = _points(scale, scheme, newest, pathways)
        seen = last.get(reference)
        dormant = scale.dormant(scheme, seen or opened, points)
        rows.append((reference, scheme, points, int(newest is None), int(stale), seen, *dormant))
    return rows


def _newest(raw: sqlite3.Connection, references: Sequence[str]) -> dict[tuple[str, str], _Weighing]:
    query = f"""SELECT "case", scheme, answers, uplift, points FROM weighting
                WHERE "case" IN ({",".join("?" * len(references))}) ORDER BY "on", id"""  # noqa: S608
    return {(case, scheme): _Weighing(*given) for case, scheme, *given in raw.execute(query, references)}


def _points(scale: Scale, scheme: str, newest: _Weighing | None, pathways: str) -> tuple[int, bool]:
    """Return a case's points, and whether they are those of another day because its answers fit no longer."""
    if newest is None:
        assumed = scale.assumed(scheme, pathways)
        return assumed or 0, assumed is None and not scale.is_frame(scheme)
    points = scale.points(scheme, newest.answers, newest.uplift)
    return (newest.points, True) if points is None else (points, False)


class Scale:
    """Schemes by id, as ``Scheme.as_item`` gives them; the same answers are worked out once for however many cases."""

    def __init__(self, schemes: Mapping[str, Mapping[str, Any]]) -> None:
        self._schemes = schemes
        self._points: dict[tuple[str, str, int], int | None] = {}
        self._assumed: dict[tuple[str, str], int | None] = {}

    def is_frame(self, scheme: str) -> bool:
        """Whether a scheme is there and has no points yet."""
        return scheme in self._schemes and not self._schemes[scheme].get("factors")

    def points(self, scheme: str, answers: str, uplift: int) -> int | None:
        """Return what answers (JSON, as kept) come to; None when they do not fit the scheme."""
        key = (scheme, answers, uplift)
        if key not in self._points:
            self._points[key] = self._scored(scheme, json.loads(answers), uplift)
        return self._points[key]

    def assumed(self, scheme: str, pathways: str) -> int | None:
        """Return what a case on ``pathways`` (JSON, as kept) is taken to weigh; None when the scheme gives none."""
        key = (scheme, pathways)
        if key not in self._assumed:
            answers = default_item_answers(self._schemes.get(scheme, {}), json.loads(pathways))
            self._assumed[key] = self._scored(scheme, answers, 0)
        return self._assumed[key]

    def _scored(self, scheme: str, answers: Mapping[str, str], uplift: int) -> int | None:
        found = self._schemes.get(scheme)
        try:
            return None if found is None else score_item(found, answers, uplift).points
        except BadInput:
            return None

    def dormant(self, scheme: str, since: str, points: int) -> tuple[str | None, int]:
        """Return from which day a case counts as dormant (None: the scheme knows none), and its points from then on."""
        found = self._schemes.get(scheme, {})
        weeks = found.get("dormant_weeks")
        if not weeks:
            return None, points
        first = date.fromisoformat(since) + timedelta(weeks=weeks)
        return first.isoformat(), share(points, found.get("dormant_percent", 100))


def insert_points(raw: sqlite3.Connection, rows: Iterable[Row]) -> None:
    """Write down rows as ``case_points`` gives them."""
    raw.executemany(f"INSERT INTO case_points ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)  # noqa: S608


def replace_points(raw: sqlite3.Connection, references: Sequence[str], rows: Iterable[Row]) -> None:
    """Write down ``rows`` in place of those of ``references``."""
    raw.execute(f'DELETE FROM case_points WHERE "case" IN ({",".join("?" * len(references))})', references)  # noqa: S608
    insert_points(raw, rows)


def keep_schemes(raw: sqlite3.Connection, packs: PackSet) -> None:
    """Keep every version of a scheme that was ever in force: those written down so far, and those of ``packs``.

    A version whose figures were changed without a new number is kept as it was last.
    """
    raw.execute(
        """INSERT OR REPLACE INTO scheme_kept (id, version, data)
           SELECT id, json_extract(data, '$.version'), data FROM pack_item WHERE kind = 'scheme'"""
    )
    rows = [(s.id, s.version, json.dumps(s.item, sort_keys=True)) for s in packs.schemes.values()]
    raw.executemany("INSERT OR REPLACE INTO scheme_kept (id, version, data) VALUES (?, ?, ?)", rows)
