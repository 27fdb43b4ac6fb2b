"""What is said of a forecast: which weeks it hides and why, and how much its band held."""

from __future__ import annotations

import pytest

from domain.load.back_test import FEWEST, HORIZONS, Check, Lesson
from domain.load.forecast import Forecast
from domain.load.rates import Arrivals
from tui.load.forecast_text import tried, verdict


def found(*better: bool, mondays: int = 52) -> Forecast:
    """A forecast that came closer at these horizons, tried from so many Mondays."""
    lesson = Lesson(0.0, 1.0)
    checks = [
        Check("worker", weeks, 450 if closer else 500, 500, 400, mondays, 82, 100, lesson)
        for weeks, closer in zip(HORIZONS, better, strict=True)
    ]
    return Forecast({}, (), (), Arrivals(0, ()), tuple(checks))


@pytest.mark.parametrize(
    ("better", "begins"),
    [
        ((True, True, True), ""),
        ((False, True, True), "In weeks 1 to 4 only what is booked is shown: "),
        ((True, False, True), "In weeks 5 to 8 only what is booked is shown: "),
        ((False, True, False), "In weeks 1 to 4 and 9 to 12 only what is booked is shown: "),
        ((False, False, False), "Only what is booked is shown: "),
    ],
)
def test_each_horizon_hides_its_own_weeks(better: tuple[bool, bool, bool], begins: str) -> None:
    said = verdict(found(*better), "worker")
    assert said.startswith(begins)
    assert bool(said) == bool(begins)


def test_too_short_a_past_is_said_and_gives_no_band() -> None:
    said = verdict(found(True, True, True, mondays=FEWEST - 1), "worker")
    assert "and no band" in said
    assert "at least 13 Mondays" in said


def test_how_much_the_band_held_is_said() -> None:
    check = found(True, True, True).checks[0]
    assert "Its band of 80 in 100 held 82 of 100, counted on 100 later tries." in tried(check)
    assert "cannot be counted yet" in tried(check._replace(held=0, counted=0))
