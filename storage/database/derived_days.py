"""For which day what is derived stands: dated facts of workers and teams come in force without anybody writing.

So do registration years: when one has ended, what it lacked is late, and the next begins. From the day after their last
day a worker owes nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from storage.database.connection import Connection

_YEARS = """SELECT DISTINCT json_extract(data, '$.year.ends') FROM pack_item
WHERE kind = 'registration_kind' AND json_extract(data, '$.year.ends') IS NOT NULL"""
_LEFT = "SELECT staff_id FROM worker WHERE leaves >= :first AND leaves < :last"
_GROUPS = {"workers": ("worker", "worker_period"), "teams": ("team", "team_period")}


def settled_day(conn: Connection) -> date:
    """Return the day as of which what is derived was worked out; before all days where nothing was yet."""
    found: str | None = conn.value("SELECT value FROM meta WHERE key = 'settled'")
    return date.fromisoformat(found) if found else date.min


def begun_on(conn: Connection) -> date | None:
    """Return the day on which the database was begun: the first for which anything was worked out; None before that."""
    found: str | None = conn.value("SELECT value FROM meta WHERE key = 'begun'")
    return date.fromisoformat(found) if found else None


def settle(conn: Connection, today: date) -> None:
    """Write down that what is derived stands for a day."""
    if begun_on(conn) is None:
        conn.put("meta", ("key",), {"key": "begun", "value": today.isoformat()})
    conn.put("meta", ("key",), {"key": "settled", "value": today.isoformat()})


def changed_since_settled(conn: Connection, today: date) -> dict[str, Sequence[str]]:
    """Return the workers and teams of whom something began or ended to hold since, or, when time went back, will.

    Among them are the workers who left since.
    """
    then = settled_day(conn)
    if then == today:
        return {}
    days = {"first": min(then, today), "last": max(then, today)}
    found = {
        group: conn.values(
            f"""SELECT DISTINCT {whose} FROM {table}
                WHERE (starts > :first AND starts <= :last) OR (ends >= :first AND ends < :last) ORDER BY {whose}""",  # noqa: S608
            **days,
        )
        for group, (whose, table) in _GROUPS.items()
    }
    found["workers"] = sorted({*found["workers"], *conn.values(_LEFT, **days)})
    if _a_year_ended(conn, **days):
        found["workers"] = conn.values("SELECT staff_id FROM worker ORDER BY staff_id")
    return {group: keys for group, keys in found.items() if keys}


def _a_year_ended(conn: Connection, first: date, last: date) -> bool:
    """Whether a registration year ended on the first of two days or after it, and before the last: then one begins."""
    ends: list[str] = conn.values(_YEARS)
    years = range(first.year, min(last.year, first.year + 1) + 1)
    return any(first <= date.fromisoformat(f"{year}-{end}") < last for year in years for end in ends)
