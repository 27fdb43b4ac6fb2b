"""The narrow read behind "Needs you": what wants attention, each with the list that shows exactly it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from domain.text import plural
from storage.board import WorkerLine, team_board, unallocated

STALE_IMPORT = 7  # days
NAMED = 3  # how many people one line names


class Need(NamedTuple):
    """One thing that wants attention, and the list that shows exactly it."""

    state: str
    text: str
    area: str
    filter: str


def needs_you(conn: sqlite3.Connection, team: str | None, today: date) -> list[Need]:
    """Return what wants attention now, worst first; empty when nothing does."""
    board = team_board(conn, team, today)
    return [
        *_late(conn, team, today),
        *_late_supervision(board, today),
        *_over(board),
        *_unallocated(conn, team, today),
        *_stale_import(conn, today),
    ]


def _late(conn: sqlite3.Connection, team: str | None, today: date) -> Iterator[Need]:
    where = "AND c.team = :team" if team is not None else ""
    query = f"""SELECT count(*), min(o.legal_due) FROM cases c JOIN obligation o
        ON o.subject = c.reference AND o.subject_kind = 'case'
        WHERE c.closed IS NULL AND o.legal_due < :today {where}"""  # noqa: S608
    count, oldest = conn.execute(query, {"team": team, "today": today.isoformat()}).fetchone()
    if count:
        days = (today - date.fromisoformat(oldest)).days
        yield Need(
            "late",
            f"{plural(count, 'review or visit', 'reviews and visits')}, oldest {plural(days, 'day')}",
            "due",
            "overdue -what:supervision",
        )


def _late_supervision(board: list[WorkerLine], today: date) -> Iterator[Need]:
    late = sorted((w.supervision_due, w) for w in board if w.supervision_due and w.supervision_due < today)
    if late:
        who = ", ".join(f"{w.name.split(',')[0]} {(today - due).days}" for due, w in late[:NAMED])
        more = f" and {len(late) - NAMED} more" if len(late) > NAMED else ""
        yield Need("late", f"{plural(len(late), 'supervision')} ({who} days{more})", "due", "overdue supervision")


def _over(board: list[WorkerLine]) -> Iterator[Need]:
    over = sorted((w for w in board if w.band == "over"), key=lambda w: -(w.utilisation or 0))
    for worker in over[:NAMED]:
        text = f"{worker.name.split(',')[0]} at {(worker.utilisation or 0) / 10:.0f} %"
        yield Need("over", text, "worker", worker.staff_id)


def _unallocated(conn: sqlite3.Connection, team: str | None, today: date) -> Iterator[Need]:
    lying = unallocated(conn, team, today)
    if lying.cases and lying.oldest:
        days = (today - lying.oldest).days
        yield Need("due", f"{plural(lying.cases, 'case')} unallocated, oldest {plural(days, 'day')}", "unallocated", "")


def _stale_import(conn: sqlite3.Connection, today: date) -> list[Need]:
    (last,) = conn.execute('SELECT max("on") FROM import_run').fetchone()
    if last is None:
        return []
    days = (today - date.fromisoformat(last)).days
    return [Need("unset", f"import is {plural(days, 'day')} old", "import", "")] if days >= STALE_IMPORT else []
