"""The first run, the settings, the keys, and taking in an extract: each by keys alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from storage.opening import open_database
from storage.records.database import Database
from tests.clocks import CLOCK
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tests.tui.hands import burst
from tui.grid.grid import Grid

pytestmark = pytest.mark.slow

CASELOAD = """Case reference,Name,Date of birth,Worker,Case type,Opened
C-1001,Jamie Doe,04/05/2019,W2,Looked after,02/03/2026
C-2001,[/x] Ann,01/02/2015,W3,Child in need,01/10/2026
C-2002,Bo,31/02/2015,W3,Child in need,01/10/2026
"""


def test_starting_empty_asks_who_is_working_and_names_the_team(tmp_path: Path) -> None:
    app = almoner(None, tmp_path, actor="")

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Start empty")
        await press(pilot, "down", "down", "enter")
        await until(pilot, "Who is working?")
        await press(pilot, "enter")
        await until(pilot, "Your name is needed.")
        await press(pilot, *"Hughes", "enter")
        await until(pilot, "Name of the team")
        await press(pilot, *"North", "ctrl+s")
        await until(pilot, "No workers here yet")

    drive(app, steps)
    with open_database(tmp_path / "new.db", CLOCK) as database:
        assert database.reader().raw.execute("SELECT name, changed_by FROM team").fetchall() == [("North", "Hughes")]
    assert almoner(None, tmp_path, actor="").office.actor == "Hughes"


def test_looking_around_makes_a_fictional_team_beside_the_real_place(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Look around")
        await press(pilot, "enter")
        await until(pilot, "Okafor")

    drive(almoner(None, tmp_path), steps)
    assert (tmp_path / "demo.db").exists()
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("gap", [0.01, 0.02, 0.03, 0.2])
@pytest.mark.parametrize("keys", [["enter"] * 3, ["enter", "up", "enter"], ["enter"] * 12])
def test_keys_pressed_while_a_database_is_made_make_no_second_one(
    tmp_path: Path, keys: list[str], gap: float, size: tuple[int, int]
) -> None:
    app = almoner(None, tmp_path)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Start empty")
        await press(pilot, "down", "down")
        await burst(pilot, *keys, gap=gap)
        await until(pilot, "Name of the team")
        assert [type(one).__name__ for one in app.screen_stack] == ["TeamScreen", "Form"]
        assert app.office.actor == "A. Hughes"

    drive(app, steps, size)
    with open_database(tmp_path / "new.db", CLOCK) as database:
        assert database.differences() == []
    assert sorted(one.name for one in tmp_path.iterdir() if one.suffix == ".db") == ["new.db"]


def test_keys_pressed_while_the_fictional_team_is_made_are_waited_out(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Look around")
        await burst(pilot, "enter", "enter", "down", "enter", gap=0.03)
        await until(pilot, "Making a fictional team")
        await until(pilot, "Okafor")

    drive(almoner(None, tmp_path), steps, (80, 24))
    assert not (tmp_path / "new.db").exists()


def test_the_fictional_team_is_stopped_by_escape_and_leaves_nothing(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Look around")
        await burst(pilot, "enter", gap=0.1)
        await until(pilot, "Making a fictional team")
        await burst(pilot, "escape")
        await until_screen(pilot, "WelcomeScreen")
        await until(pilot, "Look around")

    drive(almoner(None, tmp_path), steps, (80, 24))
    assert list(tmp_path.glob("*.db*")) == list(tmp_path.glob(".*making*")) == []


def test_a_database_that_was_made_and_could_not_be_filled_is_said_to_be_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("the rules")

    monkeypatch.setattr("storage.opening.recount", fail)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Start empty")
        await press(pilot, "down", "down", "enter")
        await until_screen(pilot, "ErrorDialog")
        await until(pilot, "An empty database was made")
        assert "Nothing was changed" not in text(pilot)
        await press(pilot, "escape")
        await until_screen(pilot, "WelcomeScreen")
        monkeypatch.undo()
        await press(pilot, "enter")
        await until(pilot, "Name of the team")

    drive(almoner(None, tmp_path), steps)


def test_a_place_that_cannot_be_used_is_said_and_the_welcome_stays(tmp_path: Path) -> None:
    (tmp_path / "new.db").write_bytes(b"something else entirely" * 100)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Start empty")
        await press(pilot, "down", "down", "enter")
        await until_screen(pilot, "ErrorDialog")
        await press(pilot, "escape")
        await until(pilot, "Start empty")

    drive(almoner(None, tmp_path), steps)
    assert (tmp_path / "new.db").read_bytes().startswith(b"something else")


def test_before_there_is_data_nothing_is_offered_that_needs_it(tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Look around")
        await press(pilot, "1", "g", "u", "2")
        await until_screen(pilot, "WelcomeScreen")
        assert "Undo" not in text(pilot)

    drive(almoner(None, tmp_path), steps)


def test_who_is_working_is_changed_in_the_settings(team: Database, tmp_path: Path) -> None:
    app = almoner(team, tmp_path)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "7")
        await until(pilot, "Who is working")
        await press(pilot, "down", "enter")
        await until_screen(pilot, "Form")
        pilot.app.screen.query_one(Input).value = "N. Begum"
        await press(pilot, "ctrl+s")
        await until(pilot, "N. Begum")

    drive(app, steps)
    assert app.office.actor == "N. Begum"


def test_a_key_is_changed_a_taken_one_refused_and_the_usual_one_given_back(team: Database, tmp_path: Path) -> None:
    app = almoner(team, tmp_path)

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "7")
        await until(pilot, "as they come")
        await press(pilot, "up", "enter")
        await until_screen(pilot, "KeysScreen")
        await settled(pilot)
        await press(pilot, "slash", *"command:undo", "enter", "enter")
        await until(pilot, "Press the key you want")
        await press(pilot, "x")
        await until(pilot, "already “Export”")
        await press(pilot, "enter")
        await until(pilot, "Press the key you want")
        await press(pilot, "f9")
        await until_screen(pilot, "KeysScreen")
        assert app.office.settings.keys == {"undo": "f9"}
        assert "undo" in {b.binding.id for key, b in app.screen.active_bindings.items() if key == "f9"}
        await press(pilot, "backspace")
        assert app.office.settings.keys == {}

    drive(app, steps)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    file = tmp_path / "caseload.csv"
    file.write_text(CASELOAD)
    return file


def test_an_extract_is_looked_at_before_it_is_applied(team: Database, tmp_path: Path, sheet: Path) -> None:
    reader = team.reader()

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "7", "enter")
        await until_screen(pilot, "ImportScreen")
        pilot.app.screen.query_one("#path", Input).value = str(sheet)
        await press(pilot, "enter")
        await until_screen(pilot, "PreviewScreen")
        await until(pilot, "3 rows read")
        assert reader.value("SELECT count(*) FROM cases") == 1
        grid = pilot.app.screen.query_one(Grid)
        groups = {row.group for row in grid.found}
        assert {"new", "aside"} <= groups
        await press(pilot, "ctrl+s")
        await until_screen(pilot, "TeamScreen")
        await until(pilot, "Taken in")

    drive(almoner(team, tmp_path), steps, (120, 40))


def test_an_import_is_one_step_that_undo_takes_back(team: Database, tmp_path: Path, sheet: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "7", "enter")
        await until_screen(pilot, "ImportScreen")
        pilot.app.screen.query_one("#path", Input).value = str(sheet)
        await press(pilot, "enter")
        await until_screen(pilot, "PreviewScreen")
        await settled(pilot)
        await press(pilot, "ctrl+s")
        await until(pilot, "Taken in")
        await press(pilot, "u")
        await until(pilot, "This took in an extract")
        await press(pilot, "down", "enter")
        await until(pilot, "Taken back: Imported")

    drive(almoner(team, tmp_path), steps, (120, 40))


def test_a_file_that_cannot_be_read_is_said_where_it_was_named(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await press(pilot, "7", "enter")
        await until_screen(pilot, "ImportScreen")
        await press(pilot, "ctrl+s")
        await until(pilot, "Name a file or a folder first")
        pilot.app.screen.query_one("#path", Input).value = str(tmp_path / "not there[/x].csv")
        await press(pilot, "enter")
        await until(pilot, "There is no file or folder")

    drive(almoner(team, tmp_path), steps)


def test_hidden_names_are_hidden_in_the_preview(team: Database, tmp_path: Path, sheet: Path) -> None:
    sheet.write_text(CASELOAD.replace("Jamie Doe", "Jamie Roe"))

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "CO")
        await press(pilot, "7", "enter")
        await until_screen(pilot, "ImportScreen")
        pilot.app.screen.query_one("#path", Input).value = str(sheet)
        await press(pilot, "enter")
        await until_screen(pilot, "PreviewScreen")
        await until(pilot, "hidden")
        await press(pilot, "tab", "right", "right", "right", "right")
        assert "Jamie" not in text(pilot)
        assert "Ann" not in text(pilot)

    drive(almoner(team, tmp_path, no_names=True), steps, (160, 40))
