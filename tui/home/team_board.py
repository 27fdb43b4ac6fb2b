"""What the Team screen shows, read at once; free of widgets, so that it is read while those still load."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from domain.core.errors import AlmonerError
from storage.home import needs_you
from storage.load import worker_load
from storage.people.teams import team_or_first

if TYPE_CHECKING:
    from storage.database.connection import Connection
    from storage.load.history.concerns import History
    from tui.core.workspace import Office

NOBODY = "(unallocated)"


class Board(NamedTuple):
    """Everything the screen shows, read at once."""

    team: str
    workers: list[worker_load.WorkerLine]
    needs: list[needs_you.Need]
    sums: worker_load.TeamSum | None = None


def read_board(conn: Connection, team: str, today: date) -> Board:
    """Read the board of ``team``, or of the first team where there is no such team."""
    shown = team_or_first(conn, team)
    if shown is None:
        return Board("", [], [])
    workers = worker_load.team_board(conn, shown, today)
    lying = worker_load.unallocated(conn, shown, today)
    return Board(shown, [*workers, *_nobody(shown, lying)], needs_you.needs_you(conn, shown, today, workers))


async def read_ahead(office: Office) -> None:
    """Read the first screen's board while its widgets still load, so that they can be painted filled.

    What goes wrong is left to the screen's own reading, which shows it.
    """
    with suppress(AlmonerError):
        office.ahead = await _read(office)


async def board_of(office: Office) -> Board:
    """Return the board of the team on show: the one read ahead, the first time."""
    ahead, office.ahead = office.ahead, None
    return ahead if isinstance(ahead, Board) else await _read(office)


async def _read(office: Office) -> Board:
    shown, today = office.team, office.today
    return await office.desk.read(lambda connection: read_board(connection, shown, today))


def read_history(conn: Connection, board: Board, today: date) -> tuple[Board, History]:
    """Read the half year behind the board and what it is in sum; return the board with what follows from both."""
    from storage.home.needs_you import with_concerns, with_phantoms
    from storage.load.history.concerns import history

    past = history(conn, board.team, today)
    needs = with_phantoms(with_concerns(board.needs, past.concerns, today), conn, board.team, today)
    sums = worker_load.team_sum(conn, [line for line in board.workers if line.staff_id], today)
    return board._replace(needs=needs, sums=sums), past


def _nobody(team: str, lying: worker_load.UnallocatedLine) -> list[worker_load.WorkerLine]:
    """The unallocated cases as one more line of the board, when there are any."""
    if not lying.cases:
        return []
    return [
        worker_load.WorkerLine(
            staff_id="", name=NOBODY, grade="", grade_title="", team=team, role="", fte=0, cases=lying.cases,
            points=lying.points, capacity=None, utilisation=None, band="", late=lying.late, next_due=lying.next_due,
            last_supervised=None, supervision_due=None, next_session=None, supervisor=None, leaves=None,
        )
    ]  # fmt: skip
