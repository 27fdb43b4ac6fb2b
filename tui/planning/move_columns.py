"""The columns of a plan's moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rich.text import Text

from domain.planning.proposals import Cause, Move
from tui.core.look import Look, hundredths, percent
from tui.core.text import cell
from tui.grid.columns import Column
from tui.planning import plan_text

if TYPE_CHECKING:
    from tui.planning.plan_text import Who

ACCEPTED, PINNED = "✓", "▪"


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A line of the plan: the move, how people are called, and whether it was accepted or pinned."""

    move: Move
    who: Who
    today: date
    place: int
    accepted: bool = False
    pinned: bool = False

    @property
    def mark(self) -> str:
        """The mark that stands before the case."""
        return ACCEPTED if self.accepted else PINNED if self.pinned else ""

    @property
    def reason(self) -> str:
        """Why, in words."""
        return plan_text.reason(self.move, self.who, self.today)


def move_columns() -> list[Column[MoveRow]]:
    """Return the columns; what a move does to both loads and why stay longest."""
    return [
        Column("mark", "", lambda r: r.mark, lambda r, k: cell(r.mark, k.colour("held")), least=1),
        Column("case", "Case", lambda r: r.move.case),
        Column("from", "From", lambda r: r.who(r.move.from_) if r.move.from_ else None, _from, most=16, least=6),
        Column("to", "To", lambda r: r.who(r.move.to), most=16, least=6),
        Column("points", "Points", lambda r: r.move.points / 100, _points, right=True, gives_way=3),
        Column("starts", "When", lambda r: r.move.starts, gives_way=2),
        Column("load", "Their load", lambda r: r.move.to_after, _load, least=13),
        Column("why", "Why", lambda r: r.reason, draw_wide=_why, stretch=True, least=20, most=160),
        Column("place", "Order", lambda r: r.place, right=True, at_first=False),
    ]


def _from(row: MoveRow, look: Look) -> Text:
    return cell(row.who(row.move.from_)) if row.move.from_ else cell("nobody", look.colour("muted"))


def _points(row: MoveRow, _look: Look) -> Text:
    return cell(hundredths(row.move.points), right=True)


def _load(row: MoveRow, look: Look) -> Text:
    after = row.move.to_after
    over = after is not None and after > 1000
    return cell(f"{percent(row.move.to_before)} → {percent(after)}", look.colour("near") if over else "")


def _why(row: MoveRow, look: Look, _width: int) -> Text:
    """Draw the reason; the whole of it stands below the list."""
    colour = look.colour("due") if row.move.cautions or row.move.cause is Cause.POLICY else ""
    return cell(row.reason, colour)
