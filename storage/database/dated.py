"""Workers and teams as they are on a day, for queries: ``FROM worker_on(:today) w``, ``JOIN team_on(:today) t``.

The door writes these out: a record says what holds otherwise, the newest period that covers the day what holds on it.
Queries that ask for no dated column keep to the tables themselves.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from domain.load.capacity import FULL_TIME_HOURS


class _Dated(NamedTuple):
    """A table with what of it is dated; ``nothing``: by column that may be empty, a value that stands for that.

    ``either``: columns of which a period gives one, and the other is empty then.
    """

    table: str
    key: str
    columns: tuple[str, ...]
    always: tuple[str, ...]
    nothing: dict[str, str]
    either: tuple[str, ...] = ()


_TABLES = {
    "worker": _Dated(
        "worker",
        "staff_id",
        ("id", "staff_id", "name", "team", "grade", "role", "fte", "hours", "started", "leaves", "line_manager",
         "supervisor", "registration", "specialisms", "areas", "supervises_most", "agency", "email", "sort_key"),
        ("grade", "team", "role", "agency"),
        {"supervisor": "''", "line_manager": "''", "fte": "-1", "hours": "-1"},
        ("fte", "hours"),
    ),
    "team": _Dated(
        "team",
        "name",
        ("id", "name", "nation", "service", "scheme", "full_time_points", "full_time_hours", "red_weeks",
         "in_use_since", "sort_key"),
        ("scheme",),
        {"full_time_points": "-1", "full_time_hours": "-1"},
    ),
}  # fmt: skip
_CALL = re.compile(r"\b(worker|team)_on\((:\w+)\)")


def written_out(sql: str) -> str:
    """Return a query with workers and teams of a day as this engine asks for them."""
    return _CALL.sub(lambda call: _on(call[1], call[2]), sql)


def _on(table: str, day: str) -> str:
    one = _TABLES[table]
    columns = ", ".join(_column(one, name, day) for name in one.columns)
    stood = f"(SELECT {columns} FROM {one.table} x)"  # noqa: S608 - names of ours
    return stood if not one.either else _with_fte(one, stood, day)


def _with_fte(one: _Dated, stood: str, day: str) -> str:
    """Return workers with the FTE that a contract in hours comes to: whole hundredths, one at least.

    It is for showing and for what scales by it; points and capacity are counted from the hours themselves.
    """
    full = f"(SELECT coalesce(t.full_time_hours, {FULL_TIME_HOURS}) FROM {_on('team', day)} t WHERE t.name = y.team)"  # noqa: S608
    share = f"max((200 * y.hours + {full}) / (2 * {full}), 1)"
    fte = f"CASE WHEN y.hours IS NULL THEN y.fte ELSE {share} END AS fte"
    columns = ", ".join(fte if name == "fte" else f'y."{name}"' for name in one.columns)
    return f"(SELECT {columns} FROM {stood} y)"  # noqa: S608


def _column(one: _Dated, name: str, day: str) -> str:
    if name in one.always:
        return f'coalesce({_period(one, name, day)}, x."{name}") AS "{name}"'
    if nothing := one.nothing.get(name):
        return f'nullif(coalesce({_period(one, name, day, nothing)}, x."{name}"), {nothing}) AS "{name}"'
    return f'x."{name}"'


def _period(one: _Dated, name: str, day: str, nothing: str = "") -> str:
    """Return the question for what the newest period that covers a day says of a column, if one says anything."""
    says, value = f'p."{name}" IS NOT NULL', f'p."{name}"'
    if name in one.either:
        says = "(" + " OR ".join(f'p."{way}" IS NOT NULL' for way in one.either) + ")"
        value = f"coalesce({value}, {nothing})"
    elif nothing:
        says, value = f"({says} OR p.without LIKE '%\"{name}\"%')", f"coalesce({value}, {nothing})"
    return f"""(SELECT {value} FROM {one.table}_period p
      WHERE p.{one.table} = x.{one.key} AND {says}
        AND (p.starts IS NULL OR p.starts <= {day}) AND (p.ends IS NULL OR p.ends >= {day})
      ORDER BY p.starts DESC LIMIT 1)"""  # noqa: S608 - names of ours
