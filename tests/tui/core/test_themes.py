"""The colours can be read: every pair that meets has a contrast of at least 4.5 to 1."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rich.style import Style
from textual.color import Color
from textual.pilot import Pilot

from storage.records.database import Database
from tests.tui.driving import almoner, drive, press, settled, until
from tui.core.themes import DARK, LIGHT, PALETTES, TONES

LEAST = 4.5
GROUNDS = ("background", "surface", "panel", "rest", "cursor")
INKS = ("text", "muted", "accent", *TONES)


def contrast(ink: Color, ground: Color) -> float:
    def light(colour: Color) -> float:
        parts = [c / 255 for c in (colour.r, colour.g, colour.b)]
        r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    high, low = sorted((light(ink), light(ground)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_measure_is_right() -> None:
    assert contrast(Color.parse("#000"), Color.parse("#fff")) == pytest.approx(21)
    assert contrast(Color.parse("#777"), Color.parse("#fff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", PALETTES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("ink", INKS)
def test_each_ink_reads_on_each_ground(name: str, ground: str, ink: str) -> None:
    palette = PALETTES[name]
    assert contrast(Color.parse(getattr(palette, ink)), Color.parse(getattr(palette, ground))) >= LEAST


@pytest.mark.parametrize("name", PALETTES)
def test_the_cursor_reads(name: str) -> None:
    palette = PALETTES[name]
    assert contrast(Color.parse(palette.cursor_text), Color.parse(palette.cursor)) >= LEAST


def faint(pilot: Pilot[Any]) -> list[tuple[str, float]]:
    """Every piece of text on the screen that cannot be read well."""
    found = []
    for strip in pilot.app.screen._compositor.render_strips():
        for segment in strip:
            style = segment.style or Style()
            words = segment.text.strip(" ─│╭╮╰╯▁▔▊▎▏▕━█▌▍▋▉▅▇▃▄▂▆\n")
            if words and style.color and style.bgcolor and style.color.triplet and style.bgcolor.triplet:
                ink, ground = Color(*style.color.triplet), Color(*style.bgcolor.triplet)
                if (ratio := contrast(ink, ground)) < LEAST:
                    found.append((words, round(ratio, 2)))
    return found


@pytest.mark.parametrize("name", [DARK, LIGHT])
def test_what_is_drawn_reads(team: Database, tmp_path: Path, name: str) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        pilot.app.theme = name
        for keys, words in (
            ((), "Okafor"),
            (("tab",), "Okafor"),
            (("question_mark",), "What can be done"),
            (("escape", "g"), "Go to"),
            (("escape", "x"), "Export what"),
            (("escape", "c"), "Columns"),
            (("escape", "7"), "Who is working"),
            (("down", "enter"), "Your name"),
        ):
            await press(pilot, *keys)
            await until(pilot, words)
            await settled(pilot) if "enter" not in keys else await pilot.pause(0.1)
            assert faint(pilot) == [], words

    drive(almoner(team, tmp_path), steps)
