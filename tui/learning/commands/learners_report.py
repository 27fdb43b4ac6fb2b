"""report learning: everybody in a programme, late ones first."""

from __future__ import annotations

from typing import Any

from domain.core.text import plural
from storage.learning.board import LearnerRow
from tui.commandline import printing
from tui.commandline.context import DONE, Context
from tui.commandline.parser import Commands

_BOARD = ("id", "worker", "name", "title", "done", "whole", "unit", "state", "next", "due", "ends", "warning")
_FIELDS = (
    "id", "worker", "name", "team", "kind", "title", "starts", "ends", "done", "whole", "unit", "state", "late", "next",
    "due", "educator", "on_site", "warning",
)  # fmt: skip


def declare(reports: Commands) -> None:
    """Declare the report."""
    board = reports.add("learning", run_board, "everybody in a programme, late ones first", json=True, csv=True)
    board.on_a_day()
    board.add_argument("--team", metavar="NAME", help="of one team")


def run_board(context: Context) -> int:
    """Print the board of learners."""
    from storage.learning.board import board

    team = context.the_team(context.options.team) if context.options.team else None
    rows = board(context.reader, team, context.on, context.today)
    count = printing.put_rows(context.form, (_learner(context, row) for row in rows), _BOARD, today=context.on)
    if context.form == "table":
        late = sum(row.state == "late" for row in rows)
        printing.say(f"{plural(count, 'learner')}, {late} late." if count else "Nobody is in a programme.")
    return DONE


def _learner(context: Context, row: LearnerRow) -> dict[str, Any]:
    line = row.line
    return {name: getattr(line, name, None) for name in _FIELDS} | {
        "name": context.staff_name(line.name),
        "done": line.done / 100,
        "whole": line.whole / 100 if line.whole else None,
        "unit": line.unit or None,
        "state": row.state,
        "next": line.next.title if line.next else None,
        "due": row.due,
    }
