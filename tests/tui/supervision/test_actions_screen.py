"""Actions on screen: in groups, stale ones told apart, and done, carried, dropped and undone by few keys."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from storage.opening import open_database
from storage.records.database import Database
from storage.supervision.actions import ActionLine, Scope, followed
from tests.clocks import CLOCK
from tests.conftest import TODAY
from tests.tui.driving import almoner, drive, press, settled, text, until, until_screen
from tests.tui.hands import paste
from tests.units import record
from tui.cases.case_screen import CaseScreen
from tui.people.worker_screen import WorkerScreen
from tui.supervision.actions_screen import ActionsScreen

SIZES = [(80, 24), (120, 40)]
RING = "Ring the school about Jamie"


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


@pytest.fixture
def busy(team: Database) -> Database:
    """An action that is late and was carried, one this week, one later, one done, and a decision to follow up."""
    with team.unit("A. Hughes", TODAY) as unit:
        given = {"owner": "W2", "set_on": days(-30)}
        late = {**given, "case": "C-1001", "what": RING}
        record(unit, "action", {**late, "due": days(-20), "dropped_on": days(-19), "dropped_why": "Carried forward"})
        record(
            unit, "action", {**late, "due": days(-8), "dropped_on": days(-9), "dropped_why": "Carried", "carries": 1}
        )
        record(unit, "action", {**late, "due": days(-2), "carries": 2})
        record(unit, "action", {**given, "what": "Visit on Friday", "due": days(3)})
        record(unit, "action", {**given, "owner": "W3", "what": "Monitor contact", "due": days(30)})
        done = {"due": days(-3), "done_on": days(-3), "how": "Sent"}
        record(unit, "action", {**given, "what": "Send the letter", **done})
        decision = {"case": "C-1001", "decision": "Keep the placement", "decided_by": "Panel", "on": days(-40)}
        record(unit, "decision", {**decision, "follow_by": days(-5)})
        unit.finish("Set")
    return team


def kept(database: Database) -> dict[str, ActionLine]:
    with open_database(database.path, CLOCK) as again:
        return {line.key: line for line in followed(again.reader(), TODAY, Scope())}


def at(pilot: Pilot[Any], key: str) -> None:
    """Put the cursor on a line."""
    screen = pilot.app.screen
    assert isinstance(screen, ActionsScreen)
    place = next(n for n, row in enumerate(screen.grid.found) if row.key == key)
    screen.grid.sheet.move_cursor(row=place)


@pytest.mark.parametrize("size", SIZES)
def test_the_list_stands_in_groups_and_says_what_is_stale(
    busy: Database, tmp_path: Path, size: tuple[int, int]
) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(ActionsScreen())
        await until(pilot, "Overdue")
        screen = pilot.app.screen
        assert isinstance(screen, ActionsScreen)
        keys = [row.key for row in screen.grid.found]
        assert keys == [
            "group:0", "decision:1", "action:3", "group:1", "action:4", "group:2", "action:5", "group:3", "action:6",
        ]  # fmt: skip
        shown = text(pilot)
        assert "4 open, 3 stale" in shown
        assert "? overdue, carried" in shown
        assert "? vague" in shown
        at(pilot, "action:3")
        await until(pilot, "? carried forward 2 times")
        assert "5 lines" in " ".join(text(pilot).split())

    drive(almoner(busy, tmp_path), steps, size)


@pytest.mark.parametrize("size", SIZES)
def test_done_says_how_and_when_and_u_takes_it_back(busy: Database, tmp_path: Path, size: tuple[int, int]) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(ActionsScreen())
        await until(pilot, "Overdue")
        at(pilot, "action:4")
        await press(pilot, "r")
        await until(pilot, "Done: action 4")
        await press(pilot, "ctrl+s")
        await until(pilot, "How is needed")
        pilot.app.screen.query_one("#field-how", TextArea).focus()
        await paste(pilot, "Seen alone at home")
        await press(pilot, "ctrl+s")
        await until(pilot, "Action 4 is done")
        await until(pilot, "Seen alone at home")
        await press(pilot, "u")
        await until(pilot, "This week")
        await settled(pilot)

    drive(almoner(busy, tmp_path), steps, size)
    assert kept(busy)["action:4"].state == "week"


def test_carrying_forward_asks_for_a_new_day_and_counts(busy: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(ActionsScreen())
        await until(pilot, "Overdue")
        at(pilot, "action:3")
        await press(pilot, "f")
        await until(pilot, "Carried forward 2 times so far")
        await paste(pilot, "2026-11-19")
        await press(pilot, "ctrl+s")
        await until(pilot, "cannot be due before it was")
        field = pilot.app.screen.query_one("#field-due", Input)
        field.value = "2026-12-04"
        await press(pilot, "ctrl+s")
        await until(pilot, "goes on as action 7")
        await settled(pilot)

    drive(almoner(busy, tmp_path), steps)
    found = kept(busy)
    assert (found["action:3"].state, found["action:7"].carried) == ("carried", 3)


def test_dropping_needs_a_reason_and_a_decision_is_not_dropped(busy: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(ActionsScreen())
        await until(pilot, "Overdue")
        at(pilot, "decision:1")
        await press(pilot, "d")
        await until(pilot, "A decision stands")
        at(pilot, "action:5")
        await press(pilot, "d")
        await until(pilot, "Drop: action 5")
        await paste(pilot, "The review settled it")
        await press(pilot, "ctrl+s")
        await until(pilot, "Action 5 is dropped")
        at(pilot, "decision:1")
        await press(pilot, "r")
        await until(pilot, "Follow up decision 1")
        await paste(pilot, "It held")
        await press(pilot, "ctrl+s")
        await until(pilot, "Decision 1 is followed up")
        await settled(pilot)

    drive(almoner(busy, tmp_path), steps)
    found = kept(busy)
    assert (found["action:5"].state, found["decision:1"].how) == ("dropped", "It held")


def test_a_new_action_needs_somebody_and_a_day(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(ActionsScreen(case="C-1001"))
        await until(pilot, "Nothing to follow up here")
        await press(pilot, "n")
        await until(pilot, "New action")
        await paste(pilot, "Book the review")
        pilot.app.screen.query_one("#field-due", Input).value = "2026-12-01"
        await press(pilot, "ctrl+s")
        await until(pilot, "Say who does it")
        pilot.app.screen.query_one("#field-who", Input).value = "The carers"
        await press(pilot, "ctrl+s")
        await until(pilot, "Action 1 is set")
        await until(pilot, "Book the review")

    drive(almoner(team, tmp_path), steps)
    line = kept(team)["action:1"]
    assert (line.case, line.who, line.due, line.set_on) == ("C-1001", "The carers", date(2026, 12, 1), TODAY)


def test_an_action_is_changed(busy: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(ActionsScreen())
        await until(pilot, "Overdue")
        at(pilot, "action:5")
        await press(pilot, "e")
        await until(pilot, "Edit action 5")
        pilot.app.screen.query_one("#field-what", TextArea).text = "Ask the school what contact looks like"
        await press(pilot, "ctrl+s")
        await until(pilot, "Action 5 is changed")
        await settled(pilot)

    drive(almoner(busy, tmp_path), steps)
    line = kept(busy)["action:5"]
    assert (line.what, line.owner, line.stale) == ("Ask the school what contact looks like", "W3", ())


def test_one_key_from_the_worker_and_from_the_case_and_enter_goes_on(busy: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(WorkerScreen("W3"))
        await until(pilot, "Begum")
        await press(pilot, "f")
        await until_screen(pilot, ActionsScreen)
        await until(pilot, "Monitor contact")
        assert RING not in text(pilot)
        await press(pilot, "escape")
        await pilot.app.push_screen(CaseScreen("C-1001"))
        await until(pilot, "▸ today")
        await press(pilot, "f")
        await until_screen(pilot, ActionsScreen)
        await until(pilot, "Keep the placement")
        assert "Monitor contact" not in text(pilot)
        await press(pilot, "down", "enter")
        await until_screen(pilot, CaseScreen)

    drive(almoner(busy, tmp_path), steps)


def test_a_filter_leaves_the_groups_that_still_hold_something(busy: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(ActionsScreen())
        await until(pilot, "Overdue")
        screen = pilot.app.screen
        assert isinstance(screen, ActionsScreen)
        screen.grid.narrow("worker:begum")
        await settled(pilot)
        assert [row.key for row in screen.grid.found] == ["group:2", "action:5"]

    drive(almoner(busy, tmp_path), steps)


def test_while_names_are_hidden_no_words_that_people_wrote_are_shown(busy: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await pilot.app.push_screen(ActionsScreen())
        await until(pilot, "words hidden")
        at(pilot, "action:3")
        await settled(pilot)
        for key in ("r", "d"):
            await press(pilot, key)
            await until(pilot, "action 3")
            assert "Jamie" not in text(pilot)
            await press(pilot, "escape")
        assert "Okafor" not in text(pilot)

    drive(almoner(busy, tmp_path, no_names=True), steps)
