"""One clock for screen, command, calendar and mail; an application left open follows the day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from domain.core.clock import Clock
from storage.records.database import Database
from tests.tui.driving import drive, press, settled, text, until, until_screen
from tests.tui.shell import Shell
from tui.app import Almoner

LATE_EVENING = datetime(2027, 7, 15, 22, 59, 30, tzinfo=UTC)  # half a minute to midnight in London


class Ticking:
    """A machine's clock that somebody moves on by hand."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment


def test_an_application_left_open_follows_the_day(team: Database, tmp_path: Path) -> None:
    machine = Ticking(LATE_EVENING)
    app = Almoner(team, path=Path(team.path), clock=Clock(machine), settings_path=tmp_path / "settings.json")

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "2")
        await until_screen(pilot, "DueScreen")
        await until(pilot, "15 Jul")
        machine.moment += timedelta(seconds=20)
        app.follow_the_day()
        await settled(pilot)
        assert "16 Jul" not in text(pilot)
        machine.moment += timedelta(minutes=1)
        app.follow_the_day()
        await until(pilot, "16 Jul")
        assert app.office.today == date(2027, 7, 16)
        await press(pilot, "1")  # a screen that was not on top reads again, too
        await until(pilot, "16 Jul")
        assert "15 Jul" not in text(pilot)

    drive(app, steps, (120, 30))


def test_a_time_with_the_day_moves_what_is_over(almoner: Shell, tmp_path: Path) -> None:
    """A session that is called off is withdrawn until the moment it would have begun, and not after."""
    session = '[[session]]\nworker = "W2"\nsupervisor = "W1"\non = 2026-12-02\nstart = "08:30"\nminutes = 60\n'
    assert almoner.record("session", session, tmp_path).code == 0
    told = almoner("calendar", "export", "--worker", "W2", "--output", str(tmp_path / "W2.ics"))
    assert told.code == 0
    assert almoner("amend", "session", "1", "state=cancelled", "reason=Ill").code == 0
    withdrawn = {}
    for moment in ("2026-12-02T08:29", "2026-12-02T08:31"):
        (calendar,) = almoner("calendar", "preview", "W2", "--json", "--today", moment).json["calendars"]
        withdrawn[moment] = [entry["kind"] for entry in calendar["withdrawn"]]
    assert withdrawn == {"2026-12-02T08:29": ["session"], "2026-12-02T08:31": []}


def test_a_time_that_is_none_is_refused_in_one_line(almoner: Shell) -> None:
    said = almoner("due", "--today", "2026-11-20T25:00")
    assert said.code == 2
    assert "--today: not a time: write it as 2026-11-20T14:30." in said.err
