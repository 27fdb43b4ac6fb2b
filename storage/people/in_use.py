"""From which day on supervision and learning of a worker are counted: since a team of theirs began to use Almoner.

Before that day the program was told nothing, so nothing is late or missed of that time. A team without such a day is
counted from the start.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from domain.core.dates import short_day
from domain.people.timeline import Span, Timeline
from storage.database.connection import Connection

_DAY = timedelta(days=1)
_TEAMS = "SELECT name, in_use_since FROM team WHERE in_use_since IS NOT NULL"
_OWN = "SELECT staff_id AS worker, team, started FROM worker WHERE :all OR staff_id IN :workers"
_PERIODS = """SELECT worker, starts, ends, team FROM worker_period
WHERE team IS NOT NULL AND (:all OR worker IN :workers) ORDER BY starts"""


class _Own(NamedTuple):
    worker: str
    team: str
    started: date | None


class _Period(NamedTuple):
    worker: str
    starts: date | None
    ends: date | None
    team: str


def teams_in_use(conn: Connection) -> dict[str, date]:
    """Return since when each team has used Almoner, of those that say so."""
    return {name: date.fromisoformat(on) for name, on in conn.lookup(_TEAMS).items()}


def counted_from(conn: Connection, workers: Sequence[str] | None = None) -> dict[str, date]:
    """Return the day from which each worker is counted; who is counted from the start is left out."""
    since = teams_in_use(conn)
    if not since:
        return {}
    given = {"workers": list(workers or ()), "all": workers is None}
    spans: dict[str, list[Span]] = defaultdict(list)
    for one in conn.each(_Period, _PERIODS, **given):
        spans[one.worker].append(Span(one.starts, one.ends, one.team))
    found = {}
    for own in conn.each(_Own, _OWN, **given):
        first = _first(own, spans.get(own.worker, ()), since)
        if first > (own.started or date.min):
            found[own.worker] = first
    return found


def _first(own: _Own, spans: Sequence[Span], since: dict[str, date]) -> date:
    """Return the first day on which a worker was in a team that was in use; ``date.min`` for one without such a day."""
    line = Timeline(own.team, tuple(sorted(spans, key=lambda span: span.first)))
    begins = sorted({date.min, *(span.first for span in spans), *(span.last + _DAY for span in spans if span.ends)})
    stays = zip(begins, [*begins[1:], None], strict=True)
    days = (
        max(start, since.get(str(line.on(start)), date.min))
        for start, following in stays
        if following is None or since.get(str(line.on(start)), date.min) < following
    )
    return min(days, default=date.min)


def teams_asked(conn: Connection, team: str | None, worker: str | None, today: date) -> list[str]:
    """Return the teams that a question is about: the one named, that of a worker, or all."""
    if team is not None:
        return [team]
    query = "SELECT DISTINCT team FROM worker_on(:today) w WHERE (:worker IS NULL OR w.staff_id = :worker)"
    return conn.values(query, worker=worker, today=today)


def counted_words(conn: Connection, teams: Iterable[str], after: date | None = None) -> str:
    """Say from when some teams are counted: "Counted from 1 Sep 2026, when North began to use Almoner."

    Empty where none of them says since when, or, with a day to be ``after``, where all had begun by then.
    """
    since = {team: day for team, day in teams_in_use(conn).items() if after is None or day > after}
    told = [
        f"{short_day(since[team])}, when {team} began to use Almoner" for team in sorted(set(teams)) if team in since
    ]
    return f"Counted from {'; '.join(told)}." if told else ""


def workers_of(conn: Connection, teams: Sequence[str]) -> list[str]:
    """Return the staff ids of those who are, were or will be in some teams."""
    query = """SELECT staff_id FROM worker WHERE team IN :teams
        UNION SELECT worker FROM worker_period WHERE team IN :teams ORDER BY 1"""
    return conn.values(query, teams=list(teams))
