"""The history of points: every weighing of a case, under any version of its scheme, and points inflation."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.core.errors import BadInput, NotFound
from domain.core.hundredths import half_up
from domain.load.scoring import Score, ScoreLine, score_item
from storage.database.connection import Connection
from storage.load.case_points import Scale
from storage.load.load_lines import kept_scheme
from storage.rules.kept_packs import Packs

ALL = ""  # the line of all pathways together


class Weighed(NamedTuple):
    """A weighing of a case as it was given, and what the same answers come to under another version of the scheme.

    Points in hundredths. ``lines`` are those of its own version (empty where that is no longer known);
    ``points_under`` is None where the answers do not fit, and ``misfit`` then says why.
    """

    id: int
    on: date
    by: str
    scheme: str
    version: str
    points: int
    why: str
    uplift: int
    uplift_reason: str
    agreed_worker: date | None
    agreed_supervisor: date | None
    note: str
    answers: Mapping[str, str]
    lines: Sequence[ScoreLine] = ()
    under: str = ""
    points_under: int | None = None
    lines_under: Sequence[ScoreLine] = ()
    misfit: str = ""


_WEIGHINGS = """
SELECT id, "on", changed_by AS "by", scheme, scheme_version AS version, points, why, uplift, uplift_reason,
  agreed_worker, agreed_supervisor, note, answers
