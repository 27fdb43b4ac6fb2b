"""What the Team screen shows, read at once; free of widgets, so that it is read while those still load."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from storage import views

if TYPE_CHECKING:
    import sqlite3

    from storage.concerns import History

NOBODY = "(unallocated)"


class Board(NamedTuple):
    """Everything the screen shows, read at once."""

    team: str
    workers: list[views.WorkerLine]
    needs: list[views.Need]


def read_board(conn: sqlite3.Connection, team: str, today: date) -> Board:
    """Read the board of ``team``, or of the first team when there is no such one."""
    names = [line.name for line in views.teams(conn)]
    if team not in names:
        team = names[0] if names else ""
    if not team:
        return Board("", [], [])
    workers = views.team_board(conn, team, today)
    lying = views.unallocated(conn, team, today)
    return Board(team, [*workers, *_nobody(team, lying)], views.needs_you(conn, team, today, workers))


def read_history(conn: sqlite3.Connection, board: Board, today: date) -> tuple[Board, History]:
    """Read the half year behind the board, and return the board with what follows from it."""
    from storage.concerns import history
    from storage.needs import with_concerns, with_phantoms

    past = history(conn, board.team, today)
    needs = with_phantoms(with_concerns(board.needs, past.concerns, today), conn, board.team, today)
    return board._replace(needs=needs), past


def _nobody(team: str, lying: views.UnallocatedLine) -> list[views.WorkerLine]:
    """The unallocated cases as one more line of the board, when there are any."""
    if not lying.cases:
        return []
    return [
        views.WorkerLine(
            staff_id="", name=NOBODY, grade="", grade_title="", team=team, role="", fte=0, cases=lying.cases,
            points=lying.points, capacity=None, utilisation=None, band="", late=lying.late, next_due=lying.next_due,
            last_supervised=None, supervision_due=None, next_session=None, supervisor=None, leaves=None,
        )
    ]  # fmt: skip
