"""Load week by week in one line: a block a week, as high as the load was, in the colour of its band."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from tui.core.look import BAR_END, Look, state

if TYPE_CHECKING:
    from storage.load.day_loads import DayLoad

BLOCKS = "▁▂▃▄▅▆▇█"
NOTHING = " "


def spark(levels: Sequence[int | None], bands: Sequence[str], look: Look) -> Text:
    """Draw utilisations in tenths of a percent with their bands' keys; a blank where there was none.

    The highest block stands for 125 % and more, as in the bars of the team screen.
    """
    drawn = Text(no_wrap=True, end="")
    for level, band in zip(levels, bands, strict=True):
        drawn.append(block(level), look.colour(state(band).name))
    return drawn


def block(level: int | None) -> str:
    """Return the block of one utilisation."""
    if level is None:
        return NOTHING
    return BLOCKS[min(max(level, 0) * len(BLOCKS) // BAR_END, len(BLOCKS) - 1)]


def spark_weeks(weeks: Sequence[DayLoad], look: Look) -> Text:
    """Draw a worker's weeks."""
    return spark([week.utilisation for week in weeks], [week.band for week in weeks], look)