FROM weighting WHERE "case" = :case ORDER BY "on" DESC, id DESC
"""


def case_history(conn: Connection, reference: str, under: str | None = None) -> list[Weighed]:
    """Return every weighing of a case, newest first, each also under the version ``under`` (None: the one in force).

    Raises NotFound naming the versions there are when none of its schemes ever had that one.
    """
    weighings = conn.all(Weighed, _WEIGHINGS, case=reference)
    schemes = dict.fromkeys(one.scheme for one in weighings) if under is not None else ()
    kept = {scheme: versions(conn, scheme) for scheme in schemes}
    if kept and not any(under in known for known in kept.values()):
        words = "; ".join(f"{scheme}: {', '.join(known) or 'none'}" for scheme, known in kept.items())
        raise NotFound(f"There is no version {under!r} of its scheme.", field="under", hint=f"Versions kept: {words}.")
    packs = Packs(conn)
    return [_compared(conn, one, packs, under) for one in weighings]


def versions(conn: Connection, scheme: str) -> list[str]:
    """Return every version of a scheme that was ever in force here, in order of its number."""
    found: list[str] = conn.values("SELECT version FROM scheme_kept WHERE id = :scheme", scheme=scheme)
    return sorted(found, key=_by_number)


def _by_number(version: str) -> list[str | int]:
    """Return what puts version 10 behind version 2: words and numbers in turn."""
    return [int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", version)]


def _compared(conn: Connection, one: Weighed, packs: Packs, under: str | None) -> Weighed:
    """Return a weighing with its lines, and with what its answers come to under the other version."""
    own, _ = _scored(kept_scheme(conn, one.scheme, one.version), one.answers, one.uplift)
    other = packs.get("scheme", one.scheme) if under is None else kept_scheme(conn, one.scheme, under)
    score, misfit = _scored(other, one.answers, one.uplift)
    return one._replace(
        lines=own.lines if own else (),
        under=str((other or {}).get("version", under or "")),
        points_under=score.points if score else None,
        lines_under=score.lines if score else (),
        misfit=misfit,
    )


def _scored(scheme: Mapping[str, Any] | None, answers: Mapping[str, str], uplift: int) -> tuple[Score | None, str]:
    if not scheme:
        return None, "this version of the scheme is not there"
    try:
        return score_item(scheme, answers, uplift), ""
    except BadInput as refusal:
        return None, refusal.within_words.rstrip(".")


# inflation -------------------------------------------------------------------------------------------------------


class Mean(NamedTuple):
    """What the weighed cases of a month came to: how many stood at its end (or stand today), and their points."""

    month: date
    cases: int
    points: int

    @property
    def mean(self) -> int | None:
        """The mean, in hundredths of a point; None without a case."""
        return half_up(self.points, self.cases) if self.cases else None


class Inflation(NamedTuple):
    """One leading pathway (``ALL``: all together), month by month, oldest first."""

    pathway: str
    months: Sequence[Mean]

    @property
    def change(self) -> int | None:
        """How much the mean moved between the first month with a case and the last, in hundredths."""
        means = [month.mean for month in self.months if month.mean is not None]
        return means[-1] - means[0] if len(means) > 1 else None


class _Case(NamedTuple):
    """A case with the days on which it was weighed, and the points of each; days as kept."""

    pathway: str
    opened: str
    closed: str | None
    days: list[str]
    points: list[int | None]

    def on(self, day: str) -> int | None:
        """Return what the case weighed on ``day``; None when not open, not weighed, or its answers do not fit."""
        if day < self.opened or (self.closed is not None and self.closed <= day):
            return None
        place = bisect_right(self.days, day)
        return self.points[place - 1] if place else None


def inflation(conn: Connection, team: str | None, today: date, months: int = 12) -> list[Inflation]:
    """Return the mean points of weighed cases by leading pathway and month, the heaviest first, all together last.

    Answers of any day are counted under the scheme in force, so that what moves is how cases are scored and not the
    scheme; cases nobody has weighed, and answers that no longer fit, are left out. Pathways are those of today.
    """
    cases = _cases(conn, team)
    ends = month_ends(today, months)
    found: dict[str, list[Mean]] = defaultdict(list)
    pathways = sorted({case.pathway for case in cases})
    for end in ends:
        sums = _sums(cases, end.isoformat())
        for pathway in (*pathways, ALL):
            found[pathway].append(Mean(end.replace(day=1), *sums.get(pathway, (0, 0))))
    lines = [Inflation(pathway, found[pathway]) for pathway in pathways]
    told = [line for line in lines if any(month.cases for month in line.months)]
    told.sort(key=lambda line: (-(line.months[-1].mean or 0), line.pathway))
    return [*told, Inflation(ALL, found[ALL])] if told else []


def month_ends(today: date, months: int) -> list[date]:
    """Return the last days of the months before the present one, oldest first, and today for the present one."""
    ends = [today]
    while len(ends) < months:
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    return ends[::-1]


def _sums(cases: Iterable[_Case], day: str) -> dict[str, tuple[int, int]]:
    sums: dict[str, tuple[int, int]] = {}
    for case in cases:
        points = case.on(day)
        if points is not None:
            for name in (case.pathway, ALL):
                count, total = sums.get(name, (0, 0))
                sums[name] = count + 1, total + points
    return sums


_CASES = """
SELECT c.reference, json_extract(c.pathways, '$[0]') AS pathway, c.opened, c.closed, w."on", w.scheme, w.answers,
  w.uplift
FROM cases c JOIN team t ON t.name = c.team
JOIN weighting w ON w."case" = c.reference AND w.scheme = t.scheme
WHERE (:team IS NULL OR c.team = :team) ORDER BY c.id, w."on", w.id
"""


class _Weighing(NamedTuple):
    """A weighing with its case; days and answers as kept."""

    reference: str
    pathway: str
    opened: str
    closed: str | None
    on: str
    scheme: str
    answers: str
    uplift: int


def _cases(conn: Connection, team: str | None) -> list[_Case]:
    scale = Scale(Packs(conn).all("scheme"))
    found: dict[str, _Case] = {}
    for one in conn.each(_Weighing, _CASES, team=team):
        case = found.setdefault(one.reference, _Case(one.pathway, one.opened, one.closed, [], []))
        case.days.append(one.on)
        case.points.append(scale.points(one.scheme, one.answers, one.uplift))
    return list(found.values())
