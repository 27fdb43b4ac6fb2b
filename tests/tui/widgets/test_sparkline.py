"""A sparkline says the height of each week's load, and its band by colour."""

from __future__ import annotations

from tests.conftest import TODAY
from tui.core.look import Look
from tui.core.themes import PALETTES
from tui.widgets.sparkline import block, spark

LOOK = Look(next(iter(PALETTES.values())), TODAY)


def test_a_character_a_week_and_a_blank_where_there_was_no_load_to_speak_of() -> None:
    drawn = spark([0, 500, None, 1250, 4000], ["room", "room", "", "over", "over"], LOOK)
    assert drawn.plain == "▁▄ ██"
    assert [span.style for span in drawn.spans if span.end - span.start == 1][3:] == [LOOK.colour("over")] * 2


def test_a_higher_load_is_never_drawn_lower() -> None:
    drawn = [ord(block(level)) for level in range(3000)]
    assert drawn == sorted(drawn)
    assert len(set(drawn)) == 8
