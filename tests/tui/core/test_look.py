"""States, loads and days as they are said."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.conftest import TODAY
from tui.core.look import MARK, STATES, Look, bar, due_state, hundredths, percent, state
from tui.core.themes import DARK, PALETTES, TONES


def test_each_state_has_a_colour_of_its_name() -> None:
    assert set(STATES) == set(TONES)


def test_no_state_is_said_by_colour_alone() -> None:
    assert all(s.glyph and s.word for s in STATES.values() if s.name != "steady")


@pytest.mark.parametrize(
    ("days", "word"), [(-1, "late"), (0, "due"), (14, "due"), (15, "ahead")], ids=["yesterday", "today", "14", "15"]
)
def test_a_due_day_is_late_from_the_day_after(days: int, word: str) -> None:
    assert due_state(TODAY + timedelta(days=days), TODAY).word == word


def test_no_day_is_not_set() -> None:
    assert due_state(None, TODAY).word == "not set"


@pytest.mark.parametrize(
    ("ours", "theirs"), [("overdue", "late"), ("upcoming", "ahead"), ("", "steady"), ("?", "unset")]
)
def test_the_engines_words_are_understood(ours: str, theirs: str) -> None:
    assert state(ours).name == theirs


@pytest.mark.parametrize(("tenths", "said"), [(1142, "114 %"), (1145, "115 %"), (0, "0 %"), (None, "–")])
def test_utilisation_is_said_in_whole_percent(tenths: int | None, said: str) -> None:
    assert percent(tenths) == said


@pytest.mark.parametrize(("kept", "said"), [(900, "9"), (60, "0.6"), (225, "2.25"), (0, "0"), (None, "–")])
def test_hundredths_lose_needless_noughts(kept: int | None, said: str) -> None:
    assert hundredths(kept) == said


@given(tenths=st.integers(0, 5000), width=st.integers(4, 120))
def test_a_bar_fills_its_width_and_keeps_its_mark(tenths: int, width: int) -> None:
    drawn = bar(tenths, width)
    assert cell_len(drawn) == width
    assert drawn[round((width - 1) * 0.8)] == MARK


def test_a_bar_reaches_the_mark_at_a_full_load() -> None:
    assert bar(1000, 21) == "█" * 16 + MARK + " " * 4
    assert bar(500, 21) == "█" * 8 + " " * 8 + MARK + " " * 4
    assert bar(1250, 21) == "█" * 16 + MARK + "█" * 4
    assert bar(1600, 21).endswith("▸")


def test_a_late_day_says_how_late() -> None:
    look = Look(PALETTES[DARK], TODAY)
    assert look.due(date(2026, 10, 28)).plain == "● Wed 28 Oct, 23 days late"
    assert look.due(date(2026, 11, 27)).plain == "◐ Fri 27 Nov, in 7 days"


def test_hidden_names_leave_references_and_initials() -> None:
    look = Look(PALETTES[DARK], TODAY, no_names=True)
    assert look.served("Jamie Doe", "C-1001") == "C-1001"
    assert look.worker("Okafor, Chidi") == "CO"
    assert Look(PALETTES[DARK], TODAY).served("Jamie Doe", "C-1001") == "Jamie Doe"
