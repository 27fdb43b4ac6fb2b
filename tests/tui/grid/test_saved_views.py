"""Saved views: a filter, an order and columns under a name, with how many lines each shows, run after run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from storage.files.settings import SavedView, load
from storage.records.database import Database
from tests.tui.driving import almoner, drive, press, text, until
from tests.tui.hands import paste
from tui.due.due_list.due_filter import keepable
from tui.due.due_list.due_screen import DueScreen

HOSTILE = "[/x] [red]late\x1b[2J"


async def open_due(pilot: Pilot[Any]) -> DueScreen:
    screen = DueScreen()
    await pilot.app.push_screen(screen)
    await until(pilot, "● Overdue")
    return screen


async def keep_view(pilot: Pilot[Any], name: str) -> None:
    await press(pilot, "v")
    await until(pilot, "Views of this list")
    await paste(pilot, "save")
    await press(pilot, "enter")
    await until(pilot, "Save this view")
    await paste(pilot, name)
    await press(pilot, "ctrl+s")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("overdue worker:okafor", "overdue worker:okafor"),
        ("jamie overdue", "overdue"),
        ("name:doe nobody", "nobody"),
        ('-what:"child in" within:14', '-what:"child in" within:14'),
        ("nosuch:doe", ""),
    ],
)
def test_a_view_keeps_no_word_that_could_be_a_name(typed: str, kept: str) -> None:
    assert keepable(typed) == kept
    assert keepable(kept) == kept


def test_a_view_is_saved_counted_and_shown_again_in_the_next_run(team: Database, tmp_path: Path) -> None:
    async def first(pilot: Pilot[Any]) -> None:
        screen = await open_due(pilot)
        await press(pilot, "/")
        await until(pilot, "2 Due")
        await paste(pilot, "what:lac_review jamie")
        await press(pilot, "enter")
        await until(pilot, "filter: what:lac_review jamie")
        assert screen.grid.filter == "what:lac_review jamie"
        await keep_view(pilot, HOSTILE)
        await until(pilot, "The view is kept")

    drive(almoner(team, tmp_path), first)
    kept = load(tmp_path / "settings.json").views_of("due")
    assert [view.filter for view in kept.values()] == ["what:lac_review"], "no name of a person on disk"


def test_a_kept_view_is_offered_with_its_number_and_taken(team: Database, tmp_path: Path) -> None:
    views = {
        "due": {HOSTILE: {"filter": "what:lac_review", "sort": "far", "descending": True, "columns": ["case", "due"]}}
    }
    (tmp_path / "settings.json").write_text(json.dumps({"views": views}))

    async def steps(pilot: Pilot[Any]) -> None:
        screen = await open_due(pilot)
        await press(pilot, "v")
        await until(pilot, "[/x] [red]late")
        assert "1 line, what:lac_review, by when" in text(pilot)
        await press(pilot, "enter")
        await until(pilot, "view: [/x] [red]late")
        assert [column.id for column in screen.grid.chosen] == ["case", "due"]
        assert screen.grid.state.descending
        await press(pilot, "v")
        await until(pilot, "shown now")
        await paste(pilot, "as usual")
        await press(pilot, "enter")
        await until(pilot, "● Overdue")
        assert screen.grid.filter == ""
        assert len(screen.grid.chosen) > 2

    drive(almoner(team, tmp_path), steps, size=(130, 40))


def test_views_are_renamed_and_deleted(team: Database, tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text(json.dumps({"views": {"due": {"A": {"filter": "overdue"}, "B": {}}}}))

    async def steps(pilot: Pilot[Any]) -> None:
        await open_due(pilot)
        await press(pilot, "v")
        await until(pilot, "Views of this list")
        await paste(pilot, "rename")
        await press(pilot, "enter")
        await until(pilot, "Rename which view?")
        await press(pilot, "enter")
        await until(pilot, "Rename “A”")
        pilot.app.screen.query_one("#field-name").value = "B"  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await until(pilot, "There is a view called “B” already")
        pilot.app.screen.query_one("#field-name").value = "Late ones"  # type: ignore[attr-defined]
        await press(pilot, "ctrl+s")
        await until(pilot, "kept as “Late ones”")
        await press(pilot, "v")
        await until(pilot, "Views of this list")
        await paste(pilot, "delete")
        await press(pilot, "enter")
        await until(pilot, "Delete which view?")
        await press(pilot, "enter")
        await until(pilot, "Deleted the view “B”")

    drive(almoner(team, tmp_path), steps)
    assert load(tmp_path / "settings.json").views_of("due") == {"Late ones": SavedView("overdue")}


def test_every_list_has_views(team: Database, tmp_path: Path) -> None:
    async def steps(pilot: Pilot[Any]) -> None:
        await until(pilot, "Okafor")
        pilot.app.screen.query_one("Sheet").focus()
        await pilot.pause(0.05)
        await keep_view(pilot, "Mine")
        await until(pilot, "The view is kept as “Mine”")

    drive(almoner(team, tmp_path), steps)
    assert "Mine" in load(tmp_path / "settings.json").views_of("team")


@pytest.mark.parametrize("views", [[], {"due": []}, {"due": {"A": 7}}, {"due": {"A": {"filter": 7, "columns": "x"}}}])
def test_settings_with_odd_views_still_open(views: object, tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"views": views, "team": "North"}))
    assert load(path).team == "North"
