"""What every case weighs, kept for fast reading: points under the scheme in force, and when the case goes dormant."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from domain.core.errors import BadInput
from domain.load.capacity import share
from domain.load.scoring import default_item_answers, score_item
from storage.database.connection import Connection
from storage.database.fragments import FURTHER
from storage.due.subjects import chunks
from storage.records.derivation import Followed

if TYPE_CHECKING:
    from storage.records.derivation import Progress, Touched
    from storage.rules.pack_set import PackSet

# What was called off, or never came about, was no contact.
_HAPPENED = (
    """(details = '{}' OR coalesce(json_extract(details, '$.outcome'), 'held') NOT IN ('cancelled', 'not_done'))"""
)


class CasePoints(NamedTuple):
    """A row of the table of what cases weigh: points in hundredths, ``assumed`` while nobody has weighed the case.

    ``stale`` where its answers no longer fit the scheme in force; from ``dormant_from`` on it counts
    ``dormant_points``.
    """

    case: str
    scheme: str
    points: int
    assumed: int
    stale: int
    last_on: str | None
    dormant_from: str | None
    dormant_points: int


_COLUMNS = ", ".join(f'"{name}"' for name in CasePoints._fields)


class Points:
    """Keeps the table of what cases weigh in step with the records."""

    def refresh(self, conn: Connection, packs: PackSet, touched: Touched) -> Followed:
        """Weigh afresh the cases that were touched, and all cases of the teams that were."""
        cases = list(touched.get("cases", ()))
        for groups in chunks(touched.get("siblings", ())):
            query = "SELECT reference FROM cases WHERE sibling_group IN :groups AND sibling_group <> ''"
            cases += conn.values(query, groups=groups)
        if teams := touched.get("teams"):
            cases += conn.values("SELECT reference FROM cases WHERE team IN :teams", teams=teams)
        for some in chunks(list(dict.fromkeys(cases))):
            conn.change('DELETE FROM case_points WHERE "case" IN :cases', cases=some)
            _insert(conn, case_points(conn, packs, some))
        return Followed()

    def rebuild(self, conn: Connection, packs: PackSet, progress: Progress | None = None) -> None:
        """Weigh everything afresh."""
        conn.change("DELETE FROM case_points")
        for some in chunks(conn.values("SELECT reference FROM cases ORDER BY id")):
            _insert(conn, case_points(conn, packs, some))

    def differences(self, conn: Connection, packs: PackSet) -> list[str]:
        """Return the cases that a rebuild would weigh differently, in words."""
        found = []
        for some in chunks(conn.values("SELECT reference FROM cases ORDER BY id")):
            rows = conn.all(CasePoints, f'SELECT {_COLUMNS} FROM case_points WHERE "case" IN :cases', cases=some)  # noqa: S608
            found += [f"{row.case} points" for row in set(rows) ^ set(case_points(conn, packs, some))]
        return found


def _insert(conn: Connection, rows: Iterable[CasePoints]) -> None:
    conn.insert("case_points", CasePoints._fields, rows)


class _Weighing(NamedTuple):
    """The newest answers to a scheme about a case: as kept, with the points given by hand and the points of its day."""

    case: str
    scheme: str
    answers: str
    uplift: int
    points: int


class _Case(NamedTuple):
    reference: str
    scheme: str
    pathways: str
    opened: str
    further: bool


def case_points(conn: Connection, packs: PackSet, references: Sequence[str]) -> list[CasePoints]:
    """Return what those cases weigh: the newest answers under the team's scheme as it is now.

    A case nobody has weighed gets the scheme's own default for its pathways, marked as assumed. Answers that no
    longer fit the scheme keep the points of their day, marked as stale.
    """
    query = 'SELECT "case", scheme, answers, uplift, points FROM weighting WHERE "case" IN :cases ORDER BY "on", id'
    newest = {(one.case, one.scheme): one for one in conn.all(_Weighing, query, cases=references)}
    query = f'SELECT "case", max("on") FROM event WHERE "case" IN :cases AND {_HAPPENED} GROUP BY "case"'  # noqa: S608
    last: dict[str, str] = conn.lookup(query, cases=references)
    query = f"""SELECT c.reference, t.scheme, c.pathways, c.opened, {FURTHER} AS further
               FROM cases c JOIN team t ON t.name = c.team WHERE c.reference IN :cases"""  # noqa: S608
    scale = Scale({name: scheme.item for name, scheme in packs.schemes.items()})
    cases = conn.all(_Case, query, cases=references)
    return [_row(one, newest.get((one.reference, one.scheme)), last.get(one.reference), scale) for one in cases]


def _row(case: _Case, weighing: _Weighing | None, seen: str | None, scale: Scale) -> CasePoints:
    points, stale = _points(scale, case, weighing)
    dormant_from, dormant_points = scale.dormant(case.scheme, seen or case.opened, points)
    return CasePoints(
        case=case.reference,
        scheme=case.scheme,
        points=points,
        assumed=int(weighing is None),
        stale=int(stale),
        last_on=seen,
        dormant_from=dormant_from,
        dormant_points=dormant_points,
    )


def _points(scale: Scale, case: _Case, newest: _Weighing | None) -> tuple[int, bool]:
    """Return a case's points, and whether they are those of another day because its answers fit no longer."""
    if newest is None:
        assumed = scale.assumed(case.scheme, case.pathways, further=case.further)
        return assumed or 0, assumed is None and not scale.is_frame(case.scheme)
    points = scale.points(case.scheme, newest.answers, newest.uplift)
    return (newest.points, True) if points is None else (points, False)


class Scale:
    """Schemes by id, as ``Scheme.as_item`` gives them; the same answers are worked out once for however many cases."""

    def __init__(self, schemes: Mapping[str, Mapping[str, Any]]) -> None:
        self._schemes = schemes
        self._points: dict[tuple[str, str, int], int | None] = {}
        self._assumed: dict[tuple[str, str, bool], int | None] = {}

    def is_frame(self, scheme: str) -> bool:
        """Whether a scheme is there and has no points yet."""
        return scheme in self._schemes and not self._schemes[scheme].get("factors")

    def points(self, scheme: str, answers: str, uplift: int) -> int | None:
        """Return what answers (JSON, as kept) come to; None when they do not fit the scheme."""
        key = (scheme, answers, uplift)
        if key not in self._points:
            self._points[key] = self._scored(scheme, json.loads(answers), uplift)
        return self._points[key]

    def assumed(self, scheme: str, pathways: str, *, further: bool = False) -> int | None:
        """Return what a case on ``pathways`` (JSON, as kept) is taken to weigh; None when the scheme gives none.

        ``further``: a brother or sister of a child counted already.
        """
        key = (scheme, pathways, further)
        if key not in self._assumed:
            answers = default_item_answers(self._schemes.get(scheme, {}), json.loads(pathways), further=further)
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


class _Kept(NamedTuple):
    id: str
    version: str
    data: str


def keep_schemes(conn: Connection, packs: PackSet) -> None:
    """Keep every version of a scheme that was ever in force: those written down so far, and those of ``packs``.

    A version whose figures were changed without a new number is kept as it was last.
    """
    query = "SELECT id, json_extract(data, '$.version') AS version, data FROM pack_item WHERE kind = 'scheme'"
    now = [_Kept(s.id, s.version, json.dumps(s.item, sort_keys=True)) for s in packs.schemes.values()]
    for scheme in (*conn.all(_Kept, query), *now):
        conn.put("scheme_kept", ("id", "version"), scheme._asdict())
