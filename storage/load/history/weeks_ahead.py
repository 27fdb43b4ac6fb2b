"""What is booked for the weeks ahead of a day: the worst day, and what will be otherwise with somebody by then.

Booked is whatever has a date: allocations that begin or end, leave, reductions that begin or lapse, other work, other
hours, another grade or team, somebody who starts or leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from storage.database.connection import Connection
from storage.load.day_loads import WEEK, DayLoad, day_loads
from storage.load.posts import Post, Posts
from storage.rules.kept_packs import Packs

AHEAD = 12  # weeks that are looked ahead for the fullest one: a local standard, as the map of weeks shows as many
DAY = timedelta(days=1)


class Turn(NamedTuple):
    """A post that is another one from a day on: the posts before and after, and the last day of it if that is near."""

    day: date
    before: Post
    after: Post
    until: date | None


class Ahead(NamedTuple):
    """A worker on a day, and what is booked for the weeks ahead.

    ``fullest`` is the day of the highest load while they work in this team, the day itself while nothing fuller is
    booked; ``worst`` is the same with the days on which they can carry nothing here: off, gone, or in another team.
    ``most_cases`` is how many are held at once; ``away_from`` the first day, if any, on which they work here and are
    off or can carry nothing, and ``nothing_from`` the first on which they can carry nothing. ``team``, ``grade`` and
    ``hours`` say when each of these next is another one.
    """

    now: DayLoad
    fullest: DayLoad
    worst: DayLoad
    most_cases: int
    away_from: date | None
    nothing_from: date | None
    team: Turn | None = None
    grade: Turn | None = None
    hours: Turn | None = None


def ahead(
    conn: Connection,
    workers: Sequence[str],
    on: date,
    today: date,
    packs: Packs | None = None,
    within: Collection[str] = (),
) -> dict[str, Ahead]:
    """Return what is booked for each worker from a day on, for twelve weeks; by staff id, in order of name.

    Somebody who moves to one of the teams ``within`` is not lost by it.
    """
    days = [on, *_turns(conn, workers, on)]
    posts = Posts(conn, workers)
    loads = day_loads(conn, workers, days, today, packs)
    return {who: _ahead(found, posts.of(who), frozenset(within)) for who, found in loads.items()}


def _ahead(days: Sequence[DayLoad], post: Callable[[date], Post], within: frozenset[str]) -> Ahead:
    teams = within | {days[0].team}
    begun = [_in_teams(day, teams) for day in days if day.here or day.left] or [days[0]]
    there = [day for day in begun if day.here] or [days[0]]
    later = [day for day in there if day.day > days[0].day] if days[0].capacity else []
    here = [(day.day, post(day.day)) for day in days if day.here]
    return Ahead(
        now=days[0],
        fullest=max(there, key=lambda day: (day.utilisation or 0, -day.day.toordinal())),
        worst=max(begun, key=lambda day: (day.capacity == 0, day.utilisation or 0, -day.day.toordinal())),
        most_cases=max(day.cases for day in days),
        away_from=next((day.day for day in later if day.off or day.capacity == 0), None),
        nothing_from=next((day.day for day in later if day.capacity == 0), None),
        team=_turn(here, lambda one: one.team),
        grade=_turn(here, lambda one: one.grade),
        hours=_turn(here, lambda one: (one.fte, one.hours)),
    )


def _in_teams(day: DayLoad, teams: Collection[str]) -> DayLoad:
    """Return a day as these teams count it: who is in another one by then can carry nothing for them."""
    if day.team in teams:
        return day
    return day._replace(capacity=0, utilisation=None, band="", here=False, left=True)


def _turn(here: Sequence[tuple[date, Post]], what: Callable[[Post], object]) -> Turn | None:
    """Return when something of a post is first another one, and until when, where that is among the days looked at."""
    if not here:
        return None
    before = here[0][1]
    at = next((n for n, (_, post) in enumerate(here) if what(post) != what(before)), None)
    if at is None:
        return None
    day, after = here[at]
    again = next((day for day, post in here[at:] if what(post) != what(after)), None)
    return Turn(day, before, after, None if again is None else again - DAY)


_TURNS = """
SELECT starts FROM allocation WHERE worker IN :workers AND starts > :on AND starts <= :last
UNION SELECT starts FROM reduction WHERE worker IN :workers AND starts > :on AND starts <= :last
UNION SELECT date(ends, '+1 day') FROM reduction WHERE worker IN :workers AND ends >= :on AND ends < :last
UNION SELECT starts FROM extra WHERE worker IN :workers AND starts > :on AND starts <= :last
UNION SELECT starts FROM worker_period WHERE worker IN :workers AND starts > :on AND starts <= :last
UNION SELECT date(ends, '+1 day') FROM worker_period WHERE worker IN :workers AND ends >= :on AND ends < :last
UNION SELECT starts FROM team_period WHERE starts > :on AND starts <= :last
UNION SELECT date(ends, '+1 day') FROM team_period WHERE ends >= :on AND ends < :last
UNION SELECT started FROM worker WHERE staff_id IN :workers AND started > :on AND started <= :last
UNION SELECT date(leaves, '+1 day') FROM worker WHERE staff_id IN :workers AND leaves >= :on AND leaves < :last
ORDER BY 1
"""


def _turns(conn: Connection, workers: Sequence[str], on: date) -> list[date]:
    """Return the days ahead on which a load can grow or a capacity shrink: what ends makes nobody fuller."""
    found = conn.values(_TURNS, workers=list(workers), on=on, last=on + AHEAD * WEEK)
    return [date.fromisoformat(day) for day in found]
