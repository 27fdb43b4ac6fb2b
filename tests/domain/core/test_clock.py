"""One clock for everything: which day it is by the wall clock of the team, wherever the machine stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.core.clock import Clock, noon, parse_moment
from domain.core.dates import LONDON

MIDNIGHT_IN_SUMMER = datetime(2027, 7, 15, 23, 0, tzinfo=UTC)  # in London it strikes twelve


@pytest.mark.parametrize("zone", ["UTC", "Europe/London", "America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (MIDNIGHT_IN_SUMMER - timedelta(seconds=1), date(2027, 7, 15)),
        (MIDNIGHT_IN_SUMMER, date(2027, 7, 16)),
        (datetime(2027, 1, 15, 23, 59, 59, tzinfo=UTC), date(2027, 1, 15)),
        (datetime(2027, 1, 16, tzinfo=UTC), date(2027, 1, 16)),
        (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), date(2027, 3, 28)),
        (datetime(2027, 10, 30, 23, 0, tzinfo=UTC), date(2027, 10, 31)),
    ],
)
def test_the_day_is_the_team_s_wherever_the_machine_stands(zone: str, moment: datetime, day: date) -> None:
    machine = moment.astimezone(ZoneInfo(zone))
    assert Clock(lambda: machine).today() == day


def test_a_day_that_stands_moves_the_moment_too_and_leaves_stamps_alone() -> None:
    machine = datetime(2027, 7, 15, 9, 30, tzinfo=UTC)
    clock = Clock(lambda: machine, standing=parse_moment("2026-11-20"))
    assert clock.today() == date(2026, 11, 20)
    assert clock.now() == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert clock.real() == machine


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("20/11/2026", datetime(2026, 11, 20, 12, tzinfo=UTC)),
        ("2026-07-20", datetime(2026, 7, 20, 11, tzinfo=UTC)),
        ("2026-11-20T14:30", datetime(2026, 11, 20, 14, 30, tzinfo=UTC)),
        ("2026-07-20T00:05", datetime(2026, 7, 19, 23, 5, tzinfo=UTC)),
        ("2026-07-20T00:05+02:00", datetime(2026, 7, 19, 22, 5, tzinfo=UTC)),
    ],
)
def test_a_moment_is_a_day_or_a_day_with_a_time(text: str, moment: datetime) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01", "2026-11-20T", "2026-11-20T25:00", "2026-11-20Tnoon"])
def test_what_is_no_moment_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"^(not a|there is no)"):
        parse_moment(text)


def test_noon_is_noon_on_the_wall_on_both_days_that_the_clocks_change() -> None:
    for day in (date(2027, 3, 28), date(2027, 10, 31)):
        assert noon(day).astimezone(LONDON).hour == 12
        assert noon(day).date() == day
