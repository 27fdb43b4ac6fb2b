"""Forms: what is typed stays until it can be taken, and each fault stands beside its field."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Input, Select

from domain.core.errors import AlmonerError, BadInput
from storage.records.database import Database
from tests.tui.driving import almoner, drive, press, text, until, until_screen
from tui.core.choice import Choice
from tui.dialogs.confirm import ConfirmDialog
from tui.dialogs.form import CHOICE, DAY, MANY, NOTE, YES, Field, Form, changed
from tui.due.why_dialog import WhyDialog, Working

FIELDS = [
    Field("case", "Case", required=True),
    Field("on", "Held on", DAY, "thu"),
    Field("seen", "Child seen", YES, value=True),
    Field("reason", "Reason", CHOICE, options=[Choice("MANAGE", "Managing [caseloads]"), Choice("OTHERS", "Other")]),
    Field("note", "Note", NOTE, "first line"),
]


class Keeper:
    """Takes what a form hands over, or refuses."""

    def __init__(self, *refusals: AlmonerError) -> None:
        self.refusals = list(refusals)
        self.kept: list[dict[str, Any]] = []

    async def save(self, values: dict[str, Any]) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.kept.append(values)


def fill(team: Database, folder: Path, keeper: Keeper, steps: Any) -> list[Any]:
    app = almoner(team, folder)
    answers: list[Any] = []

    async def run(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await app.push_screen(Form("Record", FIELDS, keeper.save), answers.append)
        await until_screen(pilot, "Form")
        await steps(pilot)

    drive(app, run)
    return answers


def test_what_is_filled_in_is_handed_over_in_its_own_kind(team: Database, tmp_path: Path) -> None:
    keeper = Keeper()

    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Thu 19 Nov")
        await press(pilot, *"C-1001", "ctrl+s")
        await until_screen(pilot, "TeamScreen")

    wanted = {"case": "C-1001", "on": date(2026, 11, 19), "seen": True, "reason": None, "note": "first line"}
    assert fill(team, tmp_path, keeper, steps) == [wanted]
    assert keeper.kept == [wanted]


def test_a_missing_field_is_named_and_marked(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, "ctrl+s")
        await until(pilot, "Case is needed.")
        assert pilot.app.focused is pilot.app.screen.query_one("#field-case")
        await press(pilot, "escape")

    assert fill(team, tmp_path, Keeper(), steps) == [None]


def test_a_day_that_is_none_keeps_what_was_typed(team: Database, tmp_path: Path) -> None:
    keeper = Keeper()

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, *"C-1")
        pilot.app.screen.query_one("#field-on", Input).value = "31/02/2026"
        await press(pilot, "ctrl+s")
        await until(pilot, "there is no such day")
        assert pilot.app.screen.query_one("#field-on", Input).value == "31/02/2026"
        assert keeper.kept == []
        await press(pilot, "escape")

    fill(team, tmp_path, keeper, steps)


def test_a_refusal_stands_beside_the_field_it_names(team: Database, tmp_path: Path) -> None:
    keeper = Keeper(BadInput("No case [C-9].", field="case", hint="Look it up."), AlmonerError("The disk is full."))

    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, *"C-9", "ctrl+s")
        await until(pilot, "No case [C-9]. Look it up.")
        assert pilot.app.focused is pilot.app.screen.query_one("#field-case")
        await press(pilot, "ctrl+s")
        await until(pilot, "The disk is full.")
        await press(pilot, "ctrl+s")
        await until_screen(pilot, "TeamScreen")

    assert fill(team, tmp_path, keeper, steps)[0]["case"] == "C-9"


def test_enter_goes_from_field_to_field(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await press(pilot, *"C-1", "enter")
        assert pilot.app.focused is pilot.app.screen.query_one("#field-on")
        assert pilot.app.screen.query_one("#field-reason", Select).is_blank()
        await press(pilot, "escape")

    fill(team, tmp_path, Keeper(), steps)


def test_only_what_differs_is_a_change() -> None:
    assert changed({"name": "A", "fte": 100}, {"name": "B", "fte": 100, "role": ""}) == {"name": "B"}


def test_a_question_is_answered_no_unless_yes_is_chosen(team: Database, tmp_path: Path) -> None:
    app = almoner(team, tmp_path)
    answers: list[bool | None] = []

    async def steps(pilot: Pilot[Any]) -> None:
        for keys in (("escape",), ("enter",), ("down", "enter")):
            await app.push_screen(
                ConfirmDialog("Erase?", "It cannot be taken back [ever].", yes="Erase"), answers.append
            )
            await until(pilot, "[ever]")
            await press(pilot, *keys)

    drive(app, steps)
    assert answers == [False, False, True]


def test_why_shows_each_step_and_its_source(team: Database, tmp_path: Path) -> None:
    app = almoner(team, tmp_path)
    steps_shown = [
        ("first review held", "it was due Wed 15 Apr", date(2026, 4, 14)),
        ("+ 3 calendar months", "", date(2026, 7, 14)),
    ]
    working = Working(
        "Why Tue 14 Jul 2026", "Within 3 months of the first.", steps_shown, ["Regulations [2010]"], ["checked"]
    )

    async def steps(pilot: Pilot[Any]) -> None:
        await app.push_screen(WhyDialog(working))
        for words in ("Why Tue 14 Jul 2026", "first review held", "Tue 14 Apr 2026", "Regulations [2010]", "checked"):
            await until(pilot, words)
        await press(pilot, "escape")

    drive(app, steps)


def test_several_choices_are_ticked_and_handed_over_in_their_order(team: Database, tmp_path: Path) -> None:
    offered = [Choice("law", "The law [x]", "statements"), Choice("role", "Role"), Choice("values", "Values")]
    kept: list[dict[str, Any]] = []

    async def save(values: dict[str, Any]) -> None:
        kept.append(values)

    app = almoner(team, tmp_path)

    async def run(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        await app.push_screen(Form("Evidence", [Field("shows", "Shows", MANY, ("values",), offered)], save))
        await until(pilot, "✓ Values")
        assert "· The law [x]   statements" in text(pilot)
        await press(pilot, "space", "down", "space", "space")
        await until(pilot, "✓ The law [x]")
        await press(pilot, "ctrl+s")
        await until_screen(pilot, "TeamScreen")

    drive(app, run)
    assert kept == [{"shows": ("law", "values")}]
