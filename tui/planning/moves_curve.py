"""What each further move is worth: the highest load for rising numbers of moves, in two lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from domain.load.capacity import band
from tui.core.look import percent, state

if TYPE_CHECKING:
    from domain.load.capacity import Bands
    from domain.planning.proposals import Point

BLOCKS = "▁▂▃▄▅▆▇█"
LABEL = 20
ROOM = 9


class MovesCurve(Static):
    """A column a number of moves; the choice is made with the screen's own keys."""

    DEFAULT_CSS = """
    MovesCurve { height: 2; padding: 0 1; background: $background; text-wrap: nowrap; }
    """

    def show_points(self, points: Sequence[Point], chosen: int | None, edges: Bands) -> None:
        """Draw the curve; nothing where there is none."""
        if len(points) < 2:
            self.display = False
            return
        self.display = True
        self.update(drawn(points, chosen, edges))


def drawn(points: Sequence[Point], chosen: int | None, edges: Bands) -> Content:
    """Return the two lines: how many further moves, and the highest load with a block as high as it stands."""
    above = [Content.styled("Further moves  − +".ljust(LABEL), "$muted")]
    below = [Content.styled("Highest load".ljust(LABEL), "$muted")]
    levels = [point.highest for point in points if point.highest is not None]
    low, high = min(levels, default=0), max(levels, default=0)
    for point in points:
        here = point.moves == chosen
        words = f"▸{point.moves}" if here else str(point.moves)
        above.append(Content.styled(words.rjust(ROOM), "bold $accent" if here else ""))
        colour = state(band(point.highest, edges)).name
        said = f"{_block(point.highest, low, high)} {percent(point.highest)}".rjust(ROOM)
        below.append(Content.styled(said, f"bold ${colour}" if here else f"${colour}"))
    return Content.assemble(*above, "\n", *below)


def _block(level: int | None, low: int, high: int) -> str:
    """Return the block of a load between the lowest and the highest of the curve."""
    if level is None:
        return " "
    return BLOCKS[-1] if high == low else BLOCKS[(level - low) * (len(BLOCKS) - 1) // (high - low)]
